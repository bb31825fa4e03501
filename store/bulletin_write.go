package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"bantin"
)

// insert stores a bulletin that was never seen.
func (in *bulletinTx) insert(ctx context.Context, a *Arrival) (Outcome, *storedBulletin, error) {
	b := a.Bulletin
	said, err := encode(b)
	if err != nil {
		return Outcome{}, nil, err
	}
	id, identity, err := in.freeID(ctx, b.ID, a.Identity)
	if err != nil {
		return Outcome{}, nil, err
	}
	change, at := in.nextChange()
	var seq, newsAt sql.NullInt64
	if b.Publishable() && !a.History {
		seq, newsAt = in.nextSeq(), sql.NullInt64{Int64: in.now, Valid: true}
	}
	k := &storedBulletin{}
	err = in.queryRow(ctx, `INSERT INTO bulletins (id, identity, feed_id, source, source_id, revision, hash,
			seq, change, arrived_at, news_at, changed_at, withdrawn, held, listed, history)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING n`,
		id, identity, in.rules.FeedID(identity), b.Source, b.SourceID, said.hash, seq, change, in.now, newsAt, at,
		boolInt(b.Withdrawn), b.Held, boolInt(b.Publishable()), boolInt(a.History)).Scan(&k.n)
	if err != nil {
		return Outcome{}, nil, err
	}
	if err := in.insertRevision(ctx, k.n, 1, said, at); err != nil {
		return Outcome{}, nil, err
	}
	if err := in.insertSimilarity(ctx, k.n, a.Similarity); err != nil {
		return Outcome{}, nil, err
	}
	if !seq.Valid {
		return Outcome{ID: id, Kind: Added}, k, nil
	}
	return Outcome{ID: id, Kind: Added}, k, in.tag(ctx, seq.Int64, a.Tags)
}

// freeID gives the wanted id, or the first of id-2, id-3, … that is free.
// The identity of such a later one is marked in the same way, where it is taken too.
func (in *bulletinTx) freeID(ctx context.Context, id, identity string) (string, string, error) {
	tryID, tryIdentity := id, identity
	for i := 2; ; i++ {
		var ids, identities int
		err := in.queryRow(ctx, `SELECT COUNT(CASE WHEN id = $1 THEN 1 END), COUNT(CASE WHEN identity = $2 THEN 1 END)
			FROM bulletins WHERE id = $1 OR identity = $2`, tryID, tryIdentity).Scan(&ids, &identities)
		if err != nil || ids+identities == 0 {
			return tryID, tryIdentity, err
		}
		if ids > 0 || !isURL(identity) {
			tryID = fmt.Sprintf("%s-%d", id, i)
		}
		if identities > 0 || !isURL(identity) {
			tryIdentity = numbered(identity, i)
		}
	}
}

// revise takes another look at a known bulletin. What a person said of it
// stands; one that was merged away only keeps what its source says.
func (in *bulletinTx) revise(ctx context.Context, a *Arrival, k *storedBulletin) (Outcome, error) {
	if k.into != "" {
		return Outcome{ID: k.into, Kind: Unchanged}, in.updateMerged(ctx, k, a.Bulletin)
	}
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return Outcome{}, err
	}
	if in.rules.RevisionNote != nil {
		if note := in.rules.RevisionNote(k.asSourceSaid(v), a.Bulletin); note != "" {
			a.Bulletin.Warnings = append(a.Bulletin.Warnings, note)
		}
	}
	if v == nil {
		return in.update(ctx, k, a.Bulletin, a.Tags)
	}
	b, tags := v.applyOver(a.Bulletin), a.Tags
	if err := in.saveVerdict(ctx, k.n, v); err != nil {
		return Outcome{}, err
	}
	if in.rules.Tags != nil {
		tags = in.rules.Tags(b)
	}
	return in.update(ctx, k, b, tags)
}

// update makes b what readers get of a known bulletin.
func (in *bulletinTx) update(ctx context.Context, k *storedBulletin, b *bantin.Bulletin, tags []string) (Outcome, error) {
	was, o := &k.bulletin, Outcome{ID: k.id, Kind: Unchanged}
	said, err := encode(b)
	if err != nil || said.hash == k.hash && was.Withdrawn == b.Withdrawn && was.Held == b.Held {
		return o, err
	}
	revision := was.Revision
	change, at := in.nextChange()
	if said.hash != k.hash {
		o.Kind, revision = Revised, revision+1
		if err := in.insertRevision(ctx, k.n, revision, said, at); err != nil {
			return o, err
		}
	}
	switch {
	case b.Withdrawn && !was.Withdrawn:
		o.Kind = Withdrawn
	case was.Withdrawn && !b.Withdrawn:
		o.Kind = Restored
	}
	seq := k.seq
	if b.Publishable() && !seq.Valid && !k.history {
		seq = in.nextSeq()
	}
	err = in.exec(ctx, `UPDATE bulletins SET revision = $1, hash = $2, change = $3, changed_at = $4, withdrawn = $5, held = $6,
			held_told = CASE WHEN held = $6 THEN held_told ELSE 0 END, listed = $7, seq = $8, news_at = CASE WHEN CAST($8 AS BIGINT) IS NOT NULL THEN COALESCE(news_at, $9) END
		WHERE n = $10`, revision, said.hash, change, at, boolInt(b.Withdrawn), b.Held, boolInt(b.Publishable()), seq, in.now, k.n)
	if err != nil {
		return o, err
	}
	return o, in.retag(ctx, seq.Int64, b.Publishable(), tags)
}

// updateMerged keeps what the source of a bulletin that was merged away says
// now: the next look is compared with that. No reader sees it.
func (in *bulletinTx) updateMerged(ctx context.Context, k *storedBulletin, b *bantin.Bulletin) error {
	said, err := encode(b)
	if err != nil || said.hash == k.hash {
		return err
	}
	revision := k.bulletin.Revision + 1
	if err := in.insertRevision(ctx, k.n, revision, said, in.now); err != nil {
		return err
	}
	return in.exec(ctx, `UPDATE bulletins SET revision = $1, hash = $2 WHERE n = $3`, revision, said.hash, k.n)
}

func (in *bulletinTx) insertRevision(ctx context.Context, n int64, revision int, said encoded, at int64) error {
	err := in.exec(ctx, `INSERT INTO revisions (bulletin, revision, content, remarks, at) VALUES ($1, $2, $3, $4, $5)`,
		n, revision, said.content, said.remarks, at)
	if err != nil {
		return err
	}
	return in.insertFiles(ctx, n, said.files)
}

// retag replaces the tags that a bulletin is chosen by; one that readers may
// not see has none.
func (in *bulletinTx) retag(ctx context.Context, seq int64, listed bool, tags []string) error {
	if seq == 0 {
		return nil
	}
	if err := in.exec(ctx, `DELETE FROM tags WHERE seq = $1`, seq); err != nil || !listed {
		return err
	}
	return in.tag(ctx, seq, tags)
}

func (in *bulletinTx) tag(ctx context.Context, seq int64, tags []string) error {
	sorted := slices.Sorted(slices.Values(tags))
	for _, tag := range slices.Compact(sorted) {
		if err := in.exec(ctx, `INSERT INTO tags (tag, seq) VALUES ($1, $2)`, tag, seq); err != nil {
			return err
		}
	}
	return nil
}
