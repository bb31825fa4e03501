//go:build unix

// Package officetest makes an association's office for the tests of publish and
// of its rooms: a store with bulletins and contacts on SQLite or PostgreSQL, a
// site, a digest and a clock that tests set.
//
//	func TestMain(m *testing.M) { os.Exit(officetest.Main(m)) }
//
//	func TestOnPostgres(t *testing.T) { officetest.RunOnPostgres(t) }
//
//	func TestIt(t *testing.T) { o := officetest.New(t); o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho") … }
package officetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // Exec speaks to PostgreSQL beside the store

	"bantin"
	"bantin/mailer"
	"bantin/place"
	"bantin/source"
	"bantin/store"
)

// Office is an association's office.
type Office struct {
	T      testing.TB
	DB     *store.DB
	URL    string // of PostgreSQL; "" for SQLite
	Site   *bantin.Site
	Atlas  *place.Atlas
	Tokens *mailer.Tokens
	Digest *bantin.Digest
	Skew   atomic.Int64 // of the clock

	dir string // of the database
}

// New makes an office whose store is in a fresh database.
func New(t testing.TB) *Office { return NewOn(t, Database(t)) }

// NewOn makes an office whose store is in the database at url; "" for SQLite.
func NewOn(t testing.TB, url string) *Office {
	t.Helper()
	o := &Office{T: t, URL: url, Atlas: place.NewAtlas(nil), Tokens: mailer.NewTokens([]byte("bí mật để thử")), dir: DataDir(t)}
	db, err := store.Open(t.Context(), o.dir, store.Options{URL: url, Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o.DB = db
	o.Site = &bantin.Site{Title: "Hội Khuyến học Việt Nam", URL: "https://bantin.example.org", Language: "vi", Location: time.FixedZone("ICT", 7*3600), Contact: "vanphong@example.org", Address: "Số 1 phố Ví Dụ, Hà Nội"}
	o.Digest = &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", Subject: "{{.Digest.Title}} – số {{.Edition.Number}}", Max: 30, FirstNumber: 1, WhenEmpty: bantin.WhenEmptySkip, Location: o.Site.Location}
	return o
}

// Now is the time of the office's clock.
func (o *Office) Now() time.Time { return time.Now().Add(time.Duration(o.Skew.Load())) }

// Log drops what is logged.
func (o *Office) Log() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Minute is how tests write a time of the clock.
const Minute = "02/01/2006 15:04"

// SetClock sets the office's clock to a time of the site's zone.
func (o *Office) SetClock(clock string) {
	o.T.Helper()
	t, err := time.ParseInLocation(Minute, clock, o.Site.Location)
	if err != nil {
		o.T.Fatal(err)
	}
	o.Skew.Store(int64(time.Until(t)))
}

// AddBulletin stores a bulletin about places.
func (o *Office) AddBulletin(id, title string, places ...string) {
	o.T.Helper()
	b := &bantin.Bulletin{ID: id, Source: "van-phong", SourceID: id + ".md", Title: title, Lead: title + ": phong trào khuyến học, khuyến tài.", Text: title, HTML: "<p>" + title + "</p>", Places: places, Published: o.Now()}
	o.Store(store.Arrival{
		Source: "van-phong", Item: id + ".md", Version: title, Digest: title, Identity: "file:van-phong/" + id + ".md", Bulletin: b, Tags: o.Atlas.Tags(b),
	})
}

// Withdraw withdraws a bulletin; also while another goroutine sends.
func (o *Office) Withdraw(id, title string) {
	b := &bantin.Bulletin{ID: id, Source: "van-phong", SourceID: id + ".md", Title: title, Withdrawn: true}
	_, err := o.DB.Bulletins().Store(context.Background(), []store.Arrival{{Source: "van-phong", Item: id + ".md", Version: "2", Digest: "2", Identity: "file:van-phong/" + id + ".md", Bulletin: b}}, rules())
	if err != nil {
		o.T.Error(err)
	}
}

// Store stores what a source brought.
func (o *Office) Store(arrivals ...store.Arrival) {
	o.T.Helper()
	if _, err := o.DB.Bulletins().Store(context.Background(), arrivals, rules()); err != nil {
		o.T.Fatal(err)
	}
}

// rules take each change of an item as a revision.
func rules() store.ArrivalPolicy {
	return store.ArrivalPolicy{SameStory: func(_, _ *bantin.Bulletin) bool { return true }, FeedID: source.FeedID}
}

// AddContacts adds n contacts, c0@…, in five places that take turns.
func (o *Office) AddContacts(n int) {
	o.T.Helper()
	o.AddContactsOf(n, "phu-tho", "ha-giang", "son-la", "ha-noi", "can-tho")
}

// AddContactsOf63Places adds n contacts, c0@…, in 63 places that take turns.
func (o *Office) AddContactsOf63Places(n int) {
	o.T.Helper()
	var slugs []string
	for _, unit := range place.All()[:63] {
		slugs = append(slugs, unit.Slug)
	}
	o.AddContactsOf(n, slugs...)
}

// AddContactsOf adds n contacts, c0@…, in places that take turns.
func (o *Office) AddContactsOf(n int, places ...string) {
	o.T.Helper()
	var list []bantin.Contact
	for i := range n {
		list = append(list, bantin.Contact{Email: fmt.Sprintf("c%d@example.org", i), Name: "Nguyễn Thị Ánh Tuyết", Place: places[i%len(places)]})
		if len(list) == 500 || i == n-1 {
			o.Import(list)
			list = list[:0]
		}
	}
}

// Import stores contacts as a list of the office brings them.
func (o *Office) Import(list []bantin.Contact) {
	o.T.Helper()
	if _, err := o.DB.Imports().Apply(context.Background(), list, bantin.OriginImport, nil, false); err != nil {
		o.T.Fatal(err)
	}
}

// Counts are the deliveries of an edition now.
func (o *Office) Counts(e *bantin.Edition) bantin.Counts {
	o.T.Helper()
	return o.Reload(e).Counts
}

// Status is the status of an edition now.
func (o *Office) Status(e *bantin.Edition) bantin.EditionStatus {
	o.T.Helper()
	return o.Reload(e).Status
}

// Reload gives an edition as it is stored now.
func (o *Office) Reload(e *bantin.Edition) bantin.Edition {
	o.T.Helper()
	now, err := o.DB.Editions().Get(o.T.Context(), e.ID)
	if err != nil {
		o.T.Fatal(err)
	}
	return now
}

// Exec changes the database beside the store.
func (o *Office) Exec(query string) {
	o.T.Helper()
	driver, at := "sqlite", "file:"+filepath.Join(o.dir, store.File)+"?_pragma=busy_timeout(60000)"
	if o.DB.Shared() {
		driver, at = "pgx", o.URL
	}
	beside, err := sql.Open(driver, at)
	if err != nil {
		o.T.Fatal(err)
	}
	defer beside.Close()
	if _, err := beside.ExecContext(o.T.Context(), query); err != nil {
		o.T.Fatal(err)
	}
}

// Lock keeps the store from writing into its SQLite file until unlock.
func (o *Office) Lock() (unlock func()) {
	o.T.Helper()
	beside, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, store.File)+"?_txlock=immediate&_pragma=busy_timeout(60000)")
	if err != nil {
		o.T.Fatal(err)
	}
	tx, err := beside.BeginTx(context.Background(), nil)
	if err != nil {
		o.T.Fatal(err)
	}
	return func() {
		if err := errors.Join(tx.Rollback(), beside.Close()); err != nil {
			o.T.Error(err)
		}
	}
}

// Eventually waits for what other goroutines are sure to bring about: long, since
// a busy machine may take a hundred times what a quiet one does.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}
