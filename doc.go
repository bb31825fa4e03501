/*
Package bantin is the vocabulary of bantin, which reads an association's
bulletins, publishes them as feeds and mails a digest of them.

It holds the nouns that all parts speak of and nothing that does anything:
[Bulletin], [Contact], [Digest], [Edition], [Delivery], [Feed]. It imports the
standard library alone, and everything else imports it. Who else may import
whom is a table in imports_test.go, and docs/design.md says why.

# A tour: one bulletin from its folder to an inbox

The office of an association saves bulletins/hoc-bong-vung-cao.md: 240
scholarships in Lào Cai. This is what happens to it, and where to read it.

# It is found

cmd/bantin/main.go starts, and every command begins alike: package config reads
the one YAML file, where each key is a field of a struct, works.go opens what it
describes, and wire.go hands each part its own values. No other package knows
that there is a YAML file.

bantin run then puts a publish.Daemon together (run.go). Its sourceLoop asks a
schedule.Schedule when the folder is due, and publish.Collector reads it.

A source yields items (source.Source in source/source.go). For a folder, walk.go
compares size and time of each file with the last look; hoc-bong-vung-cao.md is
new, so it must lie at rest for half a second and is read (file.go). Package
document makes a draft of it: read.go chooses the format, the bytes are decoded
(source/charset/decode.go) to UTF-8 in NFC without what XML forbids, markdown.go
reads the front matter and the text, and writer.go writes the HTML anew from a
short list of elements. Its picture goes through package picture, which checks it,
scales it once and names it after its content.

# It becomes a Bulletin

identity.go gives it a key: its canonical address, if it names one, else
"file:van-phong/hoc-bong-vung-cao.md". The id of its page and the id of its feed
entries are made from that key, once, and never change again.

Its front matter says where it belongs, Lào Cai; where that is silent, place.Atlas
reads title, lead, text and captions and finds the names in them. The atlas then
makes tags of places and clusters, by which feeds and digests choose.

# It is stored, and is news

store.Bulletins.Store (store/bulletin_arrivals.go) takes a batch in one transaction. Has this
key been seen? Then this is a revision, or nothing new. Has its file held quite
another story? Then it is another bulletin. Ours is new: it gets a [Bulletin.Seq]
since readers may see it now, and a [Bulletin.Change]. The two numbers carry the
rest of the program. Seq makes it news: for editions arrival counts, whatever date
somebody wrote. Change makes feeds anew: it moves with all that readers would see
differently.

# It stands in feeds and on a page

publish.Feeds.Refresh sees that the last change has moved and builds the feeds
that the bulletin is or was in, and no other: "tat-ca", "tay-bac",
"tinh/lao-cai" in the example. A feed.Channel is written in each of feed.Formats, by types that
embed those of gorilla/feeds and say what these cannot. The finished bytes, their
compressed copies and their tag are a feed.Document; a feed.Library serves it,
and a poll costs no more than comparing the tag.

Its page is web/page_bulletin.go; web/routes.go lists all others.

# An edition takes it

On Monday at 07:00 in the digest's zone, publish.Planner finds that the digest
is due (due.go), and publish.Editor makes the [Edition] (edition.go). Any number
of processes may try: it is unique by digest and due time, and whoever comes
second finds it made. store.Editions.Make freezes the bulletins: all of the
digest's selection that became news and that no edition of this digest has had.
store.Editions.Freeze writes the recipients down, some hundreds in a transaction, each
with the address, place and language of this moment, and over each batch a chunk:
a range of the ledger that can be claimed.

# It is written into a mail

publish.Deliverer claims chunks (deliver.go). The first contact in Lào Cai who reads
Vietnamese opens a publish.Segment: letters.go sorts the edition's bulletins by
how near they are to her, her own province first, so that ours stands at the top;
mailer.RenderDigest fills templates/mail/digest.html and digest.txt from one
struct, mailer.DigestMail; mailer.Compose has go-mail write the message, with
stand-ins where recipients differ, and cuts it there. For all others of the
segment a mailer.ComposedMessage copies the pieces and puts their own few bytes between.

# It reaches an inbox

The deliveries of claimed chunks lie on a desk (desk.go), which hands each out when
rates and the relay's health (relay.go) allow it. line.go is one SMTP connection and
what it does: open it through mailer.SMTP, offer the message, send it, with the offer
of the next one behind its final dot. Right before the body begins it asks three
things (line.may): does the process go on, has she left within the last half second,
is the chunk still ours?

The answer of the server becomes a store.DeliveryResult (verdict.go), and commit.go stores the results
of all connections that wait in one transaction, with the claim's fence in the
condition: if another process has taken the chunk over, the result is refused.
Only when it is on disk does the connection take its next message. So whoever
pulls the plug loses nothing, and at most one message for each connection goes
out again, under the same Message-ID.

She reads it, and clicks "Ngừng nhận bản tin này". web/page_unsubscribe.go shows
one button; the post behind it writes a departure, which every sender, in whatever
process, knows of half a second later.

# What comes back

Her mailbox is full one Monday, and a notice of her provider arrives at the return path of
her message, which bears her key, signed. publish.Inbox reads it, publish.Returns proves whom
it is about (publish/returns/proof.go), and package mailer/bounce says what it means: its fields, the
server's words, the notice, in that order. It is noted; two more such weeks would suppress her
address (publish/returns/soft.go), one good week forgets it.

# Where to go on

docs/develop.md is a first change in ten minutes, docs/design.md the rules and
their reasons, docs/decisions/ the roads that were closed. publish/daemon.go is
the heart: a few loops, each a select around a step that can be called alone.
*/
package bantin
