package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// End ends contacts, some hundreds, whom a complete list of the office does not name any
// more, and gives their number: no digest goes to them for its audience. What they chose
// themselves they still get. It is one transaction, and on record as a change of the
// import, so that an undo takes it back; so does a list that names them again.
func (v Imports) End(ctx context.Context, ids []int64, number int64, who string) (ended int, err error) {
	err = v.db.write(ctx, "end contacts", func(tx *sql.Tx) error {
		ended = 0
		list, err := known(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, was := range list {
			now := *was
			now.Origin = bantin.OriginEnded
			f := &ImportResult{Contact: now, was: was}
			if err := v.db.changeContact(ctx, tx, &ImportBatch{Import: number, Who: who}, f); err != nil {
				return fmt.Errorf("contact %d: %w", was.ID, err)
			}
			ended++
		}
		if ended == 0 {
			return nil
		}
		return markRunning(ctx, tx, number)
	})
	return ended, err
}

// known gives the contacts among ids that came by a list.
func known(ctx context.Context, tx *sql.Tx, ids []int64) (list []*bantin.Contact, err error) {
	err = queryIn(ctx, tx, ids, func(rows *sql.Rows) error {
		c, _, err := scanContact(rows)
		list = append(list, c)
		return err
	}, `SELECT `+contactColumns+` FROM contacts c WHERE c.origin = 'import' AND c.id IN `)
	return list, err
}
