package store

import (
	"database/sql"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// notCorrected are columns with times that no clock fault needs to be corrected in.
var notCorrected = map[string]string{
	"deliveries.updated_at":      "shown only, in a table too large to read through",
	"contacts.updated_at":        "read by no program",
	"editions.due":               "Message-IDs and return paths were made from it",
	"editions.closes":            "with editions.opens",
	"chunks.due":                 "with its deliveries",
	"deliveries.next_attempt":    "with its chunk",
	"digests.last_due":           "to the last edition's due time, see correctDigests",
	"digests.missed_due":         "to none, see corrections",
	"hub_topics.modified":        "compared with told, and told again",
	"hub_topics.told":            "compared with modified",
	"limits.since":               "part of a key: deleted, see CorrectTimes",
	"revisions.at":               "through its bulletin, see corrections",
	"editions.opens":             "see corrections",
	"editions.wave_ends":         "see corrections",
	"editions.expected":          "see corrections",
	"budgets.free":               "see corrections",
	"duties.till":                "see corrections",
	"signups.expires_at":         "a later end of a link harms nobody",
	"moves.expires_at":           "a later end of a link harms nobody",
	"office_links.expires_at":    "as that of other links; it can be used once",
	"office_sessions.expires_at": "removal from the list ends a session at any time",
	"uploads.expires_at":         "a list can be uploaded again",
	"office_tokens.expires_at":   "a token can be revoked at any time",
	"data_requests.due":          "reckoned when it was written down, or set by a person",
	"bulletins.held_told":        "no time: whether it was told",
	"source_problems.told":       "no time: whether it was told",
}

// TestEveryTimeIsCorrected looks at each column that may hold a time by its name: a new
// one must be said to be corrected, or why not.
func TestEveryTimeIsCorrected(t *testing.T) {
	db, clock := open(t)
	said := map[string]bool{}
	for _, c := range happenedColumns() {
		said[c.String()] = true
	}
	for c := range plannedColumns() {
		said[c.String()] = true
	}
	for _, c := range db.corrections(clock.t) {
		said[c.name] = true
	}
	time := regexp.MustCompile(`(^|_)(at|since|due|till|until|next|lease|free|modified|seen|ends|opens|closes|expected|ended|told|success|try|attempt|expires)($|_)`)
	err := each(t.Context(), db.reader, func(rows *sql.Rows) error {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return err
		}
		name := table + "." + column
		if _, left := notCorrected[name]; time.MatchString(column) && !said[name] && !left && column != "attempts" {
			t.Errorf("%s: is it a time? Name it in happenedColumns or plannedColumns, or say here why not", name)
		}
		return nil
	}, `SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND p.type = 'INTEGER' AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'words%' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`)
	if err != nil {
		t.Fatal(err)
	}
}

// What a clock that was nine years ahead has left is corrected: nothing waits for 2035,
// nothing is lost, and a second look finds nothing.
func TestCorrectTimes(t *testing.T) { eachDatabase(t, testCorrectTimes) }

