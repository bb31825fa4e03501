// Package doctor tries what mailing and pages need, and says what to do about what does
// not work.
//
// A check is a file here. It looks at one thing from where the program runs: what the DNS
// says of the sender's domain, whether the mail server takes a log-in, whether the public
// address of the site leads to this installation. It changes nothing, unsubscribes nobody
// and, without an address to send a test message to, mails nothing.
//
// [Examine] runs all checks side by side and gives one [Finding] for each, in a fixed
// order. What does not answer costs it no more than its time limit.
//
//   - ok: it works.
//   - warning: it works, and something about it should be changed; or it could not be
//     tried in full.
//   - failed: mail or pages suffer from it.
//   - skipped: the configuration does not need it, what it stands on failed, or the network
//     does not answer.
//
// Of the DNS only an answer counts: name servers that cannot be reached say nothing about
// a domain.
package doctor
