// Package bounce classifies returned messages: bounces, complaints and automatic
// replies. [Read] takes any message and returns a verdict for each recipient that
// it reports on: hard (the address is permanently invalid), soft (the failure may
// pass, or concerns the sender), a complaint, an automatic reply, or other.
//
// The evidence is used in the order of its reliability:
//
//  1. the fields of standards: feedback reports (RFC 5965), delivery status
//     (RFC 3464, 6533), and the same fields where a system writes them into
//     plain text; X-Failed-Recipients; Amazon's notifications;
//  2. the diagnostic of a recipient: the server's reply, word for word;
//  3. the text around it, in the languages that mail systems write.
//
// The reason is taken from the wording first (wording.txt), since systems report
// "mailbox full" as 5.1.1 and "blocked" as 5.1.3, then from the status code
// (RFC 3463 and later registrations). A code that only a relay wrote, while the server
// itself said words without one, ends no address: sendmail writes 5.1.1 for any 550.
// Wording about the sender, its server or its
// message outweighs wording about the address: suppressing a valid address is
// worse than a few more messages to a dead one. For the same reason nothing is
// hard on a guess, on a choice ("unknown or disabled"), on words that name our domain, a
// HELO name or another host than the recipient's domain, in what a person forwards, or
// while the system still retries.
//
// The content is not authenticated: anyone can write such a message. The caller
// decides whether it belongs to a message of ours, by the address it was sent to
// and by [Classification.Original].
//
// At most [MaxMessageBytes] of a message are read; parts and their depth are
// limited too. The returned message inside a bounce is never searched for
// reasons, so that a bounce within a bounce reports on nobody. One exception: where a
// mail system passes a bounce on and says nothing itself, the bounce inside is read.
package bounce
