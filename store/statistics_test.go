package store

import (
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// figures gives what the statistics have of a month, as lines of figure, part, name, digest
// and number.
func figures(t *testing.T, db *DB, span string, of ...Figure) (lines []string) {
	t.Helper()
	wanted := fmt.Sprint(of)
	fine(t, each(t.Context(), db.reader, func(rows *sql.Rows) error {
		var f Figure
		var part, name, digest string
		var n int64
		err := rows.Scan(&f, &part, &name, &digest, &n)
		if n != 0 && strings.Contains(wanted, string(f)) {
			lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(f, " ", part, " ", name, " ", digest, " ", n)), " "))
		}
		return err
	}, `SELECT figure, part, name, digest, n FROM statistics WHERE span = $1`, span))
	sort.Strings(lines)
	return lines
}

// straight counts the same from the rows themselves.
func straight(t *testing.T, db *DB, figure Figure, query string) (lines []string) {
	t.Helper()
	for part, name := range map[string]string{"": "''", "place": "COALESCE(place, '')", "level": "COALESCE(level, '')"} {
		fine(t, each(t.Context(), db.reader, func(rows *sql.Rows) error {
			var name, digest string
			var n int64
			err := rows.Scan(&name, &digest, &n)
			lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(figure, " ", part, " ", name, " ", digest, " ", n)), " "))
			return err
		}, `SELECT `+name+`, digest, COUNT(*) FROM (`+query+`) x GROUP BY 1, 2`))
	}
	sort.Strings(lines)
	return lines
}

// What is added up is what a straight count of the rows gives: at first, after an edition
// was sent again to those who had failed, and however often it is asked for.
func TestStatistics(t *testing.T) { eachDatabase(t, testStatistics) }

