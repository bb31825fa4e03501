package main

import (
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/internal/smtptest"
)

// lastTo is the message to an address that came over the last connection.
func lastTo(server *smtptest.Server, address string) (last smtptest.Message) {
	for _, m := range server.Messages() {
		if m.To == address && m.Session >= last.Session {
			last = m
		}
	}
	return last
}

// gotWhatIsKept demands that `editions message` shows what each contact got last.
func (f *folder) gotWhatIsKept(server *smtptest.Server, edition string) {
	f.t.Helper()
	for to := range server.Received() {
		shown := f.ok("editions", "message", edition, "--contact", to)
		if diff := cmp.Diff(string(lastTo(server, to).Data), shown); diff != "" {
			f.t.Errorf("the message to %s (-received +shown):\n%s", to, diff)
		}
	}
}

// A process is killed when the server has its messages and no result is stored: what they
// say is stored already. The next process sends them again and knows what it sent.
func TestKilledBetweenMessageAndResult(t *testing.T) {
	t.Parallel()
	begun, killed := make(chan bool, 10), make(chan struct{})
	var isDead atomic.Bool
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body && !isDead.Load() {
			begun <- true
			select {
			case <-killed:
			case <-t.Context().Done():
			}
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), noTLS))
	cmd := exec.Command("bantin", "digest", "send", "hang-tuan")
	cmd.Dir = f.dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	<-begun // over each of two connections
	if n := query(t, f.path("var/bantin.db"), `SELECT COUNT(*) FROM segments`); n < 2 {
		t.Errorf("%d segments are stored", n)
	}
	if n := query(t, f.path("var/bantin.db"), `SELECT COUNT(*) FROM deliveries WHERE status <> 'queued' OR segment <> 0`); n != 0 {
		t.Errorf("%d results are stored", n)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	isDead.Store(true)
	close(killed)
	f.ok("digest", "send", "hang-tuan")
	f.gotWhatIsKept(server, "hang-tuan-1")
	if out := f.ok("editions", "audit", "--lang", "en"); !strings.Contains(out, "3 recipients = 3 sent + 0 failed + 0 skipped + 0 waiting: adds up") {
		t.Error(out)
	}
}

// A message is sent again by the daemon that runs, once, under its Message-ID; the edition
// is done again.
func TestResendBesideADaemon(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	f := mailFolder(t, mailYAML(server.Port(), noTLS)+"http: {listen: \"127.0.0.1:0\"}\n")
	f.ok("digest", "send", "hang-tuan")
	first := lastTo(server, "binh@example.org")
	d := f.start()
	f.ok("editions", "resend", "hang-tuan-1", "--contact", "binh@example.org")
	until(t, "it is sent again", func() bool { return strings.Contains(f.ok("editions", "list", "--json"), `"status":"done"`) })
	d.stop()
	if got := server.Received(); got["binh@example.org"] != 2 || len(server.Messages()) != 4 {
		t.Errorf("the server has %v", got)
	}
	again := lastTo(server, "binh@example.org")
	if first.ID == "" || again.ID != first.ID {
		t.Errorf("it went under %q, then under %q", first.ID, again.ID)
	}
	f.gotWhatIsKept(server, "hang-tuan-1")
	if out := f.ok("editions", "audit", "--lang", "en"); !strings.Contains(out, "3 recipients = 3 sent + 0 failed + 0 skipped + 0 waiting: adds up") {
		t.Error(out)
	}
}
