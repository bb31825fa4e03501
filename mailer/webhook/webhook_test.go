package webhook

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/internal/cost"
	"bantin/mailer"
)

// testNow is the time of the payloads in testdata.
func testNow() time.Time { return time.Unix(1796000100, 0) }

func payload(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Each event means what its line says, and gives back what our mail carried.
func TestVerdicts(t *testing.T) {
	text, err := os.ReadFile("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		seen++
		provider, _, _ := strings.Cut(f[0], "-")
		report := Classify(provider, payload(t, f[0]))
		r := report.Recipients[0]
		if string(r.Kind) != f[1] || string(r.Reason) != f[2] || r.Delayed != (len(f) > 3) || report.Kind != r.Kind {
			t.Errorf("%s: %s %s, delayed %v; want %v", f[0], r.Kind, r.Reason, r.Delayed, f[1:])
		}
		if f[2] != "not-a-bounce" && r.Address != "lan@phutho.example" {
			t.Errorf("%s: about %q", f[0], r.Address)
		}
		if tag := report.Original.Tag; tag != "aaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbb-ccccccccccc" || !mailer.IsMessageID(report.Original.MessageID) {
			t.Errorf("%s: gives back %q, %q", f[0], tag, report.Original.MessageID)
		}
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != seen {
		t.Errorf("%d payloads and %d verdicts (%v)", len(files), seen, err)
	}
}

// A provider's event is about us where the words name us.
func TestOurNames(t *testing.T) {
	event := []byte(`{"event":"hard_bounce","email":"lan@phutho.example","reason":"550 5.1.1 bantin@example.org: user unknown"}`)
	if r := Classify("brevo", event, "bantin@example.org").Recipients[0]; r.Kind != "soft" {
		t.Errorf("%+v", r)
	}
}

func TestRelays(t *testing.T) {
	for host, want := range map[string]string{
		"email-smtp.ap-southeast-1.amazonaws.com": "ses",
		"Email-SMTP.us-east-1.amazonaws.com.":     "ses",
		"ec2-192-0-2-1.compute.amazonaws.com":     "",
		"smtp.mailgun.org":                        "mailgun",
		"smtp.eu.mailgun.org":                     "mailgun",
		"smtp-relay.brevo.com":                    "brevo",
		"smtp.example.org":                        "",
		"mailgun.org.example.org":                 "",
	} {
		if kind := KindOfRelay(host); kind.Name != want {
			t.Errorf("%s: %q, want %q", host, kind.Name, want)
		}
	}
}

// Each header has the tag, in a line that no server folds.
func TestHeaders(t *testing.T) {
	for _, k := range Kinds() {
		tagged := 0
		for _, h := range k.Headers("bantin") {
			tagged += strings.Count(h.Value, mailer.ProviderTagPlaceholder)
			if len(h.Name)+2+len(h.Value) > 998 || strings.ContainsAny(h.Value, "\r\n") {
				t.Errorf("%s: %v", k.Name, h)
			}
		}
		if tagged != 1 {
			t.Errorf("%s: %d tags", k.Name, tagged)
		}
	}
}

// FuzzOpen: whatever comes, nothing panics, and what is opened can be read again.
func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte("[" + compact.String() + "]"))
	}
	hook, err := newBrevo(Options{Secret: brevoSecret, Now: testNow})
	if err != nil {
		f.Fatal(err)
	}
	header := http.Header{"Authorization": {"Bearer " + brevoSecret}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var events []Event
		var err error
		cost.Within(t, len(body), func() { events, err = hook.Open(t.Context(), header, body) })
		if err != nil && len(events) > 0 {
			t.Fatal("events beside an error")
		}
		for _, e := range events {
			Classify(e.Provider, e.JSON)
		}
		for _, k := range Kinds() {
			if report := k.Classify(body); len(report.Recipients) == 0 {
				t.Fatalf("%s: no verdict", k.Name)
			}
		}
	})
}
