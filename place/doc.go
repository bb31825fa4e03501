// Package place knows the provinces and centrally run cities of Vietnam, the
// clusters they work in, and how Vietnamese text names them.
//
// A unit is known by its slug, such as "phu-tho", for ever: numbers were used
// again in the reform of 2025-07-01, slugs were not. The 63 units of before
// that day and the 34 since are one list, units.csv; a unit that was merged
// away says until when it was and what it became. Where bulletins meet
// contacts, clusters and feeds, a unit also counts as what it became: [Became].
//
// Text is compared folded ([Fold]): without case, diacritics and the ways of
// writing a dash. Folding is for matching alone, the text itself is kept.
// Names in a running text are found by an [Atlas], which also holds the
// clusters, because those are configuration. It is careful rather than clever:
// capitals, whole words, the longest name, and a list of phrases that only
// look like places (notplaces.txt). What needs understanding is not done here.
package place
