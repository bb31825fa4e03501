package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin/internal/testneed"

	"bantin/internal/smtptest"
)

// crowd adds n contacts to a folder.
func (f *folder) crowd(n int) {
	f.t.Helper()
	list := "email\n"
	for i := range n {
		list += fmt.Sprintf("c%d@example.org\n", i)
	}
	f.write("more.csv", list)
	f.ok("contacts", "import", "more.csv")
}

// A command steers what a daemon sends: it stops within a second, goes on, and
// sends the failed ones again under their Message-ID.
func TestSteerBesideADaemon(t *testing.T) {
	t.Parallel()
	const before = 10 // messages that are offered until it is paused
	var offered, refused atomic.Int64
	var full atomic.Bool
	full.Store(true)
	pausing, paused := make(chan struct{}), make(chan time.Time, 1)
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		switch {
		case stage == smtptest.Data:
			n := offered.Add(1)
			if n == before+1 {
				close(pausing)
			}
			if n > before { // these may begin when the pause is a second old
				select {
				case at := <-paused:
					paused <- at
					return smtptest.Answer{Wait: time.Until(at.Add(time.Second))}
				case <-t.Context().Done():
					return smtptest.Answer{Close: true}
				}
			}
		case stage == smtptest.Body && strings.HasPrefix(arg, "c7") && full.Load():
			refused.Add(1)
			return smtptest.Answer{Reply: "552 5.2.2 hộp thư đầy"}
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), noTLS)+"http: {listen: \"127.0.0.1:0\"}\n")
	f.crowd(120)
	f.fails(1, nil, "digest", "send", "hang-tuan", "--wait", "1ns")
	d := f.start()
	<-pausing
	f.ok("editions", "pause", "hang-tuan-1")
	paused <- time.Now()
	until(t, "nothing is in hand", func() bool { return strings.Contains(f.ok("editions", "list", "--json"), `"sending":0,`) })
	out := f.ok("editions", "list", "--json")
	taken := len(server.Messages())
	if want := fmt.Sprintf(`"sent":%d,`, taken); taken > before || !strings.Contains(out, want) || !strings.Contains(out, `"status":"paused"`) {
		t.Errorf("the server took %d, and %d were offered before the pause: %s", taken, before, out)
	}
	f.ok("editions", "resume", "hang-tuan-1")
	done := func() bool { return strings.Contains(f.ok("editions", "list", "--json"), `"status":"done"`) }
	until(t, "the daemon is done", done)
	out = f.ok("editions", "show", "hang-tuan-1", "--status", "failed", "--json")
	failed := regexp.MustCompile(`"contact":"(c7\d?@example\.org)","status":"failed","attempts":1,"message_id":"<([^"]+)>","reply":"552 5\.2\.2 hộp thư đầy"`).FindAllStringSubmatch(out, -1)
	if len(failed) != 11 || refused.Load() != 11 {
		t.Fatalf("%d failed, %d were refused:\n%s", len(failed), refused.Load(), out)
	}
	full.Store(false)
	f.ok("editions", "retry", "--failed", "hang-tuan-1")
	until(t, "the failed ones are sent", done)
	d.stop()
	if out := f.ok("editions", "list"); !strings.Contains(out, "xong: 1 tin; 123 đã gửi, 0 còn chờ, 0 hỏng, 0 bỏ qua") {
		t.Error(out)
	}
	ids := map[string]string{}
	for _, m := range server.Messages() {
		_, rest, _ := bytes.Cut(m.Data, []byte("Message-ID: <"))
		id, _, _ := bytes.Cut(rest, []byte(">"))
		if ids[m.To] != "" {
			t.Errorf("%s got it twice", m.To)
		}
		ids[m.To] = string(id)
	}
	for _, m := range failed {
		if ids[m[1]] != m[2] {
			t.Errorf("%s got it under %q, and was refused it under %q", m[1], ids[m[1]], m[2])
		}
	}
}

// Outside its hours nothing goes out, and the command does not wait for them.
func TestSendOutsideTheHours(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	yaml := func(from, to time.Duration) string {
		now := time.Now().UTC()
		hours := now.Add(from).Format("15:04") + "-" + now.Add(to).Format("15:04")
		return strings.Replace(mailYAML(server.Port(), noTLS), `MON"}`, fmt.Sprintf(`MON", timezone: UTC, between: %q}`, hours), 1)
	}
	f := mailFolder(t, yaml(3*time.Hour, 4*time.Hour))
	start := time.Now()
	f.fails(1, []string{"3 thư còn chờ đến "}, "digest", "send", "hang-tuan")
	if took := time.Since(start); took > 5*time.Minute { // it delivers for ten where there is something to do
		t.Errorf("it waited %s", took)
	}
	if out := f.ok("editions", "list"); !strings.Contains(out, "chờ gửi, gửi tiếp lúc ") {
		t.Error(out)
	}
	f.fails(1, []string{"3 messages wait until "}, "digest", "send", "hang-tuan", "--lang", "en")
	// Other hours in the YAML are for the editions to come.
	f.write("bantin.yaml", yaml(-time.Hour, time.Hour))
	f.fails(1, []string{"3 thư còn chờ đến "}, "digest", "send", "hang-tuan")
	f.ok("editions", "cancel", "hang-tuan-1")
	if out := f.ok("digest", "send", "hang-tuan"); !strings.Contains(out, "hang-tuan-2") || !strings.Contains(out, "3 đã gửi") {
		t.Error(out)
	}
}

// On a terminal one line moves, with the rate and the time left; into a file
// nothing does.
func TestProgress(t *testing.T) {
	t.Parallel()
	script, err := exec.LookPath("script")
	if err != nil {
		testneed.Skip(t, "script (Debian: bsdutils)")
	}
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Data {
			time.Sleep(40 * time.Millisecond)
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), noTLS))
	f.crowd(100)
	e := f.end(exec.Command(script, "-qec", "bantin digest send hang-tuan --due 2026-11-23T07:00 --lang en", "/dev/null"))
	line := regexp.MustCompile(`\r\x1b\[Khang-tuan-1: \d+ of 103 messages, \d+\.\d a second, \ds left`)
	if e.status != 0 || !line.MatchString(e.out) || !strings.Contains(e.out, "\r\x1b[Khang-tuan-1  ") {
		t.Errorf("status %d: %q", e.status, e.out)
	}
	f.write("bulletins/hue.md", "---\ntitle: Huế mở thư viện xã\ndate: 2026-11-24\n---\n\nThành phố Huế mở thêm mười hai thư viện xã cho con em vùng đầm phá.\n")
	f.ok("collect")
	if e := f.bantin("digest", "send", "hang-tuan"); e.status != 0 || e.err != "" {
		t.Errorf("status %d: %q", e.status, e.err)
	}
}

func TestSpeed(t *testing.T) {
	at := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	var s speed
	if _, ok := s.left(100); ok {
		t.Error("it knows before it has seen anything")
	}
	for i := range 61 { // ten a second, then nothing for long
		s.add(at.Add(time.Duration(i)*time.Second), int64(10*i))
	}
	if d, ok := s.left(300); !ok || d != 30*time.Second || s.perSecond() != 10 {
		t.Errorf("%v %v, %.1f a second", d, ok, s.perSecond())
	}
	if len(s.seen) > 25 {
		t.Errorf("it remembers %d marks", len(s.seen))
	}
	for i := range 30 {
		s.add(at.Add(time.Duration(61+i)*time.Second), 600)
	}
	if d, ok := s.left(300); ok {
		t.Errorf("%v left where nothing moves", d)
	}
}