func testStatistics(t *testing.T, db *DB, clock *clock) {
	ctx, zone := t.Context(), time.FixedZone("ICT", 7*3600)
	var list []bantin.Contact
	for i := range 7 {
		list = append(list, bantin.Contact{Email: fmt.Sprintf("x%d@example.org", i), Name: "Lò Thị Mai", Place: "son-la", Level: bantin.LevelCommune})
	}
	_, err := db.Imports().Apply(ctx, list, bantin.OriginImport, []byte("khóa"), false)
	fine(t, err)
	l := newLedger(t, db, clock, 6, 2, asItIs)
	for turn := 0; ; turn++ {
		c, ok := l.claim()
		if !ok {
			break
		}
		due, err := db.Deliveries().DueRecipients(ctx, c)
		fine(t, err)
		var statuses []bantin.DeliveryStatus
		for i := range due {
			statuses = append(statuses, []bantin.DeliveryStatus{sent, sent, failed}[(turn+i)%3])
		}
		l.settle(c, statuses...)
		l.release(c)
	}
	l.is(done, bantin.Counts{Sent: l.counts().Sent, Failed: l.counts().Failed})
	for i, kind := range []string{"soft", "hard", "soft", "complaint"} { // the third says again what the first did
		contact, err := db.Contacts().Get(ctx, []string{"x0@example.org", "c001@example.org", "x0@example.org", "x1@example.org"}[i])
		fine(t, err)
		_, err = db.Returns().Store(ctx, Return{Message: fmt.Sprint("m", i), At: clock.t, Contact: contact.Key, Edition: l.e.Row, Address: contact.Email, Kind: kind, Reason: "mailbox-full", Proof: "verp", Done: DoneNoted}, ReturnAction{})
		fine(t, err)
	}
	leaver, err := db.Contacts().Get(ctx, "x2@example.org")
	fine(t, err)
	fine(t, db.Contacts().Unsubscribe(ctx, leaver.Key, "hang-tuan", clock.t))

	check := func(when string) {
		t.Helper()
		for range 2 {
			_, err := db.Statistics().Tally(ctx, zone)
			fine(t, err)
		}
		fine(t, db.Statistics().CountContacts(ctx, clock.t.In(zone)))
		const deliveries = `SELECT d.place, c.level, e.digest FROM deliveries d JOIN editions e ON e.n = d.edition LEFT JOIN contacts c ON c.id = d.contact WHERE d.status = '%s'`
		for figure, query := range map[Figure]string{
			FigureSent: fmt.Sprintf(deliveries, "sent"), FigureRefused: fmt.Sprintf(deliveries, "failed"), FigureSkipped: fmt.Sprintf(deliveries, "skipped"),
			FigureRecipients: `SELECT d.place, c.level, e.digest FROM deliveries d JOIN editions e ON e.n = d.edition LEFT JOIN contacts c ON c.id = d.contact`,
			FigureHard:       `SELECT DISTINCT c.id, c.place, c.level, e.digest FROM returns r JOIN editions e ON e.n = r.edition JOIN contacts c ON c.key = r.contact WHERE r.kind = 'hard'`,
			FigureSoft:       `SELECT DISTINCT c.id, c.place, c.level, e.digest FROM returns r JOIN editions e ON e.n = r.edition JOIN contacts c ON c.key = r.contact WHERE r.kind = 'soft'`,
			FigureJoined:     `SELECT place, level, '' AS digest FROM contacts`,
			FigureContacts:   `SELECT place, level, '' AS digest FROM contacts WHERE address_key NOT IN (SELECT address_key FROM suppressions)`,
		} {
			for _, span := range []string{"2026", "2026-11", "2026-11-23"} {
				if diff := cmp.Diff(straight(t, db, figure, query), figures(t, db, span, figure)); diff != "" {
					t.Errorf("%s, %s of %s (-straight +added up)\n%s", when, figure, span, diff)
				}
			}
		}
		if diff := cmp.Diff([]string{"left 1", "left hang-tuan 1", "left level commune 1", "left level commune hang-tuan 1", "left place son-la 1", "left place son-la hang-tuan 1"}, figures(t, db, "2026-11", FigureLeft)); diff != "" {
			t.Errorf("%s, left (-want +got)\n%s", when, diff)
		}
	}
	check("at first")
	if _, _, err := db.Editions().RetryFailed(ctx, l.e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Statistics().Tally(ctx, zone); err != nil { // under way: counted as before
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Minute)
	l.all(sent)
	check("sent again")
	if n := l.counts(); n.Failed != 0 {
		t.Fatalf("%+v: nothing was sent again", n)
	}
	points, err := db.Statistics().Series(ctx, StatisticsFilter{Digest: "hang-tuan", Part: PartPlace, Names: []string{"son-la"}, Unit: UnitMonth, From: "2026-11", To: "2026-11"}, FigureSent, FigureSoft)
	if diff := cmp.Diff([]StatisticsPoint{{FigureSent, "", "2026-11", 7}, {FigureSoft, "", "2026-11", 1}}, points); err != nil || diff != "" {
		t.Errorf("series (-want +got)\n%s%v", diff, err)
	}
	fine(t, db.Statistics().Prune(ctx, clock.t.AddDate(2, 0, 0)))
	if days, months := figures(t, db, "2026-11-23", FigureSent), figures(t, db, "2026-11", FigureSent); len(days) > 0 || len(months) == 0 {
		t.Errorf("after two years %v and %v are left", days, months)
	}
}

func (l *ledger) counts() bantin.Counts {
	l.Helper()
	e, err := l.Editions().Get(l.Context(), l.e.ID)
	fine(l.T, err)
	return e.Counts
}

// An edition whose deliveries were removed by age keeps its totals, and months before the
// first count are reckoned from when contacts came.
func TestStatisticsBackfill(t *testing.T) { eachDatabase(t, testStatisticsBackfill) }

func testStatisticsBackfill(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	l := newLedger(t, db, clock, 5, 2, asItIs)
	l.all(sent)
	clock.t = clock.t.AddDate(0, 2, 0)
	people(t, db, bantin.LevelProvince, "moi@example.org")
	_, err := db.Deliveries().Prune(ctx, clock.t)
	fine(t, err)
	_, err = db.Statistics().Tally(ctx, time.UTC)
	fine(t, err)
	fine(t, db.Statistics().CountContacts(ctx, clock.t))
	if diff := cmp.Diff([]string{"contacts 5", "contacts level province 5", "contacts place phu-tho 5", "recipients hang-tuan 5", "sent hang-tuan 5"}, figures(t, db, "2026-11", FigureSent, FigureRecipients, FigureContacts)); diff != "" {
		t.Errorf("November (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"contacts 5", "contacts level province 5", "contacts place phu-tho 5"}, figures(t, db, "2026", FigureContacts)); diff != "" {
		t.Errorf("2026 (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"contacts 6", "contacts level province 6", "contacts place phu-tho 6"}, figures(t, db, "2027-01", FigureContacts)); diff != "" {
		t.Errorf("January (-want +got)\n%s", diff)
	}
	if first, err := db.Statistics().First(ctx); first != "2026-11" || err != nil {
		t.Errorf("it begins in %q, %v", first, err)
	}
}

// An edition that was cancelled before its first message is none, and leaves what is known
// of the recipients; one of which some were sent is one.
func TestStatisticsOfCancelled(t *testing.T) { eachDatabase(t, testStatisticsOfCancelled) }

func testStatisticsOfCancelled(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	l := newLedger(t, db, clock, 20, 2, asItIs)
	c, _ := l.claim()
	tally := func(want ...string) {
		t.Helper()
		for done := false; !done; {
			var err error
			done, err = db.Editions().SkipCancelled(ctx, l.e.Row)
			fine(t, err)
		}
		_, err := db.Statistics().Tally(ctx, time.UTC)
		fine(t, err)
		if diff := cmp.Diff(want, figures(t, db, "2026-11", FigureEditions, FigureSent)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	_, err := db.Editions().Cancel(ctx, l.e.ID)
	fine(t, err)
	l.settle(c, sent, sent)
	l.release(c)
	tally("editions hang-tuan 1", "sent hang-tuan 2", "sent level province hang-tuan 2", "sent place phu-tho hang-tuan 2")
	before := figures(t, db, "2026-11", FigureRecipients)

	clock.t = clock.t.Add(time.Minute)
	l.e = makeEdition(t, db, clock.t, 10)
	_, err = db.Editions().Cancel(ctx, l.e.ID)
	fine(t, err)
	tally("editions hang-tuan 1", "sent hang-tuan 2", "sent level province hang-tuan 2", "sent place phu-tho hang-tuan 2")
	var counted int
	fine(t, db.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM edition_tallies`).Scan(&counted))
	if counted != 2 {
		t.Errorf("%d editions are counted, want 2", counted)
	}
	if diff := cmp.Diff(before, figures(t, db, "2026-11", FigureRecipients)); diff != "" || len(before) == 0 {
		t.Errorf("recipients (-before +after)\n%s", diff)
	}
}

// Who came by an import that was undone did not join, whether they were counted before or
// not. Those who stay did, and days that are kept no more stay gone.
func TestStatisticsOfUndoneImport(t *testing.T) { eachDatabase(t, testStatisticsOfUndoneImport) }

func testStatisticsOfUndoneImport(t *testing.T, db *DB, clock *clock) {
	ctx, zone := t.Context(), time.FixedZone("ICT", 7*3600)
	clock.t = clock.t.Add(20 * time.Hour) // the next day in the zone
	tally := func(when string, want ...string) {
		t.Helper()
		_, err := db.Statistics().Tally(ctx, zone)
		fine(t, err)
		for _, span := range []string{"2026", "2026-11", "2026-11-24"} {
			if diff := cmp.Diff(want, figures(t, db, span, FigureJoined)); diff != "" {
				t.Errorf("%s, %s (-want +got)\n%s", when, span, diff)
			}
		}
	}
	undo := func(p PastImport) {
		t.Helper()
		_, err := db.Imports().Undo(ctx, p, zone, func(int) {})
		fine(t, err)
	}
	importAll(t, db, "cũ", manyIn(5, "phu-tho"))
	tally("the list of before", "joined 5", "joined level 5", "joined place phu-tho 5")
	counted := importAll(t, db, "mới", manyIn(12, "hue"))
	tally("a new list", "joined 12", "joined level 12", "joined place hue 7", "joined place phu-tho 5")
	stays, err := db.Contacts().Get(ctx, "c9@example.org")
	fine(t, err)
	fine(t, db.Contacts().Unsubscribe(ctx, stays.Key, "hang-tuan", clock.t))
	undo(counted)
	tally("undone", "joined 6", "joined level 6", "joined place hue 1", "joined place phu-tho 5")
	wrong := importAll(t, db, "nhầm", manyIn(30, "ha-noi"))
	_, err = db.Statistics().Tally(ctx, zone)
	fine(t, err)
	undo(wrong)
	var rows int
	fine(t, db.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM statistics WHERE name = 'ha-noi'`).Scan(&rows))
	if rows != 0 {
		t.Errorf("a place in which nobody joined has %d rows: a group of none hides the smallest other one", rows)
	}
	undo(importAll(t, db, "mới hơn", manyIn(30, "ha-noi")))
	tally("undone before it was counted", "joined 6", "joined level 6", "joined place hue 1", "joined place phu-tho 5")

	again := importAll(t, db, "mới nhất", manyIn(12, "lao-cai"))
	tally("a list to be undone much later", "joined 12", "joined level 12", "joined place hue 1", "joined place lao-cai 6", "joined place phu-tho 5")
	fine(t, db.Statistics().Prune(ctx, clock.t.AddDate(2, 0, 0)))
	undo(again)
	if months, days := figures(t, db, "2026-11", FigureJoined), figures(t, db, "2026-11-24", FigureJoined); len(months) != 4 || months[0] != "joined 6" || len(days) > 0 {
		t.Errorf("undone after two years: %q, days %q", months, days)
	}
}

// Who signed up and left, or was ended by a complete list, is no contact who gets mail;
// who chose a digest is.
func TestStatisticsOfEnded(t *testing.T) { eachDatabase(t, testStatisticsOfEnded) }

func testStatisticsOfEnded(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	importAll(t, db, "danh sách", manyIn(6, "hue"))
	var ids []int64
	for i := range 3 {
		c, err := db.Contacts().Get(ctx, fmt.Sprintf("c%d@example.org", i))
		fine(t, err)
		if ids = append(ids, c.ID); i == 0 {
			exec(t, db, `INSERT INTO subscriptions (contact, digest, status, since) VALUES ($1, 'hang-tuan', 'active', 0)`, c.ID)
		}
	}
	number, err := db.Imports().Begin(ctx, ImportInfo{List: "danh sách", File: "mới", Who: "lan"})
	fine(t, err)
	ended, err := db.Imports().End(ctx, ids, number, "lan")
	if ended != 3 || err != nil {
		t.Fatal(ended, err)
	}
	exec(t, db, `UPDATE contacts SET origin = 'signup' WHERE email = 'c5@example.org'`)
	fine(t, db.Statistics().CountContacts(ctx, clock.t))
	if diff := cmp.Diff([]string{"contacts 3", "contacts level 3", "contacts place hue 3"}, figures(t, db, "2026-11", FigureContacts)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A digest that has another name takes its figures along: they are added to those it has,
// but for how many recipients there were.
func TestStatisticsOfRenamed(t *testing.T) { eachDatabase(t, testStatisticsOfRenamed) }

func testStatisticsOfRenamed(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	fine(t, db.Digests().Register(ctx, "tuan", "Bản tin trong tuần", nil))
	fine(t, db.write(ctx, "fill", func(tx *sql.Tx) error {
		for digest, n := range map[string]int64{"tuan": 100, "hang-tuan": 90} {
			c := statisticsCounts{}
			c.addPart(FigureSent, PartAll, "", digest, clock.t, n)
			c.addPart(FigureRecipients, PartAll, "", digest, clock.t, n)
			c.addPart(FigureRecipients, PartPlace, "phu-tho", digest, clock.t, 190-n)
			if err := c.store(ctx, tx, addCount); err != nil {
				return err
			}
		}
		return nil
	}))
	fine(t, db.Digests().Register(ctx, "hang-tuan", "Bản tin trong tuần", []string{"tuan"}))
	want := []string{"recipients hang-tuan 100", "recipients place phu-tho hang-tuan 100", "sent hang-tuan 190"}
	if diff := cmp.Diff(want, figures(t, db, "2026-11", FigureSent, FigureRecipients)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Two nodes that see the same readers and others count each once; of programs the greatest
// number of the day counts; the key of a day goes with it.
func TestFeedReaders(t *testing.T) { eachDatabase(t, testFeedReaders) }

func testFeedReaders(t *testing.T, db *DB, clock *clock) {
	ctx, view := t.Context(), db.Statistics()
	count := func(seen []byte) (n int64) {
		for _, b := range seen {
			n += int64(bits.OnesCount8(b))
		}
		return n
	}
	for _, node := range [][]FeedReaders{
		{{Feed: "tat-ca", Program: "Feedly", N: 16}, {Feed: "tat-ca", Seen: []byte{0b0011}}, {Feed: "tinh/phu-tho", Seen: []byte{0b0001}}},
		{{Feed: "tat-ca", Program: "Feedly", N: 14}, {Feed: "tat-ca", Seen: []byte{0b0110, 1}}},
		{{Feed: "tat-ca", Seen: []byte{0b0011}}}, // after a restart
	} {
		fine(t, view.AddReaders(ctx, clock.t, node, count))
	}
	fine(t, view.AddReaders(ctx, clock.t.AddDate(0, 0, 1), []FeedReaders{{Feed: "tat-ca", Program: "Feedly", N: 15}}, count))
	want := []string{"readers 21", "readers feed tat-ca 20", "readers feed tinh/phu-tho 1", "readers program 5", "readers program Feedly 16"}
	for _, span := range []string{"2026-11-23", "2026-11", "2026"} {
		if diff := cmp.Diff(want, figures(t, db, span, FigureReaders)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", span, diff)
		}
	}
	first, err := view.ReadersKey(ctx, clock.t)
	fine(t, err)
	again, err := view.ReadersKey(ctx, clock.t)
	if string(first) != string(again) || len(first) != 32 || err != nil {
		t.Errorf("two nodes have the keys %x and %x, %v", first, again, err)
	}
	next, err := view.ReadersKey(ctx, clock.t.AddDate(0, 0, 1))
	if string(first) == string(next) || err != nil {
		t.Errorf("two days have one key, %v", err)
	}
	if _, err := view.ReadersKey(ctx, clock.t); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("the key of a day that is over: %v", err)
	}
	_, err = view.ReadersKey(ctx, clock.t.AddDate(0, 0, 3))
	fine(t, err)
	var left int
	fine(t, db.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM feed_readers`).Scan(&left))
	if left != 0 {
		t.Errorf("%d rows of days that are over are left", left)
	}
}
