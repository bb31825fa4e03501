// Package edition makes the editions of digests: due → frozen → settled.
//
// [Planner] looks whether a digest is due, and what to do with due times that were
// missed. [Editor] makes the edition, freezes its bulletins and its recipients,
// moves it on by the clock (hours of the day, first waves, cancellations), and
// writes the reports that admins are owed. Package delivery sends what is frozen.
package edition
