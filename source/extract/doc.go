// Package extract finds facts in the text of a bulletin: the documents that it
// cites, the event that it reports, times that it names, and how much it has in
// common with another text. All of it is rules for Vietnamese as associations
// write it, with no model behind them; docs/understanding.md has their figures.
//
//   - [LegalRefs] finds references such as 387/QĐ-TTg, and the day of each
//     (legal.go, legal_parse.go, days.go).
//   - [Event] finds the day, the place and the host of what is reported (event.go,
//     event_place.go).
//   - [ParseTime] and [ReadDay] read a time as sites and offices write one
//     (dates.go, days.go); [IsPlausible] tells whether it can be a time of
//     publication.
//   - [Similar] is the share of one text's words that another has, which tells a
//     revision from a new bulletin in an old file (similarity.go).
//   - [Shingles] compare texts by their runs of five words, and their MinHash is
//     what a database keeps of them to find duplicates (shingles.go).
//
// Every function takes text and gives values. None reads files, and none takes
// more time than grows with the text.
package extract
