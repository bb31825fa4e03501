package collect

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/officetest"
	"bantin/publish/edition"
	"bantin/store"
)

// audience says who gets a digest of the office without having asked.
func audience(o *officetest.Office) func(*bantin.Digest, time.Time) store.Audience {
	return (&edition.Editor{DB: o.DB, Log: o.Log(), Site: o.Site, Atlas: o.Atlas}).Audience
}

// A dry run says of a list that is read in parts what the import then does; an
// address that comes twice counts once, in whichever batches it stands.
func TestDryRunTellsTheTruth(t *testing.T) {
	o := officetest.New(t)
	const rows = 6 * importBatch
	var list strings.Builder
	list.WriteString("email,tỉnh\n")
	for i := range rows {
		fmt.Fprintf(&list, "c%d@example.org,%s\n", i, []string{"Phú Thọ", "Hà Nội", "Cần Thơ"}[i%3])
	}
	list.WriteString("c0@example.org,Phú Thọ\nc1499@example.org,\nkhong-phai-dia-chi,Huế\n")
	file := filepath.Join(t.TempDir(), "danh-sach.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	phuTho := *o.Digest
	phuTho.ID, phuTho.Audience = "phu-tho", bantin.Audience{Places: []string{"phu-tho"}}
	im := &Importer{DB: o.DB, Audience: audience(o), Secret: []byte("khóa"), Digests: []*bantin.Digest{o.Digest, &phuTho}, Language: "vi"}
	want := func(dry bool, change store.ImportCounts) {
		t.Helper()
		var told int
		done, err := im.Import(t.Context(), List{File: file, Dry: dry}, func(_, kept int) { told = kept })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(change, done.ImportCounts); diff != "" {
			t.Errorf("dry %v (-want +got)\n%s", dry, diff)
		}
		reach := []DigestReach{{Digest: "hang-tuan", Rows: rows}, {Digest: "phu-tho", Rows: rows / 3}}
		if diff := cmp.Diff(reach, done.Digests); diff != "" {
			t.Errorf("dry %v (-want +got)\n%s", dry, diff)
		}
		if done.Rows != rows+3 || done.Twice != 2 || done.Refused != 1 || told != rows+3 {
			t.Errorf("dry %v: %d rows, %d twice, %d rejected, progress to %d", dry, done.Rows, done.Twice, done.Refused, told)
		}
	}
	want(true, store.ImportCounts{Added: rows})
	want(false, store.ImportCounts{Added: rows})
	want(true, store.ImportCounts{Untouched: rows})
}

// Of an address that comes again far below, the later row adds to the earlier one,
// and the report says where both stand, in the order of the list.
func TestTwiceFarApart(t *testing.T) {
	o := officetest.New(t)
	const rows = 2 * importBatch
	var list strings.Builder
	list.WriteString("email,họ tên,tỉnh\n")
	for i := range rows {
		fmt.Fprintf(&list, "c%d@example.org,Nguyễn Thị Ánh %d,Phú Thọ\n", i, i)
	}
	list.WriteString("C9@example.org,,Huế\nc100@example.org,Lê Văn Bình,\nc9@Example.org,,Nơi lạ\n")
	file := filepath.Join(t.TempDir(), "danh-sach.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	im := &Importer{DB: o.DB, Audience: audience(o), Secret: []byte("khóa"), Language: "vi"}
	for _, want := range []store.ImportCounts{{Added: rows}, {Untouched: rows}} {
		done, err := im.Import(t.Context(), List{File: file}, func(_, _ int) {})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, w := range done.Warnings {
			said = append(said, fmt.Sprintf("%d: %s", w.Line, w.Words.EN))
		}
		warnings := []string{
			fmt.Sprintf("%d: the address C9@example.org is also on line 11: this line adds to that one", rows+2),
			fmt.Sprintf("%d: the address c100@example.org is also on line 102: this line adds to that one", rows+3),
			fmt.Sprintf("%d: unknown place \"Nơi lạ\", left empty (did you mean Son La?)", rows+4),
			fmt.Sprintf("%d: the address c9@Example.org is also on line 11: this line adds to that one", rows+4),
		}
		if diff := cmp.Diff(warnings, said); diff != "" || done.Twice != 3 || done.ImportCounts != want {
			t.Errorf("%d twice, %+v, warnings (-want +got)\n%s", done.Twice, done.ImportCounts, diff)
		}
	}
	for address, want := range map[string][]string{
		"c9@example.org":   {"c9@Example.org", "Nguyễn Thị Ánh 9", "hue"},
		"c100@example.org": {"c100@example.org", "Lê Văn Bình", "phu-tho"},
	} {
		c, err := o.DB.Contacts().Get(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, []string{c.Email, c.Name, c.Place}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", address, diff)
		}
	}
}

// While a long list is imported, pages and deliveries write: after each batch
// they can.
func TestImportLetsOthersWrite(t *testing.T) {
	o := officetest.New(t)
	var list strings.Builder
	list.WriteString("email,tỉnh\n")
	for i := range 3 * importBatch {
		fmt.Fprintf(&list, "c%d@example.org,Huế\n", i)
	}
	file := filepath.Join(t.TempDir(), "danh-sach.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	im := &Importer{DB: o.DB, Audience: audience(o), Secret: []byte("khóa"), Language: "vi"}
	written := map[int]bool{}
	_, err := im.Import(t.Context(), List{File: file}, func(_, kept int) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := o.DB.SetSetting(ctx, "trang", fmt.Sprint(kept)); err != nil {
			t.Errorf("after %d rows nobody else can write: %v", kept, err)
		}
		written[kept] = true
	})
	if err != nil || !written[importBatch] || !written[2*importBatch] || !written[3*importBatch] {
		t.Errorf("%v, others wrote after %v", err, written)
	}
}

// A watched list whose import failed is tried again after a minute, then after
// twice as long each time, and at once when its file changes.
func TestFailedImportIsTriedAgain(t *testing.T) {
	o := officetest.New(t)
	file := filepath.Join(t.TempDir(), "danh-sach.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("email\nlan@example.org\n")
	log := &officetest.LogWaits{Message: "contact list cannot be imported"}
	im := &Importer{DB: o.DB, Log: slog.New(log), Audience: audience(o), Secret: []byte("khóa"), Language: "vi"}
	w, start := newListWatch(file), time.Now()
	tried := func(after time.Duration, want int) {
		t.Helper()
		im.look(t.Context(), w, start.Add(after))
		if got := len(log.Waits()); got != want {
			t.Errorf("after %s it was tried %d times, want %d", after, got, want)
		}
	}
	o.Exec(`ALTER TABLE imports RENAME TO imports_away`)
	tried(0, 1)
	tried(59*time.Second, 1)
	tried(time.Minute, 2)
	tried(2*time.Minute, 2)
	tried(3*time.Minute, 3)
	write("email\nlan@example.org\nbinh@example.org\n")
	tried(3*time.Minute+watchInterval, 4) // at once
	o.Exec(`ALTER TABLE imports_away RENAME TO imports`)
	tried(4*time.Minute, 4)
	if _, err := o.DB.Contacts().Get(t.Context(), "binh@example.org"); err == nil {
		t.Error("it was imported before its time")
	}
	tried(4*time.Minute+watchInterval, 4)
	if _, err := o.DB.Contacts().Get(t.Context(), "binh@example.org"); err != nil {
		t.Error(err)
	}
}
