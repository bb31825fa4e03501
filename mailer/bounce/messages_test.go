package bounce_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"bantin/internal/cost"
	"bantin/mailer/bounce"
)

// archive gives the messages of testdata and what each means.
func archive(t testing.TB) (messages map[string][]byte, want map[string]string) {
	t.Helper()
	a, err := txtar.ParseFile("testdata/messages.txtar")
	if err != nil {
		t.Fatal(err)
	}
	messages, want = map[string][]byte{}, map[string]string{}
	for _, f := range a.Files {
		messages[strings.TrimSuffix(f.Name, ".eml")] = f.Data
	}
	_, list, _ := strings.Cut(string(a.Comment), "\n\n")
	for line := range strings.SplitSeq(strings.TrimSpace(list), "\n") {
		name, meaning, _ := strings.Cut(line, " ")
		want[name] = meaning
	}
	return messages, want
}

// meaning writes a report as the archive does.
func meaning(r *bounce.Classification) string {
	var list []string
	for _, one := range r.Recipients {
		address := one.Address
		if address == "" {
			address = "-"
		}
		list = append(list, strings.Join([]string{string(one.Kind), string(one.Reason), address}, " "))
	}
	return strings.Join(list, "; ")
}

// TestMessages reads messages of many systems, in lines of Unix and of mail.
func TestMessages(t *testing.T) {
	messages, want := archive(t)
	got := map[string]string{}
	for name, raw := range messages {
		got[name] = meaning(bounce.Classify(raw))
		if crlf := meaning(bounce.Classify(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")))); crlf != got[name] {
			t.Errorf("%s: with CRLF it means %s, with LF %s", name, crlf, got[name])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestOriginal finds what tells a bounce of our mail from others.
func TestOriginal(t *testing.T) {
	messages, _ := archive(t)
	for name, want := range map[string]bounce.Original{
		"exim":         {MessageID: "<a1b2@bantin.hoi.example>", To: []string{"lan.phutho@example.org"}, Envelope: "bantin@hoi.example"},
		"smtputf8":     {MessageID: "<c3d4@bantin.hoi.example>", To: []string{"hội.viên@khuyếnhọc.example"}},
		"arf-redacted": {MessageID: "<e5f6@bantin.hoi.example>"},
		"x-failed":     {MessageID: "<e5f6@bantin.hoi.example>"},
		"arf":          {From: "bantin@hoi.example", To: []string{"lan.phutho@example.org"}, Envelope: "bantin+abc.delivery.def@hoi.example"},
	} {
		if diff := cmp.Diff(want, bounce.Classify(messages[name]).Original); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestMailbox reads several messages out of one file.
func TestMailbox(t *testing.T) {
	messages, want := archive(t)
	var file bytes.Buffer
	for _, name := range []string{"qmail", "vacation", "german"} {
		file.WriteString("From MAILER-DAEMON  Mon Apr 20 07:00:00 2026\n")
		file.Write(messages[name])
		file.WriteString("\n")
	}
	var got []string
	for r, err := range bounce.ReadAll(&file) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, meaning(r))
	}
	if diff := cmp.Diff([]string{want["qmail"], want["vacation"], want["german"]}, got); diff != "" {
		t.Error(diff)
	}
}

// TestHuge reads the beginning of a message that has no end worth waiting for.
func TestHuge(t *testing.T) {
	begin := notification("lan@example.org", "failed", "5.1.1", "550 5.1.1 User unknown")
	const size = 50 << 20
	body := &counted{r: io.LimitReader(zeros{}, size)}
	r, err := bounce.Read(io.MultiReader(strings.NewReader(begin), body))
	if err != nil {
		t.Fatal(err)
	}
	if got := meaning(r); got != "hard user-unknown lan@example.org" || !r.Truncated {
		t.Errorf("got %s, truncated %v", got, r.Truncated)
	}
	if body.n > bounce.MaxMessageBytes+1 {
		t.Errorf("%d bytes of %d were read", body.n, size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// TestDeep bounds what is nested and what is many.
func TestDeep(t *testing.T) {
	var deep strings.Builder
	for range 5000 {
		deep.WriteString("Content-Type: multipart/mixed; boundary=b\n\n--b\n")
	}
	deep.WriteString("From: mailer-daemon@example.net\n")
	bounce.Classify([]byte(deep.String()))

	many := "From: mailer-daemon@example.net\nSubject: failure notice\n\n" + strings.Repeat("<lan@example.org>: 550 User unknown\n<a@b.example>:\n", 20000)
	if got := len(bounce.Classify([]byte(many)).Recipients); got != 2 {
		t.Errorf("%d recipients, want 2", got)
	}
	var wide strings.Builder
	wide.WriteString("From: mailer-daemon@example.net\nSubject: failure notice\nContent-Type: message/delivery-status\n\n")
	for i := range 3000 {
		wide.WriteString("Final-Recipient: rfc822; a" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + "@example.org\nAction: failed\nStatus: 5.1.1\n\n")
	}
	if got := len(bounce.Classify([]byte(wide.String())).Recipients); got > 500 {
		t.Errorf("%d recipients of one message", got)
	}
}

// costly is what is made to take long, n times as much of it for each n.
func costly(n int) map[string]string {
	head := "From: mailer-daemon@example.net\nSubject: failure notice\n"
	return map[string]string{
		"addresses":  head + "To: " + strings.Repeat("lan@example.org, hoa@example.org,", 30*n) + "\n\n" + strings.Repeat(strings.Repeat("<a@b.example>: ", 60)+"\n", 9*n),
		"at signs":   head + "\n" + strings.Repeat("\"@", 4_000*n),
		"long line":  head + "\n" + strings.Repeat("a", 10_000*n) + "@b",
		"wordings":   head + "\n" + strings.Repeat("mailbox user account over ip ", 300*n),
		"choices":    head + "\n<lan@example.org>: 550 user unknown " + strings.Repeat("user unknown or ", 500*n),
		"names":      head + "\n<lan@example.org>: 550 host unknown " + strings.Repeat("a.example.net ", 500*n),
		"boundaries": head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n", 1_500*n),
		"fields":     head + "Content-Type: message/delivery-status\n\n" + strings.Repeat("Status: 5.1.1\n", 700*n),
		"folded":     head + "X-A: a" + strings.Repeat("\n a", 3_000*n),
	}
}

// TestCostly reads it to its end, as far as that is read.
func TestCostly(t *testing.T) {
	for name, raw := range costly(100) {
		if report := bounce.Classify([]byte(raw)); len(report.Recipients) == 0 {
			t.Errorf("%s: no answer", name)
		}
	}
}

// How the cost of what is made to take long grows: four times as much of it
// against once, where four is in proportion.
func BenchmarkCostly(b *testing.B) {
	once, fourTimes := costly(25), costly(100)
	for name := range once {
		b.Run(name, func(b *testing.B) {
			var short, long time.Duration
			for b.Loop() {
				start := time.Now()
				bounce.Classify([]byte(once[name]))
				short += time.Since(start)
				start = time.Now()
				bounce.Classify([]byte(fourTimes[name]))
				long += time.Since(start)
			}
			b.ReportMetric(float64(long)/float64(short), "x-four-times-as-much")
		})
	}
}

func FuzzClassify(f *testing.F) {
	messages, _ := archive(f)
	for _, raw := range messages {
		f.Add(raw)
	}
	f.Add([]byte("From: mailer-daemon\x00@example.org\n\n\xff\xfe<lan@example.org>: h\x00\xf4p th\x00\xc6 đầy"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r *bounce.Classification
		cost.Within(t, len(raw), func() { r = bounce.Classify(raw) })
		if len(r.Recipients) == 0 || len(r.Recipients) > 500 {
			t.Fatalf("%d recipients", len(r.Recipients))
		}
		for _, one := range r.Recipients {
			if one.Reason.Words().EN == "" || one.Kind.Words().EN == "" || one.Because.Rule.VI == "" {
				t.Errorf("nothing to say: %+v", one)
			}
			if one.Kind == bounce.Hard && one.Reason.AboutSender() {
				t.Errorf("a reason about us is hard: %+v", one)
			}
			if strings.ContainsAny(one.Diagnostic+one.Address+r.Subject, "\r\n\x00") {
				t.Errorf("a line break or a null: %+v", one)
			}
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for name, original := range map[string]string{"1KB": "", "50KB": strings.Repeat("Bản tin khuyến học: hộp thư đầy.\r\n", 1400)} {
		raw := []byte(strings.Replace(notification("lan@example.org", "failed", "5.1.1", "550 5.1.1 User unknown"), "--b1--", original+"--b1--", 1))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				bounce.Classify(raw)
			}
		})
	}
}

// BenchmarkMemory classifies 100,000 messages, each another, and gives what lives in the
// heap then beside what lived there after the first thousand.
func BenchmarkMemory(b *testing.B) {
	live := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	messages := 100_000
	if testing.Short() {
		messages = 2_000
	}
	for b.Loop() {
		var first float64
		for i := range messages {
			address := fmt.Sprintf("lan%d@phutho%d.example", i, i%1000)
			bounce.Classify([]byte(notification(address, "failed", "5.1.1", fmt.Sprintf("550 5.1.1 <%s> User unknown, ticket %d", address, i))))
			if i == 999 {
				first = live()
			}
		}
		b.ReportMetric(live()/first, "x-first-1000")
		b.ReportMetric(live()/(1<<20), "MiB")
	}
}

// A message of twice the length costs at most about twice as much, whatever is in it.
func TestClassifyIsLinear(t *testing.T) {
	status := notification("lan@example.org", "failed", "5.1.1", "550 5.1.1 User unknown")
	for _, piece := range []string{"Final-Recipient: rfc822; a@b.vn\nAction: failed\nStatus: 5.1.1\n\n", "<a@b.vn>: 550 user unknown\n", "> ", "--b1\n", "a@b.vn ", "550 5.1.1 ", "x"} {
		for _, before := range []string{"From: mailer-daemon@example.org\nSubject: Undelivered\n\n", strings.Replace(status, "--b1--", "", 1)} {
			cost.Linear(t, before, piece, "\n--b1--\n", 50_000, func(text string) { bounce.Classify([]byte(text)) })
		}
	}
}
