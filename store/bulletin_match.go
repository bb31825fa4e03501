package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"bantin"
)

// storedBulletin is a stored bulletin that an arrival may belong to.
type storedBulletin struct {
	n        int64
	id       string
	identity string
	hash     string
	seq      sql.NullInt64
	listed   bool
	history  bool
	into     string // the id of what it was merged into
	bulletin bantin.Bulletin
}

// match is what an arrival was found to be.
type match struct {
	known    *storedBulletin // the bulletin that it is another look at; nil: it is new
	replaced string          // the bulletin that its item held before, where that is another story
	isCopy   bool            // it has the bytes of an item that is still there, under another name
	rival    *storedBulletin // another source's bulletin whose address it names, and that says something else
}

// match looks for the bulletin that the arrival is another look at. An item
// keeps to the story it began, unless it now names another address or shares
// too little with what it held.
func (in *bulletinTx) match(ctx context.Context, a *Arrival) (m match, err error) {
	if strange, err := in.isUnknown(ctx, a); strange || err != nil {
		return m, err
	}
	if m.known, m.replaced, m.isCopy, err = in.matchOwn(ctx, a); err != nil {
		return m, err
	}
	return m, in.checkOwner(ctx, a, &m)
}

// matchOwn looks the arrival up by its item, its key, the key of before and its bytes.
func (in *bulletinTx) matchOwn(ctx context.Context, a *Arrival) (k *storedBulletin, replaced string, isCopy bool, err error) {
	named, err := in.findNamed(ctx, a)
	if err != nil {
		return nil, "", false, err
	}
	held, err := in.load(ctx, `b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2)`, a.Source, a.Item)
	if err != nil {
		return nil, "", false, err
	}
	if isURL(a.Identity) {
		switch {
		case held != nil && isNumbered(held.identity, a.Identity):
			return held, "", false, nil
		case named != nil:
			return named, "", false, nil
		case held != nil && isURL(held.identity) && held.identity != a.Before:
			return nil, "", false, nil // it names another address now
		}
	}
	if held == nil {
		held = named
	}
	if held == nil {
		k, isCopy, err = in.findByBytes(ctx, a)
		return k, "", isCopy, err
	}
	same, err := in.sameStory(ctx, held, a.Bulletin)
	if err != nil || same {
		return held, "", false, err
	}
	if !in.isOwner(a, held) {
		return nil, "", false, nil
	}
	return nil, held.id, false, nil
}

// findByBytes finds the bulletin of an item that the arrival takes in, or of one with
// the same bytes. Where that item is still there, the arrival is its copy: what the copy
// is called says nothing new.
func (in *bulletinTx) findByBytes(ctx context.Context, a *Arrival) (k *storedBulletin, isCopy bool, err error) {
	if k, err := in.findCompleted(ctx, a); k != nil || err != nil {
		return k, false, err
	}
	k, err = in.load(ctx, `b.n = (SELECT bulletin FROM items
		WHERE digest = $1 AND source = $2 AND bulletin IS NOT NULL LIMIT 1)`, a.Digest, a.Source)
	if k == nil || err != nil || a.Moved {
		return k, false, err
	}
	err = in.queryRow(ctx, `SELECT EXISTS (SELECT 1 FROM items WHERE digest = $1 AND source = $2 AND bulletin = $3 AND gone = 0)`,
		a.Digest, a.Source, k.n).Scan(&isCopy)
	return k, isCopy, err
}

// findNamed finds the bulletin of the arrival's key. A key that two items of one
// source give to two stories is that of the first: the items contradict each other.
func (in *bulletinTx) findNamed(ctx context.Context, a *Arrival) (*storedBulletin, error) {
	k, err := in.findByIdentity(ctx, a)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return in.findByFormerKey(ctx, a)
	}
	if !isURL(k.identity) {
		return k, nil
	}
	var others bool
	err = in.queryRow(ctx, `SELECT EXISTS (SELECT 1 FROM items WHERE bulletin = $1 AND source = $2 AND item <> $3 AND gone = 0)
		AND NOT EXISTS (SELECT 1 FROM items WHERE bulletin = $1 AND source = $2 AND item = $3)`, k.n, a.Source, a.Item).Scan(&others)
	if err != nil || !others {
		return k, err
	}
	same, err := in.sameStory(ctx, k, a.Bulletin)
	if err != nil || same {
		return k, err
	}
	return nil, nil
}

// maxFormer is how many bulletins of one former key are looked at: a feed whose entries
// shared a guid had a new one at each poll.
const maxFormer = 200

