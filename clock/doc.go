// Package clock says what time it is, as far as that may be believed.
//
// The clock on the wall of a machine can be wrong: after a battery ran out, in a virtual
// machine that was resumed, by a slip of the hand. What a program does because of a time
// that has come, such as mailing a digest or deleting what is old, it cannot undo when the
// clock is right again. So a [Clock] compares three things: what the wall shows, what has
// passed since by the clock that nobody can set, and the last time that was believed,
// which is kept over restarts as a [Heartbeat].
//
//   - A clock that goes on as expected is believed. So is one after a restart within the
//     hour, and, where the system tells how long it was suspended, one after a suspend.
//   - One that jumped ahead is in doubt. [Clock.Now] goes on from the last believed time
//     meanwhile.
//   - One that was set back is in doubt too, though Now shows it at once: nothing comes
//     too early by that. Only stored times are not corrected yet.
//   - The doubt ends when a second [Source] agrees, when the wall shows again what was
//     expected, or when nothing contradicted it for five minutes. A source that shows
//     another time keeps it up.
//
// [Clock.MayDelete] asks for more: an hour without any of this.
//
// The package reads no files and no database: its caller keeps the heartbeat, asks it to
// look every few seconds, and gives it its sources.
package clock
