package store

import (
	"context"
	"database/sql"
)

// WithdrawVanished withdraws the bulletin of an item that its site no longer shows and
// gives its id. It stays, and id is "", where it is withdrawn already or another
// item has it too.
func (v Sources) WithdrawVanished(ctx context.Context, source, item string) (id string, err error) {
	err = v.db.write(ctx, "withdraw what vanished from "+source, func(tx *sql.Tx) error {
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			id, err = in.removeItem(ctx, source, item)
			return err
		})
	})
	return id, err
}

func (in *bulletinTx) removeItem(ctx context.Context, source, item string) (id string, err error) {
	// A merged bulletin is withdrawn with the last item of what it was merged into.
	k, err := in.load(ctx, `b.n = (SELECT root.n FROM items i JOIN bulletins was ON was.n = i.bulletin
			JOIN bulletins root ON root.id = COALESCE(was.merged_into, was.id)
			WHERE i.source = $1 AND i.item = $2)
		AND NOT EXISTS (SELECT 1 FROM items other JOIN bulletins o ON o.n = other.bulletin
			WHERE (o.n = b.n OR o.merged_into = b.id) AND other.gone = 0 AND NOT (other.source = $1 AND other.item = $2))`,
		source, item)
	if err != nil {
		return "", err
	}
	if k != nil {
		if id, err = in.withdrawVanished(ctx, k); err != nil {
			return "", err
		}
	}
	if err := in.exec(ctx, endProblemSQL, source, item); err != nil {
		return "", err
	}
	return id, in.exec(ctx, `UPDATE items SET gone = 1 WHERE source = $1 AND item = $2`, source, item)
}

// withdrawVanished withdraws a bulletin because no source has it any more, unless a
// person's verdict says otherwise; its id is "" where that changes nothing.
func (in *bulletinTx) withdrawVanished(ctx context.Context, k *storedBulletin) (id string, err error) {
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return "", err
	}
	if v != nil {
		v.source.Withdrawn = true
		if err := in.saveVerdict(ctx, k.n, v); err != nil || v.withdrawn.Valid {
			return "", err
		}
	}
	if k.bulletin.Withdrawn {
		return "", nil
	}
	b := k.bulletin
	b.Withdrawn = true
	_, err = in.update(ctx, k, &b, nil)
	return k.id, err
}
