// Package statistics makes plots of what the store counted: messages sent and returned,
// the list of contacts, readers of feeds, over time and by digest, place and level. A plot
// is a list of named columns over spans or names, which the office draws, and anybody
// writes as CSV or JSON.
//
// [Read] gives all plots of a [Filter]. Nothing in them speaks of a single person: places
// and levels with fewer than [SmallestGroup] contacts stand together as one, and are no
// filter. Nothing was measured in mails: neither who opened one nor who followed a link.
package statistics
