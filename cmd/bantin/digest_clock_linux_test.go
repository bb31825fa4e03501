package main

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bantin/clock"
)

// A command that mails while the clock of the machine is known to be wrong says so, and
// takes the time that the daemon believes.
func TestSendWithAWrongClock(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	until(t, "the bulletin is on the page", func() bool { return strings.Contains(d.get("/").body, "Phú Thọ tổng kết năm học") })
	d.stop()
	f.ok("contacts", "add", "anh@example.org")
	if said := f.bantin("digest", "send", "hang-tuan", "--dry-run"); strings.Contains(said.err, "Đồng hồ") {
		t.Error(said.err)
	}

	// As if the clock had been set ahead by two days since.
	db, err := sql.Open("sqlite", f.path("var/bantin.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var kept string
	if err := db.QueryRow(`SELECT value FROM settings WHERE name = 'clock'`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	var beat clock.Heartbeat
	if err := json.Unmarshal([]byte(kept), &beat); err != nil {
		t.Fatal(err)
	}
	beat.Time = beat.Time.Add(-48 * time.Hour)
	text, err := json.Marshal(beat)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE settings SET value = ? WHERE name = 'clock'`, string(text)); err != nil {
		t.Fatal(err)
	}
	said := f.bantin("digest", "send", "hang-tuan")
	at, _ := clock.Synchronized().Ask(t.Context())
	known := beat.Boot != "" && at.IsZero() // else nothing is known, or a time server says that the clock is right
	due := time.Now()
	if known {
		due = due.Add(-48 * time.Hour)
	}
	day := due.In(time.FixedZone("", 7*3600)).Format("02/01/2006")
	if strings.Contains(said.err, "Đồng hồ máy chỉ ") != known || said.status != 0 || !strings.Contains(said.out, "hang-tuan-1  "+day) {
		t.Errorf("status %d, want an edition of %s, and a note: %v\n%s%s", said.status, day, known, said.out, said.err)
	}
}
