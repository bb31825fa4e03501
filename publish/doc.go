// Package publish is the daemon: it says which loops run, and on which node.
//
// What the loops do is in the rooms below: package collect brings sources and
// lists of contacts into the store, package syndicate makes feeds of what is
// stored, package edition makes the editions of digests that are due, package
// delivery sends them, package returns takes what comes back. These packages meet
// in the store and do not import each other.
//
// [Daemon] runs all of it on its schedules. Each journey can be run by itself,
// beside a daemon: the database decides who does what, never this package.
package publish