// findByFormerKey finds the bulletin that an earlier version of the program stored
// under another key, so that an upgrade makes nothing new. Several may have that key,
// numbered: it must say the same, and be no other item's.
func (in *bulletinTx) findByFormerKey(ctx context.Context, a *Arrival) (*storedBulletin, error) {
	if a.Before == "" || in.rules.SameText == nil {
		return nil, nil
	}
	base := strings.TrimPrefix(a.Before, "file:"+a.Source+"/")
	for i, key := 1, a.Before; i <= maxFormer; i++ {
		if i > 1 {
			key = numbered(a.Before, i)
		}
		k, err := in.load(ctx, `b.identity = $1 AND b.source = $2`, key, a.Source)
		if k == nil || err != nil {
			return nil, err
		}
		if k.bulletin.Title != a.Bulletin.Title || !in.rules.SameText(&k.bulletin, a.Bulletin) {
			continue
		}
		var taken bool
		err = in.queryRow(ctx, `SELECT EXISTS (SELECT 1 FROM items WHERE bulletin = $1 AND source = $2 AND item NOT IN ($3, $4) AND gone = 0)`,
			k.n, a.Source, a.Item, base).Scan(&taken)
		if err != nil || !taken {
			return k, err
		}
	}
	return nil, nil
}

// numbered is the key of the i-th bulletin of a key.
func numbered(identity string, i int) string {
	if isURL(identity) {
		return fmt.Sprintf("%s %d", identity, i) // no address has a blank
	}
	return fmt.Sprintf("%s#%d", identity, i)
}

// unnumbered takes the number off a key and off the id that was made with it.
func unnumbered(identity, id string) (string, string) {
	end := strings.LastIndexAny(identity, " #")
	if end < 0 || strings.Trim(identity[end+1:], "0123456789") != "" {
		return identity, id
	}
	return identity[:end], strings.TrimSuffix(id, "-"+identity[end+1:])
}

// isNumbered reports whether identity is key, or a numbered one of it.
func isNumbered(identity, key string) bool {
	rest, ok := strings.CutPrefix(identity, key)
	return ok && (rest == "" || rest[0] == ' ')
}

// findCompleted gives the bulletin of an item that the arrival takes in: one that is
// still there, or that still waits for a person.
func (in *bulletinTx) findCompleted(ctx context.Context, a *Arrival) (*storedBulletin, error) {
	for _, item := range a.Completes {
		k, err := in.load(ctx, `b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2) AND b.merged_into IS NULL
			AND (b.seq IS NULL OR EXISTS (SELECT 1 FROM items WHERE source = $1 AND item = $2 AND gone = 0))`, a.Source, item)
		if k != nil || err != nil {
			return k, err
		}
	}
	return nil, nil
}

// sameStory compares what the source said last with what it says now: words
// of a person are in neither.
func (in *bulletinTx) sameStory(ctx context.Context, k *storedBulletin, now *bantin.Bulletin) (bool, error) {
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return false, err
	}
	return in.rules.SameStory(k.asSourceSaid(v), now), nil
}

// asSourceSaid is a bulletin without the words of a person.
func (k *storedBulletin) asSourceSaid(v *verdict) *bantin.Bulletin {
	before := k.bulletin
	if v != nil {
		before.Title, before.Lead, before.Published = v.source.Title, v.source.Lead, v.source.Published
	}
	return &before
}

// isUnknown reports that nothing is known of the arrival: the usual case of a
// first read, found out with one question.
func (in *bulletinTx) isUnknown(ctx context.Context, a *Arrival) (yes bool, err error) {
	if len(a.Aliases)+len(a.Completes) > 0 {
		return false, nil
	}
	err = in.queryRow(ctx, `SELECT NOT EXISTS (SELECT 1 FROM bulletins WHERE identity IN ($1, $5, $6))
		AND NOT EXISTS (SELECT 1 FROM items WHERE source = $2 AND item = $3)
		AND NOT EXISTS (SELECT 1 FROM items WHERE digest = $4 AND source = $2)`,
		a.Identity, a.Source, a.Item, a.Digest, a.Before, urlKey(a.Bulletin.URL)).Scan(&yes)
	return yes, err
}

// findByIdentity looks the arrival up by what it calls itself.
func (in *bulletinTx) findByIdentity(ctx context.Context, a *Arrival) (*storedBulletin, error) {
	for _, identity := range a.identities() {
		if k, err := in.load(ctx, `b.identity = $1`, identity); k != nil || err != nil {
			return k, err
		}
	}
	return nil, nil
}

// identities are what the arrival may be known by, its source's old ids included.
func (a *Arrival) identities() []string {
	list := []string{a.Identity}
	if !isURL(a.Identity) {
		for _, alias := range a.Aliases {
			list = append(list, "file:"+alias+"/"+a.Item)
		}
	}
	return list
}

// urlKey is the key of an address.
func urlKey(address string) string { return "url:" + address }

func isURL(identity string) bool { return strings.HasPrefix(identity, "url:") }

func (in *bulletinTx) load(ctx context.Context, where string, args ...any) (*storedBulletin, error) {
	k := &storedBulletin{}
	var merged sql.NullString
	row := in.queryRow(ctx, `SELECT b.n, b.identity, b.hash, b.listed, b.history, b.seq, b.merged_into FROM bulletins b WHERE `+where, args...)
	err := row.Scan(&k.n, &k.identity, &k.hash, &k.listed, &k.history, &k.seq, &merged)
	if is, err := found(err); !is {
		return nil, err
	}
	k.into = merged.String
	k.bulletin, err = scanRevision(in.queryRow(ctx, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision WHERE b.n = $1`, k.n), &merged)
	k.id = k.bulletin.ID
	return k, err
}
