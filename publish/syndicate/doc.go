// Package syndicate publishes what the store holds as feeds: store → feeds,
// archives, static copies, WebSub hubs.
//
// [Feeds] builds the documents of the configured feeds and of the digests, writes
// only those that a change concerns, and answers for archive pages, feeds that
// readers put together, and feeds that were renamed or have ended. [ListIndexer]
// keeps what lists and search find bulletins by. [Exporter] keeps static copies of
// all documents in a folder, [WebSubNotifier] tells hubs of those that changed.
package syndicate
