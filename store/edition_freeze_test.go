package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// openEdition is an edition whose recipients are still to be frozen.
func openEdition(t *testing.T, db *DB, a Audience, number int) (n int64) {
	t.Helper()
	audience, err := json.Marshal(a)
	fine(t, err)
	exec(t, db, `INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at)
		VALUES ('hang-tuan', $1, $1, 'open', 'Bản tin', 'Bản tin', 30, $2, 0)`, number, string(audience))
	fine(t, db.reader.QueryRow(`SELECT MAX(n) FROM editions`).Scan(&n))
	return n
}

// frozenFor freezes an edition and gives who is in it and why.
func frozenFor(t *testing.T, db *DB, a Audience, number int) map[string]AudienceReason {
	t.Helper()
	n := openEdition(t, db, a, number)
	for done := false; !done; {
		var err error
		done, err = db.Editions().Freeze(t.Context(), n, 3)
		fine(t, err)
	}
	reasons := map[string]AudienceReason{"signup": IncludedByChoice, "office": IncludedByAudience}
	got := map[string]AudienceReason{}
	fine(t, each(t.Context(), db.reader, func(rows *sql.Rows) error {
		var address, why string
		err := rows.Scan(&address, &why)
		got[address] = reasons[why]
		return err
	}, `SELECT address, why FROM deliveries WHERE edition = $1`, n))
	return got
}

// A freeze that is stopped anywhere is taken up without a recipient lost or
// twice, and chunks are of a size, however many ids are free between contacts.
func TestFreezeIsTakenUp(t *testing.T) { eachDatabase(t, testFreezeIsTakenUp) }

func testFreezeIsTakenUp(t *testing.T, db *DB, _ *clock) {
	const contacts, chunk = 1000, 5 // 20 contacts make a chunk
	importAll(t, db, "a.csv", manyIn(contacts, "phu-tho"))
	exec(t, db, `DELETE FROM contacts WHERE id % 3 = 0 OR id BETWEEN 200 AND 500`)
	exec(t, db, `UPDATE contacts SET id = id + 1000000000000 WHERE id > 900`)
	n := openEdition(t, db, Audience{AnyPlace: true, Site: "vi"}, 1)

	r := rand.New(rand.NewPCG(11, 24))
	for try, done := 0, false; !done; try++ {
		ctx, stop := context.WithCancel(t.Context())
		if try%3 < 2 {
			time.AfterFunc(time.Duration(r.IntN(4000))*time.Microsecond, stop)
		}
		var err error
		if done, err = db.Editions().Freeze(ctx, n, chunk); err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		stop()
	}

	var listed, frozen, covered, counted int
	var chunks, most int
	fine(t, db.reader.QueryRow(`SELECT COUNT(*) FROM contacts`).Scan(&listed))
	fine(t, db.reader.QueryRow(`SELECT COUNT(*) FROM deliveries WHERE edition = $1`, n).Scan(&frozen))
	fine(t, db.reader.QueryRow(`SELECT COUNT(*), MAX(r), SUM(r) FROM (SELECT k.chunk, COUNT(*) AS r FROM chunks k
		JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi WHERE k.edition = $1 GROUP BY k.chunk) AS sizes`, n).
		Scan(&chunks, &most, &covered))
	fine(t, db.reader.QueryRow(`SELECT recipients FROM editions WHERE n = $1 AND status = $2`, n, bantin.EditionSending).Scan(&counted))
	if diff := cmp.Diff([]int{listed, listed, listed}, []int{frozen, covered, counted}); diff != "" {
		t.Errorf("frozen, in chunks, counted (-want +got)\n%s", diff)
	}
	if want := (listed + 4*chunk - 1) / (4 * chunk); chunks != want || most != 4*chunk {
		t.Errorf("%d chunks with up to %d recipients, want %d with up to %d", chunks, most, want, 4*chunk)
	}
}
