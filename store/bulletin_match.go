package store

import (
	"context"
	"database/sql"
	"errors"
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

// match looks for the bulletin that the arrival is another look at. An item
// keeps to the story it began, unless it now names another address or shares
// too little with what it held: then replaced is the id of that.
func (in *bulletinTx) match(ctx context.Context, a *Arrival) (k *storedBulletin, replaced string, err error) {
	if strange, err := in.isUnknown(ctx, a); strange || err != nil {
		return nil, "", err
	}
	named, err := in.findByIdentity(ctx, a)
	if err != nil {
		return nil, "", err
	}
	held, err := in.load(ctx, `b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2)`, a.Source, a.Item)
	if err != nil {
		return nil, "", err
	}
	if isURL(a.Identity) && (named != nil || held != nil && isURL(held.identity)) {
		return named, "", nil
	}
	if held == nil {
		held = named
	}
	if held == nil {
		if k, err = in.findCompleted(ctx, a); k != nil || err != nil {
			return k, "", err
		}
		k, err = in.load(ctx, `b.n = (SELECT bulletin FROM items
			WHERE digest = $1 AND source = $2 AND bulletin IS NOT NULL LIMIT 1)`, a.Digest, a.Source)
		return k, "", err
	}
	same, err := in.sameStory(ctx, held, a.Bulletin)
	if err != nil || same {
		return held, "", err
	}
	return nil, held.id, nil
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
	before := k.bulletin
	if v != nil {
		before.Title, before.Lead = v.source.Title, v.source.Lead
	}
	return in.rules.SameStory(&before, now), nil
}

// isUnknown reports that nothing is known of the arrival: the usual case of a
// first read, found out with one question.
func (in *bulletinTx) isUnknown(ctx context.Context, a *Arrival) (yes bool, err error) {
	if len(a.Aliases)+len(a.Completes) > 0 {
		return false, nil
	}
	err = in.queryRow(ctx, `SELECT NOT EXISTS (SELECT 1 FROM bulletins WHERE identity = $1)
		AND NOT EXISTS (SELECT 1 FROM items WHERE source = $2 AND item = $3)
		AND NOT EXISTS (SELECT 1 FROM items WHERE digest = $4 AND source = $2)`,
		a.Identity, a.Source, a.Item, a.Digest).Scan(&yes)
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

func isURL(identity string) bool { return strings.HasPrefix(identity, "url:") }

func (in *bulletinTx) load(ctx context.Context, where string, args ...any) (*storedBulletin, error) {
	k := &storedBulletin{}
	var merged sql.NullString
	row := in.queryRow(ctx, `SELECT b.n, b.identity, b.hash, b.listed, b.history, b.seq, b.merged_into FROM bulletins b WHERE `+where, args...)
	err := row.Scan(&k.n, &k.identity, &k.hash, &k.listed, &k.history, &k.seq, &merged)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k.into = merged.String
	k.bulletin, err = scanRevision(in.queryRow(ctx, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision WHERE b.n = $1`, k.n), &merged)
	k.id = k.bulletin.ID
	return k, err
}
