package store

import (
	"context"
	"database/sql"
)

// HoldReason is why all mailing waits until a person says that it goes on.
type HoldReason string

// Why mailing waits.
const (
	NotHeld      HoldReason = ""
	HeldByPerson HoldReason = "person"   // somebody said so
	HeldRestored HoldReason = "restored" // the database is behind what this machine has seen of it: an older one took its place
	HeldCopy     HoldReason = "copy"     // a backup or a copy, which may be one of two that live
)

// heldSetting is the setting that says why; its row is there while mailing waits.
const heldSetting = "held"

// mailNotHeldSQL is the condition that any message may begin.
const mailNotHeldSQL = `NOT EXISTS (SELECT 1 FROM settings WHERE name = '` + heldSetting + `')`

// HoldReason tells why all mailing waits; NotHeld while it does not.
func (v Deliveries) HoldReason(ctx context.Context) (HoldReason, error) {
	why, err := v.db.Setting(ctx, heldSetting)
	return HoldReason(why), err
}

// HoldAll stops all mailing. Where it is stopped already the first reason stays.
func (v Deliveries) HoldAll(ctx context.Context, why HoldReason) error {
	return v.db.write(ctx, "hold all mailing", func(tx *sql.Tx) error { return insertHold(ctx, tx, why) })
}

func insertHold(ctx context.Context, tx *sql.Tx, why HoldReason) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, heldSetting, why)
	return err
}

// ResumeAll lets mailing go on, and tells why all of it waited. Editions that are held
// for what was answered stay held: they are resumed one by one.
func (v Deliveries) ResumeAll(ctx context.Context) (was HoldReason, err error) {
	err = v.db.write(ctx, "resume all mailing", func(tx *sql.Tx) error {
		var err error
		if was, err = v.db.readHold(ctx, tx); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM settings WHERE name = $1`, heldSetting)
		return err
	})
	return was, err
}
