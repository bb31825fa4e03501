package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

const daemonYAML = `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
http: {listen: "127.0.0.1:0"}
sources: [{id: van-phong, kind: folder, path: bulletins, schedule: "@every 1s"}]
feeds: [{id: tat-ca, title: Bản tin khuyến học}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
`

const phuTho = `---
title: Phú Thọ tổng kết năm học
date: 2026-11-20
---
Hội Khuyến học tỉnh Phú Thọ đã tổng kết phong trào khuyến học, khuyến tài của cả tỉnh.
`

// A day at the office: the daemon runs, and sees what comes into its folder,
// its list of contacts and its database, from anybody.
func TestDaemon(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML + "contacts: contacts.csv\n",
		"bulletins/phu-tho.md": phuTho,
		"contacts.csv":         "thư điện tử,họ tên,tỉnh\nanh@example.org,Nguyễn Thị Ánh,Phú Thọ\nbinh@example.org,Lê Văn Bình,Hà Nội\n",
	})
	d := f.start()
	if p := d.get("/healthz"); p.status != http.StatusOK || p.body != "ok\n" {
		t.Errorf("/healthz: %d %q", p.status, p.body)
	}
	until(t, "the bulletin is on the page", func() bool { return strings.Contains(d.get("/").body, "Phú Thọ tổng kết năm học") })
	until(t, "the bulletin is in the feed", func() bool {
		return strings.Contains(d.get("/feeds/tat-ca.atom").body, "Phú Thọ tổng kết năm học")
	})
	if p := d.get("/bulletins/van-phong-phu-tho"); p.status != http.StatusOK || !strings.Contains(p.body, "Phú Thọ") {
		t.Errorf("the page of the bulletin: %d", p.status)
	}
	until(t, "the list of contacts is imported", func() bool { return f.bantin("contacts", "show", "binh@example.org").status == 0 })
	db, err := sql.Open("sqlite", f.path("var/bantin.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	until(t, "contacts are counted, though nobody asks for statistics", func() (counted bool) {
		err := db.QueryRow(`SELECT EXISTS (SELECT 1 FROM statistics WHERE figure = 'contacts')`).Scan(&counted)
		return counted && err == nil
	})

	// Another file, a changed list: both are seen.
	f.write("bulletins/can-tho.md", "# Cần Thơ đón ghe sách\n\nGhe sách đến với học sinh.\n")
	f.write("contacts.csv", "thư điện tử,họ tên,tỉnh\nanh@example.org,Nguyễn Thị Ánh Tuyết,Phú Thọ\ncuong@example.org,Trần Cường,Lào Cai\n")
	until(t, "the new bulletin is in the feed", func() bool { return strings.Contains(d.get("/feeds/tat-ca.json").body, "Cần Thơ đón ghe sách") })
	until(t, "the changed list is imported", func() bool { return f.bantin("contacts", "show", "cuong@example.org").status == 0 })
	if out := f.ok("contacts", "show", "anh@example.org", "--json"); !strings.Contains(out, "Ánh Tuyết") {
		t.Errorf("the new name was not taken: %s", out)
	}
	if e := f.bantin("contacts", "show", "binh@example.org"); e.status != 0 {
		t.Errorf("a row that went from the list took the contact along: %s", e.err)
	}

	// A command beside the daemon, both may send: each contact gets it once.
	if out := f.ok("digest", "send", "hang-tuan", "--due", "2026-11-23T07:00", "--json"); !strings.Contains(out, `"sent":3,`) {
		t.Errorf("the edition: %s", out)
	}
	if p := d.get("/editions/hang-tuan-1"); p.status != http.StatusOK || !strings.Contains(p.body, "Cần Thơ đón ghe sách") {
		t.Errorf("the page of the edition: %d", p.status)
	}
	leave(t, f, d)

	backUp(t, f)
	d.stop()
	if log := d.log.String(); !strings.Contains(log, "stopped") {
		t.Errorf("it does not say that it stopped:\n%s", log)
	}
}

