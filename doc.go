/*
Package bantin is the vocabulary of bantin, which reads an association's
bulletins, publishes them as feeds and mails a digest of them.

It holds the nouns that all parts speak of and nothing that does anything:
[Bulletin], [Contact], [Digest], [Edition], [Delivery], [Feed]. It imports only
the standard library, and every other package imports it. Who else may import
whom is a table in imports_test.go; docs/design.md gives the reasons.

# A tour: one bulletin from its folder to an inbox

The office of an association saves bulletins/hoc-bong-vung-cao.md: 240
scholarships in Lào Cai. The tour says what happens to it and which file to open.

# The program starts

cmd/bantin/main.go starts every command in the same way. Package config reads
the YAML file, where each key is a field of a struct. deps.go opens what the
configuration describes, and deps_wire.go hands each part its own values. No
other package knows that there is a YAML file. The command run builds a
publish.Daemon; publish/daemon.go lists its loops.

# A file becomes a stored bulletin

Twelve files, in this order:

 1. publish/collect/source_loop.go: the loop of a source asks its schedule when it
    is due.
 2. publish/collect/collector.go: Collector.Collect reads the source.
 3. source/folder.go: the folder yields items.
 4. source/walk.go: size and time of each file are compared with the last read.
    A new file must be at rest for half a second.
 5. source/file.go: the file is read within its limit.
 6. source/document/read.go: its format is chosen by its name.
 7. source/charset/decode.go: its bytes become UTF-8 in NFC, without anything
    that XML forbids.
 8. source/document/markdown.go: its text fills a document.Draft. The HTML is
    written anew by writer.go, and pictures go through package picture.
 9. source/identity.go: the draft gets a key, an id and a feed id, once and for
    ever: from its canonical address if it names one, else from source and path.
 10. publish/collect/understand.go: place.Atlas finds the places in its text, and
    package extract the event and the legal references.
 11. publish/collect/batch.go: items are stored in batches.
 12. store/bulletin_arrivals.go: a batch is one transaction. A known key gives a
    revision or nothing new. Ours is new, so it gets a [Bulletin.Seq], since
    readers may see it now, and a [Bulletin.Change].

These two numbers carry the rest of the program. Seq makes it news: arrival
decides what an edition takes, whatever date somebody wrote. Change makes feeds
new: it moves with everything that readers would see differently.

# It stands in feeds and on a page

The loop in publish/feeds.go calls Feeds.Refresh (publish/syndicate/feeds.go),
which sees that the last change has moved. It rebuilds the feeds that the bulletin
is or was in, and no others: "tat-ca", "tay-bac" and "tinh/lao-cai" in the example.
Each of feed.Formats writes a feed.Channel with types that embed those of
gorilla/feeds. The finished bytes, their compressed copies and their tag are a
feed.Document. A feed.Library serves it, and a poll costs no more than comparing
the tag.

Its page is web/page_bulletin.go. web/routes.go lists all pages.

# A digest is due, and its messages leave

From the due time to RCPT TO, in this order:

 1. publish/edition/planner.go: on Monday at 07:00 in the digest's zone,
    Planner.MakeDue finds that the digest is due.
 2. publish/edition/editor.go: Editor.Make makes the [Edition]. Any number of
    nodes may try: it is unique by digest and due time.
 3. store/edition_make.go: the edition's bulletins are frozen, all of the digest's
    selection that became news and that no edition of this digest has had.
 4. store/edition_freeze.go: its recipients are frozen, some hundreds in a
    transaction, each with the address, place and language of this moment. Each
    batch gets a chunk: a range of the ledger that can be claimed.
 5. publish/delivery/sweeper.go: each node looks each second for editions with
    work, and delivers all of them side by side.
 6. publish/delivery/deliverer.go: Deliverer.Run is one edition of these: it feeds
    chunks to the workers.
 7. publish/delivery/pool.go: the workers, one for each connection, are shared by
    all editions.
 8. publish/delivery/claims.go: a claim of a chunk is kept by renewing its lease.
 9. store/delivery_claims.go: a claim raises the chunk's fencing token.
 10. publish/delivery/dispatcher.go: it hands out deliveries, of each edition in
    turn, when rates and the relay's health (relay.go) allow it.
 11. publish/delivery/worker.go: one SMTP connection. It prepares the message,
    sends the envelope, asks whether the body may begin, and sends it together
    with the envelope of the next message.
 12. publish/delivery/message_cache.go: a segment's message is composed once, by
    the first contact of that place, language and reason.
 13. publish/delivery/composer.go: the edition's bulletins are ordered for the
    segment, its own province first, so that ours stands at the top.
 14. mailer/compose.go: mailer.RenderDigest has filled the templates; go-mail
    writes the message with placeholders where recipients differ, and it is cut
    there. For every other contact of the segment the pieces are copied and the
    recipient's few bytes put between them.
 15. mailer/session.go: MAIL FROM and RCPT TO go out.

Right before the body begins the worker asks three things: does the process go on,
has the contact left within the last half second, is the chunk still ours?

# The result becomes durable

The server's answer becomes a store.DeliveryResult (publish/delivery/refusal.go says what a
refusal means). publish/delivery/committer.go stores the results of all waiting
connections in one transaction (store/delivery_results.go), with the claim's
fencing token in the condition: if another node has taken the chunk over, the
result is refused. Only when it is on disk does the connection take its next
message. So pulling the plug loses nothing. At most one message for each connection
is sent again, under the same Message-ID.

The contact reads it, and clicks "Ngừng nhận bản tin này". web/page_unsubscribe.go
shows one button. The POST behind it writes a departure, and every sender knows of
it half a second later.

# What comes back

Their mailbox is full one Monday. The provider's notice arrives at the return path
of the message, which carries the contact's key, signed. publish/returns/inbox.go
reads it, publish/returns/proof.go proves whom it is about, and package
mailer/bounce says what it means. It is noted. Two more such weeks would suppress
the address (publish/returns/soft.go); one good week forgets it. Had it said that there is
no such mailbox, store/return_judge.go would decide when the edition has settled: a
server that is wrong about everybody must suppress nobody.

# Where to go on

docs/develop.md is a first change in ten minutes, docs/design.md the rules and their
reasons, docs/decisions the roads that were closed.
*/
package bantin
