// Package feed publishes bulletins as RSS 2.0, Atom 1.0 and JSON Feed 1.1.
//
// A [Channel] is what a feed says; [Formats] lists how it is written. Each
// format renders a Channel to the same bytes for the same bulletins, whatever
// the time and the machine, so that validators survive a restart and agree
// between nodes. A [Document] is such bytes with all that HTTP needs to answer
// for them, made once; a [Library] holds the documents by path and serves them.
// Nothing is rendered, compressed or hashed for a request.
//
// What readers hold on to never changes: an entry's id is the bulletin's
// FeedID, the same string in all three formats, and a feed's id is made from
// its own id. Neither knows titles, dates or the site's address.
//
// The formats stand on gorilla/feeds. Its types are embedded in ours, which
// add what it cannot say (namespaces, several categories and links, languages,
// pictures with captions); its writer writes them.
//
// To add a format: a file named for it with a render function, and a line in
// [Formats].
package feed
