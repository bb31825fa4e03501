// Package bounce reads what comes back: bounces, complaints, automatic
// replies. [Read] takes any message and says of each recipient it speaks of
// what it means: hard, the address is at an end; soft, everything that may
// pass or is about us; a complaint; an automatic answer; or something other.
//
// A message is read in the order of how far its words bind:
//
//  1. the fields of standards: feedback reports (RFC 5965), delivery status
//     (RFC 3464, 6533), and the same fields where a system writes them into
//     plain text; X-Failed-Recipients; Amazon's notifications;
//  2. the diagnostic of a recipient: what a server answered, word for word;
//  3. the text around it, in the languages that mail systems write.
//
// The reason is found in the words first (wording.txt), since systems put
// "mailbox full" under 5.1.1 and "blocked" under 5.1.3, then in the status
// (RFC 3463, and the codes that were registered since). Words about us, our
// server or our message outweigh words about the address: somebody who is cut
// off for nothing is worse than a few more mails to a dead address. For the
// same reason nothing is hard on a guess, nor while a system still tries.
//
// Nothing here is trusted: who a message speaks of is what it says, and anyone
// can write one. Whether it belongs to something we sent is for the caller to
// know, by the address it came to and by [Report.Original].
//
// At most [Limit] bytes of a message are read; parts and their depth are
// bounded too. The message that a bounce brings back is never searched for
// reasons, so a bounce within a bounce speaks of nobody.
package bounce
