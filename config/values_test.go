package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of these tests, whatever the machine has

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/config"
)

func TestAllClusters(t *testing.T) {
	c, report := load(t, "site: {url: https://bantin.example.org}\nclusters: [{id: tay-bac, places: [phu-tho]}, {id: rieng, places: [Hà Nội]}]\n")
	if err := report.Err(); err != nil {
		t.Fatal(err)
	}
	places := map[string][]string{}
	for _, cluster := range c.AllClusters() {
		places[cluster.ID] = cluster.Places
	}
	if diff := cmp.Diff([]string{"phu-tho"}, places["tay-bac"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ha-noi"}, places["rieng"]); diff != "" {
		t.Error(diff)
	}
	if len(places["dong-bac"]) == 0 {
		t.Error("dong-bac, which is built in, is gone")
	}
}

func TestSchema(t *testing.T) {
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Schema     string `json:"$schema"`
		Closed     *bool  `json:"additionalProperties"`
		Properties map[string]struct {
			Description string
			Items       struct {
				Required   []string
				Properties map[string]struct {
					Enum    []string
					Pattern string
				}
			}
		}
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Schema != "https://json-schema.org/draft/2020-12/schema" || schema.Closed == nil || *schema.Closed {
		t.Errorf("%s %v", schema.Schema, schema.Closed)
	}
	if !strings.Contains(schema.Properties["feeds"].Description, "Atom") {
		t.Errorf("feeds: %q", schema.Properties["feeds"].Description)
	}
	digest := schema.Properties["digests"].Items
	if diff := cmp.Diff([]string{"id"}, digest.Required); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"once", "skip"}, digest.Properties["missed"].Enum); diff != "" {
		t.Error(diff)
	}
}

func TestRate(t *testing.T) {
	for text, want := range map[string]float64{"20/s": 20, "120/m": 2, "3600/h": 1, "86400/d": 1, "43200/d": 0.5} {
		r, err := config.ParseRate(text)
		if err != nil || r.PerSecond() != want || r.String() != text {
			t.Errorf("ParseRate(%q) = %v (%v a second), %v", text, r, r.PerSecond(), err)
		}
	}
	for _, bad := range []string{"", "20", "/s", "0/s", "-1/s", "20/w", "20/s/m", "1.5/s"} {
		if _, err := config.ParseRate(bad); err == nil {
			t.Errorf("ParseRate(%q) is content", bad)
		}
	}
}

func TestDurationString(t *testing.T) {
	for _, text := range []string{"90s", "15m", "24h", "31d"} {
		if d, err := config.ParseDuration(text); err != nil || d.String() != text {
			t.Errorf("ParseDuration(%q) = %v, %v", text, d, err)
		}
	}
}

// TestZonesOfTheReport keeps the report from proposing a zone that cannot be loaded.
func TestZonesOfTheReport(t *testing.T) {
	names, err := os.ReadFile("zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(names)) {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}

func TestTruthValues(t *testing.T) {
	load := func(feed string) (*config.Config, error) {
		file := filepath.Join(t.TempDir(), "bantin.yaml")
		if err := os.WriteFile(file, []byte("feeds:\n  - {id: tat-ca, "+feed+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, report := config.Load(file)
		return c, report.Err()
	}
	for text, want := range map[string]bool{"gone: true": true, "gone: false": false, "gone: null": false, "limit: 5": false} {
		if c, err := load(text); err != nil || c.Feeds[0].Gone != want || c.Feeds[0].Feed().Gone != want {
			t.Errorf("%s: gone %v (%v)", text, !want, err)
		}
	}
	for _, text := range []string{`gone: "true"`, "gone: 1", "gone: co", "gone: [true]"} {
		if _, err := load(text); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestDomains(t *testing.T) {
	c, report := load(t, "site: {url: 'https://bantin.example.org'}\nsmtp: {host: localhost, from: a@example.org, domains: {Gmail.com: {rate: 5/s}, yahoo.com.vn: {rate: 100/m}}}\n")
	if len(report.Problems) > 0 {
		t.Fatal(report.Problems)
	}
	want := config.Domains{{Name: "gmail.com", Rate: config.Rate{Count: 5, Per: time.Second}}, {Name: "yahoo.com.vn", Rate: config.Rate{Count: 100, Per: time.Minute}}}
	if diff := cmp.Diff(want, c.SMTP.Domains); diff != "" {
		t.Error(diff)
	}
	for bad, word := range map[string]string{
		"{gmail: {rate: 5/s}}":                             "is not a domain",
		"{gmail.com: {rate: 5/s}, Gmail.com: {rate: 6/s}}": "there twice",
		"{gmail.com: 5/s}":                                 "expected keys and values",
		"{gmail.com: {}}":                                  "\"rate\" is missing",
		"{gmail.com: }":                                    "has no limit",
		"{gmail.com: {rate: nhanh}}":                       "20/s",
		"[gmail.com]":                                      "domains and their limits",
		"{gmail.com: {rate: 5/s, connections: 2}}":         "unknown key",
	} {
		_, report := load(t, "site: {url: 'https://bantin.example.org'}\nsmtp: {host: localhost, from: a@example.org, domains: "+bad+"}\n")
		if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Message.EN+report.Problems[0].Hint.EN, word) {
			t.Errorf("%s: %v, want one problem with %q", bad, report.Problems, word)
		}
	}
}

// Levels may be named in Vietnamese, as in lists of contacts.
func TestLevelsInVietnamese(t *testing.T) {
	c, report := load(t, "site: {url: https://bantin.example.org}\ndigests: [{id: tuan, title: Tuần, schedule: \"@weekly\", audience: {levels: [Tỉnh, cấp huyện, hội  viên, central]}}]\n")
	if err := report.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bantin.Level{"province", "district", "member", "central"}, c.Digests[0].Audience.Levels); diff != "" {
		t.Error(diff)
	}
	if _, report := load(t, "site: {url: https://bantin.example.org}\ndigests: [{id: tuan, title: Tuần, schedule: \"@weekly\", audience: {levels: [phòng]}}]\n"); report.Err() == nil {
		t.Error("a level that is none is accepted")
	}
}
