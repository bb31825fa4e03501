// Package returns takes what comes back of our mail and does what follows from
// it: suppressions, unsubscriptions, alarms.
//
// [Returns] takes one message; [Inbox] reads them from a mailbox. Whom a message is
// about is what a signature of ours proves, never what it says.
//
// # Suppressions follow, they do not lead
//
// A relay or a receiver can be wrong about everybody at once, and suppressing people
// cannot simply be undone. So a refusal or a hard return is stored as pending.
// [Returns.Settle] decides it when its edition has settled; a return that comes later is
// decided after store.ReturnDelay. The first line that fits decides:
//
//	its edition                       the address              what follows
//	not settled                       any                      pending
//	held, or its domain is            any                      pending
//	held, resumed since the message   any                      nothing: it was about us
//	any                               a later message          nothing: the address works
//	                                  reached it
//	cancelled                         any                      first refusal
//	settled, least recipients or      no edition before        suppressed
//	more                              reached it
//	settled                           an earlier edition was   suppressed
//	                                  refused, a day ago or
//	                                  more, and none reached
//	                                  it since
//	settled                           else                     first refusal
//	held within a day after it        suppressed by it         suppression removed, pending
//	had settled
//
// A message reached an address when a server accepted it and it did not come back. A
// hold that a person accepted (`editions resume --accept`) counts as none. An attempt
// after a resume is a message of its own: `editions retry` after a plain resume reaches
// those whom the wave refused, and who is refused again is judged as usual. A
// confirmation or another message outside editions is an edition of one. Soft returns
// that have added up are suppressed when the last edition has settled and was not held.
//
// Complaints and unsubscribing act at once, always.
package returns
