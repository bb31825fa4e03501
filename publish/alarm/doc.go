// Package alarm tells people of troubles by ways that need no mail server: a command, a
// web hook, and where neither is given the log and a mail.
//
// A trouble is something that needs a person and lasts until it is over
// ([bantin.Trouble]). It is a row in the database, so that it outlives restarts and
// several nodes tell it once. Each is told once, again each day while it lasts, and once
// when it is over. What often ends by itself, such as a web site that does not answer, is
// told only when it has lasted for [Alarms.After].
//
// Where troubles come from:
//
//   - who meets one says so: [Alarms.Begin] and [Alarms.End], or the same of
//     store.Troubles;
//   - others are found by one node in what is stored ([Alarms.find]): editions that are
//     held or late, a mail server that is waited for, sources and tasks that fail;
//   - each node looks after its own database connection and disk ([Probe]).
//
// While the database takes nothing, a node keeps troubles to itself and tells them all
// the same ([Unstored]); they are stored once it is back.
package alarm
