package store

import (
	"context"
	"database/sql"
	"time"

	"bantin"
)

// Telling is how far one way of telling people is with a trouble.
type Telling struct {
	Told  time.Time // when it said last that it lasts; zero: never
	Ended time.Time // when it said last that it is over
	Tries int       // in vain, in a row
	Next  time.Time // it is not used before
}

// ToldTrouble is a trouble with how far each way is with it, by the name of the way.
type ToldTrouble struct {
	bantin.Trouble
	Ways map[string]Telling
}

// Unfinished gives the troubles of which there is something to tell, now or later: those
// that last, and those that are over and were told. The oldest comes first.
func (v Troubles) Unfinished(ctx context.Context) (list []ToldTrouble, err error) {
	at := map[string]int{}
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var way sql.NullString
		var told, ended, next sql.NullInt64
		var tries sql.NullInt64
		t, err := scanTrouble(scanExtra{rows, []any{&way, &told, &ended, &tries, &next}})
		if err != nil {
			return err
		}
		if _, known := at[t.ID]; !known {
			at[t.ID] = len(list)
			list = append(list, ToldTrouble{Trouble: t, Ways: map[string]Telling{}})
		}
		if way.Valid {
			list[at[t.ID]].Ways[way.String] = Telling{fromZeroMillis(told), fromZeroMillis(ended), int(tries.Int64), fromZeroMillis(next)}
		}
		return nil
	}, `SELECT t.id, t.kind, t.object, t.words, t.since, t.resolved, w.way, w.told, w.ended, w.tries, w.next
		FROM troubles t LEFT JOIN trouble_tellings w ON w.trouble = t.id
		WHERE t.resolved = 0 OR EXISTS (SELECT 1 FROM trouble_tellings x WHERE x.trouble = t.id AND x.told > x.ended)
		ORDER BY t.since, t.kind, t.object, t.id`)
	return list, wrap(err, "list what is to be told")
}

// fromZeroMillis is a time of a column in which 0 and NULL stand for none.
func fromZeroMillis(v sql.NullInt64) time.Time {
	if v.Int64 == 0 {
		return time.Time{}
	}
	return fromMillis(v.Int64)
}

func zeroMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

// SaveTelling stores how far a way is with a trouble.
func (v Troubles) SaveTelling(ctx context.Context, id, way string, s Telling) error {
	return v.db.write(ctx, "note what was told", func(tx *sql.Tx) error { return saveTelling(ctx, tx, id, way, s) })
}

func saveTelling(ctx context.Context, tx *sql.Tx, id, way string, s Telling) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO trouble_tellings (trouble, way, told, ended, tries, next) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (trouble, way) DO UPDATE SET told = excluded.told, ended = excluded.ended, tries = excluded.tries, next = excluded.next`,
		id, way, zeroMillis(s.Told), zeroMillis(s.Ended), s.Tries, zeroMillis(s.Next))
	return err
}

// TakeOver stores a trouble that a node kept to itself while the database was away, with
// how far it was told.
func (v Troubles) TakeOver(ctx context.Context, t ToldTrouble) error {
	words, err := wordsOf(&t.Trouble)
	if err != nil {
		return err
	}
	return v.db.write(ctx, "take over a trouble", func(tx *sql.Tx) error {
		// Another node may have stored the same trouble meanwhile: that one goes on.
		if n, err := execCount(ctx, tx, `INSERT INTO troubles (id, kind, object, found, words, since, resolved) VALUES ($1, $2, $3, 0, $4, $5, $6)
			ON CONFLICT DO NOTHING`, t.ID, t.Kind, t.Object, words, millis(t.Since), zeroMillis(t.Resolved)); n == 0 || err != nil {
			return err
		}
		for way, s := range t.Ways {
			if err := saveTelling(ctx, tx, t.ID, way, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// TellTrouble queues a mail to an admin that a trouble began, or that it is over. Each is
// queued once.
func (v Notices) TellTrouble(ctx context.Context, address string, t *bantin.Trouble, language bantin.Language) error {
	what := "began"
	if !t.Resolved.IsZero() {
		what = "over"
	}
	return v.db.write(ctx, "tell an admin of a trouble", func(tx *sql.Tx) error {
		return v.db.addNotice(ctx, tx, Notice{Kind: NoticeTrouble, Nonce: t.ID + " " + what + " " + bantin.AddressKey(address), Address: address, Language: language,
			About: NoticeAbout{Digest: t.Digest, Trouble: t}})
	})
}

// Prune removes troubles that were over before a time.
func (v Troubles) Prune(ctx context.Context, before time.Time) error {
	old, err := anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM troubles WHERE resolved > 0 AND resolved < $1)`, millis(before))
	if err != nil || !old {
		return err
	}
	return v.db.execute(ctx, "forget old troubles", `DELETE FROM troubles WHERE resolved > 0 AND resolved < $1`, millis(before))
}
