package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bantin"
)

// ErrNotPublished says that a bulletin cannot be renewed, because readers do not see it.
var ErrNotPublished = errors.New("the bulletin is held or withdrawn")

// Renew makes what a bulletin says now news. History becomes news under its own id.
// Of a bulletin that is or was news, what it says now becomes a new one, which its
// source revises from now on; the old one says again what it said before its file was
// overwritten. It gives the bulletin that is news.
func (v Bulletins) Renew(ctx context.Context, id string, rules ArrivalPolicy) (bantin.Bulletin, error) {
	var renewed string
	err := v.db.write(ctx, "renew bulletin", func(tx *sql.Tx) error {
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			in.rules = rules
			k, err := in.loadUnmerged(ctx, id)
			if err != nil {
				return err
			}
			if !k.listed {
				return fmt.Errorf("renew bulletin %q: %w", id, ErrNotPublished)
			}
			renewed, err = in.renew(ctx, k)
			return err
		})
	})
	if err != nil {
		return bantin.Bulletin{}, err
	}
	return v.Get(ctx, renewed)
}

func (in *bulletinTx) renew(ctx context.Context, k *storedBulletin) (id string, err error) {
	if !k.seq.Valid {
		return k.id, in.makeNews(ctx, k)
	}
	b := k.bulletin
	identity, name := unnumbered(k.identity, k.id)
	b.ID = name
	o, fresh, err := in.insert(ctx, &Arrival{Source: b.Source, Item: b.SourceID, Identity: identity, Bulletin: &b, Tags: in.rules.Tags(&b)})
	if err != nil {
		return "", err
	}
	for _, query := range []string{
		`UPDATE items SET bulletin = $1 WHERE bulletin = $2`,
		`UPDATE verdicts SET bulletin = $1 WHERE bulletin = $2`,
		`UPDATE likenesses SET bulletin = $1 WHERE bulletin = $2`,
	} {
		if err := in.exec(ctx, query, fresh.n, k.n); err != nil {
			return "", err
		}
	}
	return o.ID, in.restore(ctx, k)
}

// makeNews makes history news.
func (in *bulletinTx) makeNews(ctx context.Context, k *storedBulletin) error {
	change, at := in.nextChange()
	seq := in.nextSeq()
	err := in.exec(ctx, `UPDATE bulletins SET history = 0, seq = $1, news_at = $2, change = $3, changed_at = $4 WHERE n = $5`,
		seq, in.now, change, at, k.n)
	if err != nil {
		return err
	}
	return in.tag(ctx, seq.Int64, in.rules.Tags(&k.bulletin))
}

// restore makes a bulletin say again what it said before its file was overwritten: the
// last revision of another title or day, else the one before this. Where there is none
// it stays as it is.
func (in *bulletinTx) restore(ctx context.Context, k *storedBulletin) error {
	var earlier *bantin.Bulletin
	for revision := k.bulletin.Revision - 1; revision >= 1; revision-- {
		b, err := in.revisionOf(ctx, k, revision)
		if errors.Is(err, sql.ErrNoRows) {
			break // pruned
		}
		if err != nil {
			return err
		}
		if earlier == nil {
			earlier = b
		}
		if b.Title != k.bulletin.Title || !b.Published.Equal(k.bulletin.Published) {
			earlier = b
			break
		}
	}
	if earlier == nil {
		return nil
	}
	_, err := in.update(ctx, k, earlier, in.rules.Tags(earlier))
	return err
}

// revisionOf is a bulletin as a revision had it.
func (in *bulletinTx) revisionOf(ctx context.Context, k *storedBulletin, revision int) (*bantin.Bulletin, error) {
	var said, remarked string
	err := in.queryRow(ctx, `SELECT content, remarks FROM revisions WHERE bulletin = $1 AND revision = $2`, k.n, revision).Scan(&said, &remarked)
	if err != nil {
		return nil, err
	}
	b := k.bulletin
	b.Images = nil
	return &b, decode(&b, said, remarked)
}