func testCorrectTimes(t *testing.T, db *DB, clock *clock) {
	ctx, now := t.Context(), clock.t
	clock.t = now.AddDate(9, 0, 0)
	l := newLedger(t, db, clock, 3, 1, func(d *bantin.Digest) { d.Between = "06:00-21:00"; d.Location = time.UTC })
	if err := db.Digests().Register(ctx, "hang-tuan", "Bản tin trong tuần", nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Editions().AdvanceWindow(ctx, l.e.Row, func(_, _ string, at time.Time) (time.Time, time.Time, error) {
		return at, at.Add(time.Hour), nil
	}); err != nil {
		t.Fatal(err)
	}
	c, ok := l.claim()
	if !ok {
		t.Fatal("no chunk")
	}
	l.settle(c, bantin.DeliveryDeferred) // the others of its chunk are queued
	l.release(c)
	l.all(bantin.DeliveryDeferred)
	if _, err := db.Deliveries().SpendBudget(ctx, "smtp", 1, time.Second, 0); err != nil {
		t.Fatal(err)
	}
	limit := RequestLimit{Key: "mạng", Max: 1, Window: time.Hour}
	if err := db.Contacts().RequestSignUp(ctx, SignUp{Nonce: "n", Contact: bantin.Contact{Email: "lan@example.org"}, Expires: clock.t.Add(time.Hour)}, RequestLimits{Refuse: []RequestLimit{limit}, Ignore: []RequestLimit{{Key: "hộp thư", Max: 3, Window: time.Hour}}}); err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO subscriptions (contact, digest, status, since) SELECT id, 'hang-tuan', 'subscribed', $1 FROM contacts`, millis(clock.t))

	clock.t = now
	corrected, err := db.CorrectFewTimes(ctx, now)
	if err != nil || corrected["subscriptions.since"] > 0 {
		t.Fatal(corrected, err)
	}
	rest, err := db.CorrectTimes(ctx, now)
	if err != nil || rest["subscriptions.since"] == 0 {
		t.Fatal(rest, err)
	}
	for _, name := range []string{"digests.first_seen", "digests.last_due", "editions.created_at", "editions.opens", "contacts.created_at",
		"bulletins.news_at", "revisions.at", "counters.changed_at", "notices.next_attempt", "chunks.due", "limits.since"} {
		if corrected[name] == 0 {
			t.Errorf("%s is not corrected: %v", name, corrected)
		}
	}
	state, _, err := db.Digests().State(ctx, "hang-tuan")
	if err != nil || !state.LastDue.Equal(now) || !state.FirstSeen.Equal(now) {
		t.Errorf("%+v %v", state, err)
	}
	if _, ok, err := db.Notices().Claim(ctx, "a", time.Minute); err != nil || !ok {
		t.Errorf("the confirmation waits for 2035: %v %v", ok, err)
	}
	if err := db.Editions().AdvanceWindow(ctx, l.e.Row, func(_, _ string, at time.Time) (time.Time, time.Time, error) {
		return at, at.Add(time.Hour), nil
	}); err != nil {
		t.Fatal(err)
	}
	l.all(bantin.DeliverySent)
	l.is(bantin.EditionDone, bantin.Counts{Sent: 3})
	for expected, want := range map[time.Duration]int64{31 * day: 0, 31*day + time.Millisecond: 1} { // no hours of the day are further away
		exec(t, db, `UPDATE editions SET expected = $1, owes = 1`, millis(now.Add(expected)))
		if corrected, err := db.CorrectTimes(ctx, now); err != nil || corrected["editions.expected"] != want {
			t.Errorf("an edition that is expected in %v: %v, %v", expected, corrected, err)
		}
	}
	if again, err := db.CorrectTimes(ctx, now); err != nil || len(again) > 0 {
		t.Errorf("a second look corrects %v, %v", again, err)
	}
}

// The last due time goes back to that of the last edition, so that what was due since is
// made up for; within an hour clocks may differ.
func TestCorrectLastDue(t *testing.T) { eachDatabase(t, testCorrectLastDue) }

func testCorrectLastDue(t *testing.T, db *DB, clock *clock) {
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ"))
	last := clock.t
	e := makeEdition(t, db, last, 10)
	if err := db.Digests().Register(t.Context(), e.Digest, "Bản tin trong tuần", nil); err != nil {
		t.Fatal(err)
	}
	now := clock.t.Add(3 * day)
	for ahead, want := range map[time.Duration]time.Time{
		9 * 365 * day:    last,
		50 * time.Minute: now.Add(50 * time.Minute),
	} {
		exec(t, db, `UPDATE digests SET last_due = $1`, millis(now.Add(ahead)))
		if _, err := db.CorrectTimes(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		state, _, err := db.Digests().State(t.Context(), e.Digest)
		if diff := cmp.Diff(want, state.LastDue); diff != "" || err != nil {
			t.Error(ahead, diff, err)
		}
	}
}

// Where the database is a file its time is the one that the daemon believes; a server's
// is its own.
func TestUseClock(t *testing.T) {
	for _, url := range []string{"", postgres.Database(t)} {
		db, err := Open(t.Context(), t.TempDir(), Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		off := func() time.Duration {
			var ms int64
			if err := db.reader.QueryRowContext(t.Context(), `SELECT `+db.clock()).Scan(&ms); err != nil {
				t.Fatal(err)
			}
			return fromMillis(ms).Sub(time.Now().Round(0)).Abs()
		}
		db.UseClock(time.Now)
		if off := off(); off > time.Minute {
			t.Errorf("%v off", off)
		}
		db.UseClock(func() time.Time { return time.Now().AddDate(-9, 0, 0) })
		if off := off(); (off > time.Hour) != !db.postgres {
			t.Errorf("%v off by a clock that is nine years ahead of what is believed", off)
		}
		if _, _, ok, err := db.ServerTime(t.Context()); ok != db.postgres || err != nil {
			t.Errorf("%v %v", ok, err)
		}
	}
}
