package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bantin/internal/smtptest"
)

// office writes a configuration that mails to a server, a bulletin and a list
// of n contacts into a new folder, and reads them in.
func office(t *testing.T, server *smtptest.Server, n int) string {
	t.Helper()
	dir := t.TempDir()
	var list strings.Builder
	list.WriteString("thư điện tử,họ tên,tỉnh,cấp\n")
	for i := range n {
		fmt.Fprintf(&list, "c%d@example.org,Nguyễn Thị Ánh %d,Phú Thọ,tỉnh\n", i, i)
	}
	files := map[string]string{
		"bantin.yaml": fmt.Sprintf(`site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
sources: [{id: van-phong, kind: folder, path: tin, schedule: "@every 1m"}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
smtp: {host: 127.0.0.1, port: %d, tls: none, from: "Hội Khuyến học <bantin@example.org>", connections: 8, retry: [1s, 1s, 1s, 1s, 1s]}
`, server.Port()),
		"tin/phu-tho.md": "---\ntitle: Phú Thọ tổng kết phong trào khuyến học\ndate: 2026-11-20\n---\n\nHội Khuyến học tỉnh Phú Thọ đã tổng kết năm học.\n",
		"danh-sach.csv":  list.String(),
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command(t, dir, "collect")
	command(t, dir, "contacts", "import", "danh-sach.csv")
	return dir
}

// command runs a command to its end and demands that it goes well.
func command(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("bantin", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("bantin %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// begin starts a command that is going to be killed.
func begin(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("bantin", args...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// Whatever is killed, whenever: every contact gets the digest, and at most one
// message for each connection is repeated, under the same Message-ID.
func TestKilledWhileSending(t *testing.T) {
	const contacts, kills, connections = 1500, 4, 8
	var taken atomic.Int64
	reached := make(chan struct{}, 1)
	var until atomic.Int64
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body && taken.Add(1) == until.Load() {
			reached <- struct{}{}
		}
		return smtptest.Answer{}
	})
	dir := office(t, server, contacts)
	for range kills {
		until.Store(taken.Load() + 50 + rand.Int64N(200))
		cmd := begin(t, dir, "digest", "send", "hang-tuan")
		select {
		case <-reached:
		case <-time.After(20 * time.Second):
			t.Fatal("nothing is sent any more")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
	}
	command(t, dir, "digest", "send", "hang-tuan")
	account(t, server, contacts, kills*connections)
}

// account checks the server's own record: everyone got it, few got it twice,
// and those under one Message-ID.
func account(t *testing.T, server *smtptest.Server, contacts, mayRepeat int) {
	t.Helper()
	ids := map[string]string{}
	repeated := 0
	for _, m := range server.Messages() {
		_, rest, _ := bytes.Cut(m.Data, []byte("Message-ID: <"))
		id, _, _ := strings.Cut(string(rest), ">")
		if was, ok := ids[m.To]; ok {
			repeated++
			if was != id {
				t.Errorf("%s got it under %s and under %s", m.To, was, id)
			}
		}
		ids[m.To] = id
	}
	if len(ids) != contacts {
		t.Errorf("%d of %d contacts got the digest", len(ids), contacts)
	}
	if repeated > mayRepeat {
		t.Errorf("%d messages were repeated, at most %d may be", repeated, mayRepeat)
	}
	t.Logf("%d messages repeated", repeated)
}

// SIGTERM finishes the messages in hand: nothing is repeated.
func TestTermWhileSending(t *testing.T) {
	const contacts = 600
	var taken atomic.Int64
	reached := make(chan struct{}, 1)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body && taken.Add(1) == 100 {
			reached <- struct{}{}
		}
		return smtptest.Answer{}
	})
	dir := office(t, server, contacts)
	cmd := begin(t, dir, "digest", "send", "hang-tuan")
	<-reached
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("a send that was stopped with mail waiting ended with status 0")
	}
	if n := len(server.Messages()); n == contacts {
		t.Errorf("all %d were sent before it stopped", n)
	}
	command(t, dir, "digest", "send", "hang-tuan")
	account(t, server, contacts, 0)
}

// Two sends of the same edition share it and send nothing twice.
func TestTwoSends(t *testing.T) {
	const contacts = 2500
	server := smtptest.Start(t, nil)
	dir := office(t, server, contacts)
	due := []string{"digest", "send", "hang-tuan", "--due", "2026-11-23T07:00"}
	first, second := begin(t, dir, due...), begin(t, dir, due...)
	for _, cmd := range []*exec.Cmd{first, second} {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	account(t, server, contacts, 0)
}