// leave has Ánh leave by the link in their mail: a GET changes nothing, the POST
// of a mail program does, and the next edition goes without them.
func leave(t *testing.T, f *folder, d *daemon) {
	t.Helper()
	link := unsubscribeLink(t, f, "anh@example.org")
	if p := d.get(link); p.status != http.StatusOK || !strings.Contains(p.body, "<button") {
		t.Errorf("the page to leave: %d\n%s", p.status, p.body)
	}
	if out := f.ok("contacts", "show", "anh@example.org", "--json"); strings.Contains(out, "unsubscribed") {
		t.Fatalf("a GET unsubscribed them: %s", out)
	}
	if p := d.post(link, "List-Unsubscribe=One-Click"); p.status != http.StatusOK {
		t.Fatalf("leaving: %d\n%s", p.status, p.body)
	}
	if out := f.ok("contacts", "show", "anh@example.org", "--json"); !strings.Contains(out, `"subscriptions":[{"digest":"hang-tuan","status":"unsubscribed","since":"`) {
		t.Errorf("they did not leave: %s", out)
	}
	if out := f.ok("contacts", "show", "anh@example.org"); !strings.Contains(out, "bản tin tổng hợp hang-tuan: đã ngừng nhận") {
		t.Errorf("the office does not read that they left:\n%s", out)
	}
	if out := f.ok("contacts", "import", "contacts.csv"); !strings.Contains(out, "1 người đã ngừng nhận") || !strings.Contains(out, "hang-tuan: 1 người") {
		t.Errorf("the import says:\n%s", out)
	}
	if p := d.post("/unsubscribe/khong-phai-ma", "List-Unsubscribe=One-Click"); p.status < 400 || p.status >= 500 {
		t.Errorf("a wrong token: %d", p.status)
	}
	f.write("bulletins/ha-noi.md", "# Hà Nội mở thư viện phường\n\nThư viện mở cửa cả ngày chủ nhật.\n")
	until(t, "the third bulletin came", func() bool { return f.bantin("bulletins", "show", "van-phong-ha-noi").status == 0 })
	if out := f.ok("digest", "send", "hang-tuan", "--due", "2026-11-24T07:00", "--json"); !strings.Contains(out, `"sent":2,`) {
		t.Errorf("the edition after they left: %s", out)
	}
	if out := f.ok("editions", "show", "hang-tuan-2", "--deliveries"); strings.Contains(out, "anh@") || !strings.Contains(out, "binh@") {
		t.Errorf("the edition after they left:\n%s", out)
	}
}

