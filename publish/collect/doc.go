// Package collect stores what comes in: bulletins of sources, and contacts of the
// lists that an office keeps.
//
// [Collector] reads a source. Each item becomes a stored bulletin, in batches;
// places, events and legal references that its text names are added, and stories
// that two sources tell are found. [Importer] reads a list of contacts, of any
// length, in batches too.
package collect
