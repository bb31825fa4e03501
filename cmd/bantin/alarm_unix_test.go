//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/publish/alarm"
)

// tellScript keeps the alarms that it gets.
const tellScript = "#!/bin/sh\ncat >> \"$1\"\n"

// withAlarms adds a command to a configuration that keeps alarms in told.json.
func (f *folder) withAlarms(yaml string) string {
	f.t.Helper()
	f.write("tell", tellScript)
	if err := os.Chmod(f.path("tell"), 0o755); err != nil {
		f.t.Fatal(err)
	}
	return yaml + fmt.Sprintf("alarm: {command: [./tell, %q], after: 1s}\n", f.path("told.json"))
}

// alarms are those that were told, in their order.
func (f *folder) alarms() (list []alarm.Message) {
	f.t.Helper()
	text, err := os.ReadFile(f.path("told.json"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		var m alarm.Message
		if json.Unmarshal([]byte(line), &m) == nil {
			list = append(list, m)
		}
	}
	return list
}

// told gives the first alarm of a kind that is over or is not.
func (f *folder) told(kind bantin.TroubleKind, over bool) *alarm.Message {
	for _, m := range f.alarms() {
		if m.Kind == kind && m.Resolved.IsZero() != over {
			return &m
		}
	}
	return nil
}

// A wrong password: the edition waits and nobody is refused, an alarm says which key to
// look at, and once the file holds the right one all goes out by itself, without a reload
// or a command.
func TestRepairedPassword(t *testing.T) {
	t.Parallel()
	server, roots := smtptest.StartLoginPostfix(t, "bantin", "mật khẩu đúng")
	f := newFolder(t, map[string]string{"bulletins/phu-tho.md": phuTho, "roots.pem": roots, "mat-khau": "mật khẩu sai\n",
		"contacts.csv": "email\na@example.org\nb@example.org\nc@example.org\n"})
	f.write("bantin.yaml", f.withAlarms(mailYAML(server.Port, "tls: starttls, ca_file: roots.pem, username: bantin, password_file: mat-khau")))
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	d := f.start()
	f.fails(1, nil, "digest", "send", "hang-tuan", "--wait", "1s")
	until(t, "it is told", func() bool { return f.told(bantin.TroubleRelay, false) != nil })
	if m := f.told(bantin.TroubleRelay, false); !strings.Contains(m.Hint, "smtp.password_file") || !strings.Contains(m.What, "535") {
		t.Errorf("the alarm says %+v", m)
	}
	if out := f.ok("editions", "show", "hang-tuan-1", "--json"); !strings.Contains(out, `"reason":"relay"`) || !strings.Contains(out, `"failed":0`) {
		t.Errorf("the edition: %s", out)
	}
	f.write("mat-khau", "mật khẩu đúng\n")
	until(t, "all was sent", func() bool {
		return strings.Contains(f.ok("editions", "show", "hang-tuan-1", "--json"), `"sent":3`)
	})
	until(t, "its end is told", func() bool { return f.told(bantin.TroubleRelay, true) != nil })
	for _, to := range []string{"a", "b", "c"} {
		if n := server.Received(t)[to+"@example.org"]; n != 1 {
			t.Errorf("%s got it %d times", to, n)
		}
	}
	d.stop()
}

// A refused configuration is told at once, and that one was taken.
func TestRefusedConfigurationIsTold(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bulletins/phu-tho.md": phuTho})
	good := f.withAlarms(daemonYAML)
	f.write("bantin.yaml", good)
	d := f.start()
	f.write("bantin.yaml", good+"shedule: x\n")
	d.hangUp()
	until(t, "it is told", func() bool { return f.told(bantin.TroubleConfig, false) != nil })
	if m := f.told(bantin.TroubleConfig, false); !strings.Contains(m.What, `dòng 7: khóa lạ "shedule"`) {
		t.Errorf("the alarm says %+v", m)
	}
	f.write("bantin.yaml", good)
	d.hangUp()
	until(t, "its end is told", func() bool { return f.told(bantin.TroubleConfig, true) != nil })
	// Corrected by a restart instead.
	f.write("bantin.yaml", good+"shedule: y\n")
	d.hangUp()
	until(t, "it is told again", func() bool { return len(f.alarms()) == 3 })
	d.stop()
	f.write("bantin.yaml", good)
	d = f.start()
	until(t, "its end is told again", func() bool { return len(f.alarms()) == 4 })
	d.stop()
}

// What fails over and over, of sources, returned mail, lists, static copies and hubs: each
// is told once.
func TestWorkThatFailsIsTold(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"contacts.csv": "email\nlan@example.org\n", "tep": ""})
	f.write("bantin.yaml", f.withAlarms(daemonYAML+`contacts: contacts.csv
export: tep/xuat
websub: ["http://127.0.0.1:1/"]
bounces: {mailbox: "maildir:khong-co", schedule: "@every 1s"}
smtp: {host: 127.0.0.1, port: 1, tls: none, from: bantin@example.org, bounces: tra-lai@example.org}
`))
	d := f.start()
	kinds := map[string]bantin.TroubleKind{"source": bantin.TroubleSource, "mailbox": bantin.TroubleReturns, "export": bantin.TroubleTask}
	for what, kind := range kinds {
		until(t, what+" is told", func() bool { return f.told(kind, false) != nil })
	}
	f.write("contacts.csv", "không có cột nào\n")
	task := func(subject string) {
		t.Helper()
		until(t, subject+" is told", func() bool {
			return slices.ContainsFunc(f.alarms(), func(m alarm.Message) bool {
				return m.Kind == bantin.TroubleTask && strings.Contains(m.Subject, subject)
			})
		})
	}
	task("Danh sách người nhận")
	f.write("bulletins/phu-tho.md", phuTho)
	task("Hub http://127.0.0.1:1/") // which has something to be told now
	for _, folder := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(f.path("khong-co/"+folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []bantin.TroubleKind{bantin.TroubleSource, bantin.TroubleReturns} {
		until(t, string(kind)+" is over", func() bool { return f.told(kind, true) != nil })
	}
	seen := map[string]int{}
	for _, m := range f.alarms() {
		if m.Resolved.IsZero() {
			seen[m.ID]++
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was told %d times", id, n)
		}
	}
	if out := f.ok("alarm", "list", "--json"); strings.Count(out, "\n") < 4 {
		t.Errorf("alarm list says\n%s", out)
	}
	d.stop()
}

// A command that hangs and a program that is not there keep nothing else from working,
// and what they do not tell is told when they can.
func TestAlarmCommandHangs(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{})
	f.write("bantin.yaml", f.withAlarms(daemonYAML))
	f.write("tell", "#!/bin/sh\ntouch \"$1\"\nsleep 600\n")
	if err := os.Chmod(f.path("tell"), 0o755); err != nil {
		t.Fatal(err)
	}
	d := f.start()
	until(t, "it hangs", func() bool { _, err := os.Stat(f.path("told.json")); return err == nil })
	f.write("bulletins/phu-tho.md", phuTho)
	until(t, "pages are served", func() bool { return strings.Contains(d.get("/").body, "Phú Thọ tổng kết năm học") })
	began := time.Now()
	d.stop()
	if took := time.Since(began); took > 25*time.Second {
		t.Errorf("it stopped after %s", took)
	}
}