// unsubscribeLink takes the path of the link out of the mail in the outbox.
func unsubscribeLink(t *testing.T, f *folder, address string) string {
	t.Helper()
	files, err := filepath.Glob(f.path("var/outbox/" + address + "-*.eml"))
	if err != nil || len(files) != 1 {
		t.Fatalf("mails to %s: %v %v", address, files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	header := message.Header.Get("List-Unsubscribe")
	found := regexp.MustCompile(`<https://bantin\.example\.org(/unsubscribe/[^>]+)>`).FindStringSubmatch(header)
	if found == nil || message.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Fatalf("List-Unsubscribe: %q", header)
	}
	return found[1]
}

// backUp copies the database while the daemon runs, and opens it elsewhere.
func backUp(t *testing.T, f *folder) {
	t.Helper()
	if err := os.Mkdir(f.path("khac"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out := f.ok("backup", "khac/bantin.db"); out != "Đã sao lưu vào khac/bantin.db\n" {
		t.Errorf("backup said %q", out)
	}
	f.write("khac.yaml", "data: khac\n"+daemonYAML)
	for _, args := range [][]string{{"bulletins", "list", "--json"}, {"contacts", "export", "--json"}, {"editions", "show", "hang-tuan-2", "--deliveries", "--json"}} {
		here, there := f.ok(args...), f.ok(append(args, "--config", "khac.yaml")...)
		if here != there || here == "" {
			t.Errorf("%s: here\n%sin the backup\n%s", strings.Join(args, " "), here, there)
		}
	}
	f.fails(1, []string{"Tệp này đã có: hãy chọn tên khác.", "khac/bantin.db"}, "backup", "khac/bantin.db")
	f.fails(1, []string{"Không có tệp hoặc thư mục này."}, "backup", "khong-co/bantin.db")
}

// A log for programs is JSON from the first line to the last.
func TestLogJSON(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": strings.Replace(daemonYAML, "https://bantin.example.org", "http://localhost:8080", 1), "bulletins/phu-tho.md": phuTho, "bulletins/rong.md": ""})
	d := f.start("--log", "json")
	until(t, "both files are told of", func() bool {
		return strings.Contains(d.log.String(), `"bulletins collected"`) && strings.Contains(d.log.String(), `"rong.md"`)
	})
	d.stop()
	for line := range strings.Lines(d.log.String()) {
		var record struct{ Time, Level, Msg string }
		if err := json.Unmarshal([]byte(line), &record); err != nil || record.Time == "" || record.Level == "" || record.Msg == "" {
			t.Errorf("no record: %s", line)
		}
	}
}

// A second daemon says who has the data directory; commands work beside the
// first; when that is gone the next one starts.
func TestSecondDaemon(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	holder := fmt.Sprintf("pid %d", d.cmd.Process.Pid)
	f.fails(1, []string{"đang do một tiến trình khác giữ", holder, f.path("var")}, "run")
	f.fails(1, []string{"is in use by another daemon", holder, "stop that one first"}, "run", "--lang", "en")
	f.ok("sources")
	if d.get("/healthz").status != http.StatusOK {
		t.Error("the first one does not answer any more")
	}
	d.stop()
	f.start().stop()
}

// What keeps a daemon from starting is told in a line, with status 1.
func TestDaemonCannotStart(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML,
		"port.yaml":            strings.Replace(daemonYAML, "127.0.0.1:0", busy.Addr().String(), 1),
		"below.yaml":           daemonYAML + "data: tep/var\n",
		"moi.yaml":             daemonYAML + "data: moi\n",
		"hong.yaml":            daemonYAML + "data: hong\n",
		"tep":                  "",
		"hong/bantin.db":       strings.Repeat("đây không phải cơ sở dữ liệu\n", 300),
		"bulletins/phu-tho.md": phuTho,
	})
	f.fails(1, []string{"Cổng này đang do chương trình khác dùng", "đổi http.listen", busy.Addr().String()}, "run", "--config", "port.yaml")
	f.fails(1, []string{"stop the program that uses the port, or change http.listen", busy.Addr().String()}, "run", "--config", "port.yaml", "--lang", "en")
	f.fails(1, []string{"Một phần của đường dẫn là tệp, không phải thư mục.", "tep"}, "run", "--config", "below.yaml")
	f.fails(1, []string{"Tệp cơ sở dữ liệu bị hỏng: hãy khôi phục bản sao lưu mới nhất."}, "run", "--config", "hong.yaml")

	f.ok("sources", "--config", "moi.yaml")
	exec1(t, f.path("moi/bantin.db"), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	f.fails(1, []string{"do một bản bantin mới hơn ghi"}, "run", "--config", "moi.yaml")
	for _, file := range []string{"moi.yaml", "hong.yaml"} { // the database's own English does not stand behind the Vietnamese
		if e := f.bantin("sources", "--config", file); e.status != 1 || strings.Contains(e.err, "(") {
			t.Errorf("%s: status %d, %s", file, e.status, e.err)
		}
	}
	f.fails(1, []string{"was written by a newer bantin", "schema 9999"}, "sources", "--config", "moi.yaml", "--lang", "en")
}

// exec1 changes a database behind bantin's back.
func exec1(t *testing.T, file, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`PRAGMA busy_timeout = 60000; ` + query); err != nil {
		t.Error(err)
	}
}

// query gives the number that a query finds, beside bantin.
func query(t *testing.T, file, text string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(text).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Another program has the database: who only looks goes on, who writes waits,
// and gives up in the end with a clear word.
func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	f.ok("collect")
	db, err := sql.Open("sqlite", f.path("var/bantin.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`BEGIN EXCLUSIVE`); err != nil {
		t.Fatal(err)
	}
	patient := make(chan ended)
	go func() { patient <- f.bantin("contacts", "add", "anh@example.org") }()
	if out := f.ok("bulletins", "list"); !strings.Contains(out, "Phú Thọ") {
		t.Errorf("looking gave %q", out)
	}
	f.failed(<-patient, 1, []string{"Cơ sở dữ liệu đang bị chương trình khác khóa: hãy đóng chương trình đó hoặc chờ nó xong."}, "contacts add")
	go func() { patient <- f.bantin("contacts", "add", "anh@example.org") }()
	f.ok("bulletins", "list")
	if _, err := db.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if e := <-patient; e.status != 0 {
		t.Errorf("when the lock was gone: status %d\n%s", e.status, e.err)
	}
	f.ok("contacts", "show", "anh@example.org")
}

// SIGHUP reads the configuration again; one that is wrong changes nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	f.write("bantin.yaml", daemonYAML+"shedule: x\n")
	d.hangUp()
	until(t, "the wrong configuration is reported", func() bool {
		return strings.Contains(d.log.String(), `khóa lạ "shedule"`) && strings.Contains(d.log.String(), "all goes on as before")
	})
	f.write("bantin.yaml", strings.Replace(daemonYAML, "feeds: [", "feeds: [{id: phu-tho, title: Bản tin Phú Thọ, select: {places: [phu-tho]}}, ", 1))
	d.hangUp()
	until(t, "the new feed is served", func() bool { return strings.Contains(d.get("/feeds/phu-tho.rss").body, "Phú Thọ tổng kết") })
	if d.get("/feeds/tat-ca.rss").status != http.StatusOK {
		t.Error("the other feed is gone")
	}
	d.stop()
}

// Readers do not notice a reload: each page is whole, before, while and after
// one configuration takes over from another.
func TestReloadKeepsServing(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	for round := range 5 {
		d.hangUp()
		until(t, "it was read again", func() bool {
			if home := d.get("/"); home.status != http.StatusOK {
				t.Fatalf("the page says %d in round %d:\n%s", home.status, round, home.body)
			}
			return strings.Count(d.log.String(), "read again") > round
		})
	}
	d.stop()
}

// A folder that is not there keeps nothing from going on, and is read when it comes.
func TestFolderComesLater(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML})
	d := f.start()
	until(t, "the missing folder is told of", func() bool { return strings.Contains(d.log.String(), "source cannot be read") })
	until(t, "the error is kept", func() bool {
		return strings.Contains(f.ok("sources", "--json"), `"last_error":"read source van-phong`)
	})
	f.write("bulletins/phu-tho.md", phuTho)
	until(t, "the folder is read", func() bool { return strings.Contains(d.get("/feeds/tat-ca.rss").body, "Phú Thọ tổng kết") })
	until(t, "the error is forgotten", func() bool { return !strings.Contains(f.ok("sources", "--json"), "last_error") })
	d.stop()
}
