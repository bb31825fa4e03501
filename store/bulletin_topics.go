package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"bantin"
)

// Retopic settles the topics of stored bulletins again, of at most limit that were stored
// after the row after: topics gives what a bulletin is about now. It tells the last row
// that it looked at, 0 at the end, and how many bulletins changed.
//
// Such a change is no revision, and the time of a bulletin's last change stays: its words
// are the same, and no feed reader shall show them as new. It has a change number, by which
// feeds and lists follow.
func (v Bulletins) Retopic(ctx context.Context, after int64, limit int, topics func(*bantin.Bulletin) []string, tags Tagger) (last int64, changed int, err error) {
	var list []retopic
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var r retopic
		var merged sql.NullString
		b, err := scanRevision(scanExtra{rows, []any{&r.n}}, &merged)
		if err != nil {
			return err
		}
		last = r.n
		if now := topics(&b); !slices.Equal(now, b.Topics) {
			r.b = b
			r.b.Topics = now
			list = append(list, r)
		}
		return nil
	}, `SELECT `+bulletinColumns+`, b.n FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.n > $1 ORDER BY b.n LIMIT $2`, after, limit)
	if err != nil || len(list) == 0 {
		return last, 0, err
	}
	err = v.db.write(ctx, "settle topics", func(tx *sql.Tx) error {
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			changed = 0
			for i := range list {
				did, err := in.setTopics(ctx, &list[i], tags)
				if err != nil {
					return fmt.Errorf("bulletin %s: %w", list[i].b.ID, err)
				}
				changed += did
			}
			return nil
		})
	})
	return last, changed, err
}

// retopic is a bulletin with the topics that it shall have, and its row.
type retopic struct {
	n int64
	b bantin.Bulletin
}

// correctedTopics reports whether a person has the last word on the topics of a bulletin:
// then what they would be is kept for when that is taken back.
func (in *bulletinTx) correctedTopics(ctx context.Context, r *retopic) (bool, error) {
	v, err := in.loadVerdict(ctx, r.n)
	if err != nil || v == nil {
		return false, err
	}
	v.source.Topics = &r.b.Topics
	if r.b.Topics == nil {
		v.source.Topics = &[]string{}
	}
	return v.correction.Topics != nil, in.saveVerdict(ctx, r.n, v)
}

// setTopics writes the topics unless the bulletin changed since it was read: then they
// were settled with that.
func (in *bulletinTx) setTopics(ctx context.Context, r *retopic, tags Tagger) (changed int, err error) {
	var now int64
	if err := in.queryRow(ctx, `SELECT change FROM bulletins WHERE n = $1`, r.n).Scan(&now); err != nil || now != r.b.Change {
		return 0, err
	}
	corrected, err := in.correctedTopics(ctx, r)
	if err != nil || corrected {
		return 0, err
	}
	said, err := encode(&r.b)
	if err != nil {
		return 0, err
	}
	change, _ := in.nextChange()
	if err := in.exec(ctx, `UPDATE revisions SET content = $1 WHERE bulletin = $2 AND revision = $3`, said.content, r.n, r.b.Revision); err != nil {
		return 0, err
	}
	if err := in.exec(ctx, `UPDATE bulletins SET hash = $1, change = $2 WHERE n = $3`, said.hash, change, r.n); err != nil {
		return 0, err
	}
	return 1, in.retag(ctx, r.b.Seq, r.b.Publishable(), tags(&r.b))
}