// wire leads to a server, and can be cut.
type wire struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	isCut bool
	open  []net.Conn
}

// newWire begins to lead connections to an address.
func newWire(t *testing.T, to string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, to: to}
	t.Cleanup(func() { listener.Close(); w.cut(true) })
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			w.lead(here)
		}
	}()
	return w
}

func (w *wire) lead(here net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isCut {
		here.Close()
		return
	}
	there, err := net.Dial("tcp", w.to)
	if err != nil {
		here.Close()
		return
	}
	w.open = append(w.open, here, there)
	go func() { _, _ = io.Copy(here, there); here.Close() }()
	go func() { _, _ = io.Copy(there, here); there.Close() }()
}

// cut ends all connections, and lets none through until it is mended.
func (w *wire) cut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = cut
	for _, c := range w.open {
		c.Close()
	}
	w.open = nil
}

// A PostgreSQL that is away: the alarm goes out all the same, the log has a line a minute,
// a daemon that cannot start tells nothing twice, and the end is told.
func TestPostgresAwayIsTold(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	line := newWire(t, address.Host)
	address.Host = line.listener.Addr().String()
	f := newFolder(t, map[string]string{"bulletins/phu-tho.md": phuTho})
	f.write("bantin.yaml", f.withAlarms(daemonYAML+fmt.Sprintf("database: %q\n", address.String())))
	d := f.start()
	if p := d.get("/readyz?write"); p.status != http.StatusOK {
		t.Errorf("it is not ready to write: %d", p.status)
	}
	before, began := strings.Count(d.log.String(), "\n"), time.Now()
	line.cut(true)
	until(t, "it is told", func() bool { return f.told(bantin.TroubleDatabase, false) != nil })
	for _, path := range []string{"/readyz", "/readyz?write", "/bulletins/van-phong-phu-tho"} {
		if p := d.get(path); p.status != http.StatusServiceUnavailable {
			t.Errorf("%s while the database is away: %d", path, p.status)
		}
	}
	most := int(time.Since(began)/time.Minute) + 1
	var lines []string
	for _, text := range strings.Split(d.log.String(), "\n")[before:] {
		if strings.Contains(text, "level=ERROR") || strings.Contains(text, "level=WARN") {
			lines = append(lines, text)
		}
	}
	if len(lines) > most+1 { // and one about the alarm itself
		t.Errorf("%d lines in %s:\n%s", len(lines), time.Since(began), strings.Join(lines, "\n"))
	}
	d.stop()
	for range 2 { // a service manager tries again
		f.fails(1, nil, "run")
	}
	line.cut(false)
	d = f.start()
	until(t, "its end is told", func() bool { return f.told(bantin.TroubleDatabase, true) != nil })
	d.stop()
	told := 0
	for _, m := range f.alarms() {
		if m.Kind == bantin.TroubleDatabase {
			told++
		}
	}
	if told != 2 {
		t.Errorf("told %d times: %+v", told, f.alarms())
	}
}
