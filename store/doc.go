// Package store keeps all that bantin must not lose: bulletins with their
// revisions, contacts, editions and the delivery ledger.
//
// # The database
//
// It is one SQLite database in WAL mode under the data directory, or a
// PostgreSQL database that several nodes share. Open gives a DB, and any number
// of processes may have it open. Methods are reached through views by subject:
//
//	db.Bulletins().Store(ctx, batch, rules)
//	db.Editions().Freeze(ctx, edition, chunk)
//	db.Deliveries().Claim(ctx, edition, node, lease)
//
// # The views and their tables
//
//   - Sources: sources, items, source_notes, source_problems
//   - Bulletins and History: bulletins, revisions, verdicts, tags, likenesses, and the
//     list index shelf, shelf_tags and words; counters gives seq and change numbers
//   - Feeds: feeds, archives, documents, hub_topics
//   - Digests and Editions: digests, editions, edition_bulletins, reports
//   - Deliveries: deliveries, chunks, budgets
//   - Segments: segments
//   - Notices: notices
//   - Contacts and Imports: contacts, subscriptions, departures, joined, record, erased,
//     signups, moves, limits, imports
//   - Returns and Suppressions: returns, suppressions
//   - Checkups: checkups
//   - Statistics: statistics, edition_tallies, feed_readers
//   - Nodes: duties, and files with locks in the data directory
//   - DB itself: settings, backups, copies, the connections of the queue
//
// Files are named for what they hold: bulletin_search.go, contact_erase.go,
// edition_freeze.go; db_*.go is the database below them.
//
// # Transactions
//
// An exported method is one transaction, or a series of short ones where its
// comment says so; an unexported one takes the transaction. No transaction is
// meant to last over 200 ms, and a method returns when what it wrote is on disk.
//
// Transactions are written as if there were one writer, which both databases
// grant: SQLite by its lock, PostgreSQL by an advisory lock (see DB.write).
// Writers wait at most ten seconds for each other. Claims, leases and results of
// deliveries do not wait for that lock: they are correct under the locks of
// their rows (see DB.inTx).
//
// # SQL
//
// SQL stands in view next to its scan, in one text with $1 parameters for both
// databases. Times are stored as milliseconds since 1970 (see fromMillis), flags
// as 0 and 1, lists of tags as |a|b|. Leases are compared by the database's own
// clock, so that a node whose clock is wrong changes nothing. Text that is
// searched comes in already folded: the store does not know Vietnamese.
//
// A column is a migration in both folders of migrations, and its name in the
// query next to its scan.
//
// # Who calls what
//
// publish/collect writes Bulletins and Sources; publish/syndicate reads them and
// writes Feeds; publish/edition makes Editions and reports; publish/delivery works
// on Deliveries and Notices; publish/returns writes Returns. The web pages read
// Bulletins and Editions, and write only Contacts and Notices: a page that must
// set something in motion writes it here, and publish acts on it. Commands may
// call everything.
package store
