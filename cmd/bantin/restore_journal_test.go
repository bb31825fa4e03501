package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"bantin/internal/smtptest"
	"bantin/internal/testneed"
)

// lostMachine is an installation whose machine is lost after a backup, in the middle of an
// edition.
type lostMachine struct {
	*folder
	server *smtptest.Server
	dead   chan struct{} // closed when the machine is
}

// sentBefore is how many have their message when the machine is lost.
const sentBefore = 17

// newLostMachine has forty contacts and no edition yet. The server takes so many messages
// and then none until the machine is lost.
func newLostMachine(t *testing.T, database string) *lostMachine {
	t.Helper()
	m := &lostMachine{dead: make(chan struct{})}
	var begun atomic.Int64
	m.server = smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage != smtptest.BodyStart || begun.Add(1) <= sentBefore {
			return smtptest.Answer{}
		}
		select {
		case <-m.dead:
			return smtptest.Answer{} // of those who send now
		default:
		}
		select {
		case <-m.dead:
		case <-t.Context().Done():
		}
		return smtptest.Answer{Close: true}
	})
	m.folder = mailFolder(t, mailYAML(m.server.Port(), noTLS)+"http: {listen: \"127.0.0.1:0\"}\n"+database)
	m.crowd(40)
	return m
}

// burn sends an edition with news from after the backup until the server waits, copies the
// journal, and takes the machine away.
func (m *lostMachine) burn() {
	m.t.Helper()
	m.write("bulletins/lao-cai.md", "---\ntitle: Lào Cai mở lớp xóa mù chữ\n---\nHội Khuyến học tỉnh Lào Cai đã mở mười lớp xóa mù chữ cho người lớn tuổi.\n")
	m.ok("collect")
	cmd := exec.Command("bantin", "digest", "send", "hang-tuan")
	cmd.Dir = m.dir
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { cmd.Process.Kill() })
	until(m.t, "the journal knows who has it", func() bool { return m.handedOver() == sentBefore })
	if err := cmd.Process.Kill(); err != nil {
		m.t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	close(m.dead)
	m.ok("backup", "--journal", "ban-chep")
	if err := os.RemoveAll(m.path("var")); err != nil {
		m.t.Fatal(err)
	}
}

// handedOver counts the deliveries in the journal.
func (m *lostMachine) handedOver() (n int) {
	m.t.Helper()
	files, err := filepath.Glob(m.path("var/journal/sent-*.jsonl"))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			m.t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var e struct{ Hashes []string }
			if json.Unmarshal([]byte(line), &e) == nil {
				n += len(e.Hashes)
			}
		}
	}
	return n
}

// goOn lets mailing go on after the restore, and demands that everybody has the edition
// once, and the next one.
func (m *lostMachine) goOn(said string) {
	m.t.Helper()
	if want := fmt.Sprintf("Edition hang-tuan-1: %d have got it; of %d it is not known, so it is held.", sentBefore, 43-sentBefore); !strings.Contains(said, want) {
		m.t.Errorf("restore does not say %q:\n%s", want, said)
	}
	m.ok("collect")
	m.ok("deliveries", "resume")
	if e := m.bantin("editions", "show", "hang-tuan-1", "--lang", "en"); !strings.Contains(e.out, "held:") || !strings.Contains(e.err, "bantin editions resume hang-tuan-1") {
		m.t.Errorf("the edition does not say how it goes on:\n%s%s", e.out, e.err)
	}
	m.fails(1, nil, "digest", "send", "hang-tuan", "--wait", "1s") // held: nothing goes by itself
	if n := len(m.server.Messages()); n != sentBefore {
		m.t.Errorf("%d messages while it is held", n)
	}
	m.ok("editions", "resume", "hang-tuan-1")
	m.ok("digest", "send", "hang-tuan")
	m.everyone(1)
	m.failed(m.bantin("digest", "send", "hang-tuan"), 0, []string{"Không có tin mới: không lập kỳ nào."}, "digest send")
	if out := m.ok("editions", "audit", "--lang", "en"); !strings.Contains(out, "43 recipients = 43 sent") {
		m.t.Error(out)
	}
	m.write("bulletins/son-la.md", "---\ntitle: Sơn La trao học bổng\n---\nQuỹ khuyến học tỉnh Sơn La đã trao hai trăm suất học bổng cho học sinh nghèo.\n")
	m.ok("collect")
	m.ok("digest", "send", "hang-tuan")
	m.everyone(2)
}

// everyone demands that each contact has so many messages, no two the same.
func (m *lostMachine) everyone(n int) {
	m.t.Helper()
	got := m.server.Received()
	if len(got) != 43 {
		m.t.Errorf("%d contacts have mail", len(got))
	}
	for address, times := range got {
		if times != n {
			m.t.Errorf("%s has %d messages, want %d", address, times, n)
		}
	}
	ids := map[string]bool{}
	for _, message := range m.server.Messages() {
		ids[message.ID] = true
	}
	if len(ids) != 43*n {
		m.t.Errorf("%d different messages of %d", len(ids), 43*n)
	}
}

// The program is killed in the middle of an edition and the machine is lost. The backup is
// from before the edition and its news; the journal knows who has it. Nobody gets it twice,
// and nobody is missing.
func TestRestoreNobodyTwice(t *testing.T) {
	t.Parallel()
	m := newLostMachine(t, "")
	m.ok("backup", "sao-luu.db")
	m.burn()
	m.goOn(m.ok("restore", "sao-luu.db", "--journal", "ban-chep", "--lang", "en"))
}

// The same on PostgreSQL with its own tools, as docs/backup.md says.
func TestRestoreNobodyTwiceOnPostgres(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"pg_dump", "pg_restore"} {
		testneed.Program(t, program)
	}
	before, after := postgres.Database(t), postgres.Database(t)
	m := newLostMachine(t, "database: "+before+"\n")
	m.runs("pg_dump", "--format=custom", "--file="+m.path("sao-luu.dump"), before)
	m.burn()
	m.write("bantin.yaml", strings.Replace(m.read("bantin.yaml"), before, after, 1))
	m.runs("pg_restore", "--no-owner", "--dbname="+after, m.path("sao-luu.dump"))
	m.goOn(m.ok("restore", "--journal", "ban-chep", "--lang", "en"))
}

// runs runs a program.
func (f *folder) runs(name string, args ...string) {
	f.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		f.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
