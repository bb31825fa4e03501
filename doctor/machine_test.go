package doctor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bantin"
	"bantin/clock"
	"bantin/internal/disk"
	"bantin/internal/officetest"
	"bantin/store"
)

// addContacts stores contacts, nguoi0@example.org and so on.
func addContacts(t *testing.T, db *store.DB, n int) {
	t.Helper()
	var list []bantin.Contact
	for i := range n {
		list = append(list, bantin.Contact{Email: fmt.Sprintf("nguoi%d@example.org", i), Name: "Nguyễn Thị Lan"})
	}
	if _, err := db.Imports().Apply(t.Context(), list, bantin.OriginOffice, nil, false); err != nil {
		t.Fatal(err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	told := func(off time.Duration) clock.Source {
		return clock.Source{Name: fmt.Sprintf("source %v", off), Ask: func(context.Context) (time.Time, error) { return time.Now().Add(off), nil }}
	}
	silent := clock.Source{Name: "silent", Ask: func(context.Context) (time.Time, error) { return time.Time{}, clock.ErrUnknown }}
	for _, test := range []struct {
		sources []clock.Source
		status  Status
		says    string
	}{
		{[]clock.Source{told(0), silent}, OK, "source 0s"},
		{[]clock.Source{silent}, Skipped, "nobody"},
		{[]clock.Source{told(-3 * time.Hour)}, Failed, "differs by -3h0m0s"},
		{[]clock.Source{told(0), told(time.Second), told(10 * time.Minute)}, Warning, "differs by 10m0s"},
	} {
		o := &Options{Site: &bantin.Site{URL: "http://localhost:1"}, Clocks: test.sources}
		expect(t, look(t, o, "clock"), test.status, test.says)
	}
}

func TestDisk(t *testing.T) {
	t.Parallel()
	db := openStore(t, officetest.DataDir(t))
	addContacts(t, db, 50)
	for _, test := range []struct {
		free, total uint64
		outbox      bool
		status      Status
	}{
		{50 << 30, 100 << 30, false, OK},
		{8 << 30, 100 << 30, false, Warning},
		{4 << 30, 100 << 30, false, Failed},
		{15 << 20, 20 << 20, false, OK},
		{15 << 20, 20 << 20, true, Warning}, // 2 MB an edition
		{1500 << 10, 2 << 20, true, Failed},
	} {
		o := &Options{Store: db, Data: "/var/lib/bantin", Outbox: test.outbox, Digests: []Digest{{ID: "hang-tuan"}}, Free: func() (disk.Space, error) { return disk.Space{Free: test.free, Total: test.total}, nil }}
		expect(t, look(t, o, "disk"), test.status, "an edition takes about")
	}
	expect(t, look(t, &Options{Free: func() (disk.Space, error) { return disk.Space{}, errors.New("không rõ") }}, "disk"), Skipped, "không rõ")
	if f := look(t, &Options{Data: filepath.Join(t.TempDir(), "chưa", "có")}, "disk"); f.Status == Skipped {
		t.Error(f.What.EN)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("bí mật"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		secret, yaml, db os.FileMode
		status           Status
		says             string
	}{
		{0o600, 0o644, 0o600, OK, ""},
		{0o440, 0o640, 0o600, OK, ""},
		{0o644, 0o644, 0o600, Failed, "mat-khau (0644)"},
		{0o600, 0o666, 0o600, Failed, "everybody may change"},
		{0o600, 0o644, 0o644, Failed, "bantin.db (0644)"},
		{0o660, 0o644, 0o600, Warning, "the group may change"},
	} {
		o := &Options{Data: dir, Files: []File{{Path: write("mat-khau", test.secret), Secret: true}, {Path: write("bantin.yaml", test.yaml)}, {Path: filepath.Join(dir, "không có"), Secret: true}}}
		write(store.File, test.db)
		expect(t, look(t, o, "modes"), test.status, test.says)
	}
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := openStore(t, dir)
	o := &Options{Store: db, Version: "1.2.3"}
	expect(t, look(t, o, "database"), OK, "bantin 1.2.3")
	if err := db.Deliveries().HoldAll(t.Context(), store.HeldByPerson); err != nil {
		t.Fatal(err)
	}
	expect(t, look(t, o, "database"), Warning, "held")
	for err, want := range map[error]Status{os.ErrNotExist: Warning, store.ErrOlder: Warning, store.ErrNewer: Failed, store.ErrUnavailable: Failed} {
		expect(t, look(t, &Options{StoreErr: err}, "database"), want, "")
	}
}

// A page that a failing disk has overwritten is found.
func TestDamagedDatabase(t *testing.T) {
	t.Parallel()
	dir := officetest.DataDir(t)
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addContacts(t, db, 300)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, store.File)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := rootPage(t, file, "contacts")
	for i := (page-1)*4096 + 100; i < page*4096; i++ {
		text[i] = 0xff
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	expect(t, look(t, &Options{Store: openStore(t, dir)}, "database"), Failed, "")
}

// rootPage is where the rows of a table begin.
func rootPage(t *testing.T, file, table string) (page int) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT rootpage FROM sqlite_master WHERE name = $1`, table).Scan(&page); err != nil {
		t.Fatal(err)
	}
	return page
}

func TestContacts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Status{
		"email,name\nlan@example.org,Lan\n":                  OK,
		"email,name\nlan@example.org,Lan\nkhông phải,Bình\n": Warning,
		"email,name\nkhông phải,Bình\n":                      Failed,
		"họ tên\nLan\n":                                      Failed,
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Excel kiểu cũ":     Failed,
	} {
		file := filepath.Join(t.TempDir(), "contacts.csv")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		expect(t, look(t, &Options{Contacts: file}, "contacts"), want, "")
	}
	expect(t, look(t, &Options{Contacts: filepath.Join(t.TempDir(), "không có")}, "contacts"), Failed, "cannot be read")
	expect(t, look(t, &Options{}, "contacts"), Skipped, "")
}

func TestDigests(t *testing.T) {
	t.Parallel()
	o := &Options{Digests: []Digest{
		{ID: "hang-tuan", Nobody: func(context.Context) (bantin.Words, error) { return bantin.Words{}, nil }, Templates: func() error { return nil }},
		{ID: "hang-thang", Nobody: func(context.Context) (bantin.Words, error) {
			return words("danh sách trống", "the list is empty"), nil
		}, Templates: func() error { return errors.New("mail/digest.html:3: unexpected EOF") }},
	}, Templates: func() error { return nil }}
	expect(t, look(t, o, "audience"), Warning, "hang-thang has 0 recipients: the list is empty")
	expect(t, look(t, o, "templates"), Failed, "hang-thang: mail/digest.html:3")
	o.Digests = o.Digests[:1]
	expect(t, look(t, o, "audience"), OK, "")
	expect(t, look(t, o, "templates"), OK, "")
	o.Templates = func() error { return errors.New("page/home.html:1: bad") }
	expect(t, look(t, o, "templates"), Failed, "page/home.html")
	expect(t, look(t, &Options{}, "audience"), Skipped, "")
	expect(t, look(t, &Options{}, "topics"), Skipped, "")
}

func TestSources(t *testing.T) {
	t.Parallel()
	db := openStore(t, officetest.DataDir(t))
	o := &Options{Store: db, Sources: []string{"van-phong", "website"}}
	expect(t, look(t, o, "sources"), OK, "2 sources")
	record := func(id string, failure error) {
		if err := db.Sources().RecordRead(t.Context(), id, failure, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	record("website", nil)
	record("cũ", errors.New("không còn trong tệp"))
	expect(t, look(t, o, "sources"), OK, "")
	record("website", errors.New("503"))
	expect(t, look(t, o, "sources"), Warning, "source website fails: 503")
	o.Now = func() time.Time { return time.Now().Add(25 * time.Hour) }
	expect(t, look(t, o, "sources"), Failed, "source website fails: 503")
	expect(t, look(t, &Options{}, "sources"), Skipped, "")
}
