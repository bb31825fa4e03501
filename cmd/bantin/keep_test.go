//go:build unix

package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin/clock"
	"bantin/internal/testneed"
	"bantin/store"
)

// The key keep.addresses in the life of a daemon: who left everything is gone 28 days later,
// address and all, and no list brings them back; who left one digest of two stays.
func TestWhoLeftIsReduced(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{"SQLite": func(*testing.T) string { return "" }, "PostgreSQL": func(t *testing.T) string { return "database: " + postgres.Database(t) + "\n" }} {
		t.Run(name, func(t *testing.T) {
			yaml := strings.Replace(daemonYAML, `"0 7 * * MON"}]`, `"0 7 * * MON"}, {id: hang-thang, title: Bản tin trong tháng, schedule: "0 7 1 * *"}]`, 1)
			f := newFolder(t, map[string]string{
				"bantin.yaml":          yaml + "keep: {addresses: 28d}\n" + database(t),
				"bulletins/phu-tho.md": "# Phú Thọ tổng kết năm học\n\nHội Khuyến học tỉnh Phú Thọ đã tổng kết năm học.\n",
				"contacts.csv":         "email\nlan@example.org\nminh@example.org\nhoa@example.org\n",
			})
			f.ok("collect")
			f.ok("contacts", "import", "contacts.csv")
			f.ok("digest", "send", "hang-tuan")
			d := f.start()
			until(t, "both digests are known", func() bool {
				return strings.Contains(d.log.String(), "put in force; nothing is sent for due times before now\" digest=hang-thang")
			})
			for address, form := range map[string]string{"lan@example.org": "do=leave&scope=all", "minh@example.org": "List-Unsubscribe=One-Click"} {
				if p := d.post(unsubscribeLink(t, f, address), form); p.status != http.StatusOK {
					t.Fatalf("%s leaves: %d\n%s", address, p.status, p.body)
				}
			}
			d.stop()
			f.runLater(29*24*time.Hour, `msg="contacts who left were reduced to a hash of their address" contacts=1`)
			f.fails(1, nil, "contacts", "show", "lan@example.org")
			if out := f.ok("contacts", "import", "contacts.csv"); !strings.Contains(out, "1 người đã yêu cầu xóa: không đưa lại") {
				t.Errorf("the list again:\n%s", out)
			}
			if out := f.ok("contacts", "export"); strings.Contains(out, "lan@") || !strings.Contains(out, "minh@") || !strings.Contains(out, "hoa@") {
				t.Errorf("the contacts are\n%s", out)
			}
			if name == "SQLite" {
				d = f.start()
				f.isForgotten("lan@example.org")
				d.stop()
			}
		})
	}
}

// runLater runs a daemon on the database as if it were so long after now, until its log says
// something. Its clock was steady for two hours when it begins its loops.
func (f *folder) runLater(long time.Duration, says string) {
	f.t.Helper()
	testneed.Long(f.t, "runs a daemon")
	log := &said{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	a := &app{printer: printer{out: io.Discard, err: log}, config: f.path("bantin.yaml")}
	w, err := a.open(f.t.Context(), logger)
	if err != nil {
		f.t.Fatal(err)
	}
	defer w.close()
	var steady atomic.Int64
	began := time.Now()
	passed := func() time.Duration { return time.Since(began) + time.Duration(steady.Load()) }
	w.clock = clock.New(clock.Options{Log: logger, Boot: "29 ngày sau", Ticks: passed, Wall: func() time.Time { return began.Add(long + passed()) }})
	if err := w.db.SetSetting(f.t.Context(), "clock", ""); err != nil { // else the jump has to be confirmed first
		f.t.Fatal(err)
	}
	g, err := w.start(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	defer g.node.Close()
	steady.Store(int64(2 * time.Hour))
	ctx, stop := context.WithCancel(f.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.loops.Run(ctx) }()
	until(f.t, "it says "+says, func() bool { return strings.Contains(log.String(), says) })
	stop()
	if err := <-ended; err != nil {
		f.t.Error(err)
	}
}

// What a contact chose to read is shown by the names that readers know.
func TestContactShowsWhatTheyRead(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML + "topics: [{id: hoc-bong, title: Học bổng}, {id: thu-vien, title: Thư viện}]\n"})
	f.ok("contacts", "add", "lan@example.org")
	exec1(t, f.path("var/bantin.db"), `UPDATE contacts SET reads = '`+store.JoinReads([]string{"phu-tho"}, []string{"hoc-bong", "thu-vien"})+`'`)
	said := f.ok("contacts", "show", "lan@example.org")
	for _, want := range []string{"chỉ đọc tin của: Phú Thọ", "chỉ đọc tin về: Học bổng, Thư viện"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not shown:\n%s", want, said)
		}
	}
}
