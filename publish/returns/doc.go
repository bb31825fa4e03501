// Package returns takes what comes back of our mail and does what follows from
// it: suppressions, unsubscriptions, alarms.
//
// [Returns] takes one message; [Inbox] reads them from a mailbox. Whom a message is
// about is what a signature of ours proves, never what it says.
package returns
