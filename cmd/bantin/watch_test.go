package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bantin/internal/freeport"
	"bantin/internal/testneed"
)

// metricNames are the names of all metrics that there are.
func metricNames() map[string]bool {
	names := map[string]bool{"bantin_smtp_replies_total": true, "bantin_config_last_reload_successful": true, "bantin_config_last_reload_success_timestamp_seconds": true}
	for name := range descriptions() {
		names["bantin_"+name] = true
	}
	return names
}

var metricName = regexp.MustCompile(`\bbantin_\w+`)

// The rules fire when they should and not when all is well, as promtool judges, and look
// at metrics that there are.
func TestRules(t *testing.T) {
	t.Parallel()
	rules, cases := service(t, "alerts.yaml"), service(t, "alerts_test.yaml")
	known := metricNames()
	for _, name := range metricName.FindAllString(rules+cases, -1) {
		if !known[name] {
			t.Errorf("examples/service/alerts.yaml looks at %s, which there is not", name)
		}
	}
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(rules, -1) {
		for _, fires := range []string{"alertname: " + m[1] + "\n", "alertname: " + m[1] + ", exp_alerts: []"} {
			if !strings.Contains(cases, fires) {
				t.Errorf("alerts_test.yaml has no case with %q", fires)
			}
		}
	}
	promtool := testneed.Program(t, "promtool")
	cmd := exec.Command(promtool, "test", "rules", "alerts_test.yaml")
	cmd.Dir = filepath.Join("..", "..", "examples", "service")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// The dashboard looks at metrics that there are, and at nearly all of them. No two panels
// lie on each other.
func TestDashboard(t *testing.T) {
	t.Parallel()
	board := dashboard(t)
	known, shown := metricNames(), map[string]bool{}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.Title == "" || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %d %q", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, is := taken[[2]int{x, y}]; is || x >= 24 {
					t.Fatalf("%q lies on %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				shown[name] = true
				if !known[name] {
					t.Errorf("%q looks at %s, which there is not", p.Title, name)
				}
			}
		}
	}
	for name := range known {
		switch name {
		case "bantin_edition_due_timestamp_seconds", "bantin_edition_unaccounted", "bantin_disk_free_bytes", "bantin_config_last_reload_success_timestamp_seconds":
			continue
		}
		if !shown[name] {
			t.Errorf("%s is not on the dashboard", name)
		}
	}
}

// board is what a test reads of a dashboard.
type board struct {
	Panels []struct {
		ID      int
		Title   string
		Type    string
		GridPos struct{ X, Y, W, H int }
		Targets []struct{ Expr string }
	}
}

func dashboard(t *testing.T) (b board) {
	t.Helper()
	if err := json.Unmarshal([]byte(service(t, "dashboard.json")), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// Where there is trouble of each kind, every panel shows something: a real Prometheus
// reads a daemon and answers what the panels ask.
func TestDashboardOnPrometheus(t *testing.T) {
	t.Parallel()
	prometheus := testneed.Program(t, "prometheus")
	f := newFolder(t, map[string]string{
		"bantin.yaml": strings.NewReplacer(`"127.0.0.1:0"`, `"127.0.0.1:0", metrics: "127.0.0.1:0"`,
			"sources: [", `sources: [{id: lien-ket, kind: feed, url: "http://127.0.0.1:1/rss", schedule: "@every 1s"}, `).Replace(daemonYAML) +
			"smtp: {host: 127.0.0.1, port: 1, tls: none, from: bantin@example.org}\nalarm: {command: [/bin/true], after: 1s}\n",
		"bulletins/phu-tho.md": phuTho,
		"khach.csv":            "email\nlan@example.org\n",
	})
	f.fails(1, nil, "collect")
	f.ok("contacts", "import", "khach.csv")
	f.ok("suppressions", "add", "hoa@example.org")
	f.fails(1, nil, "digest", "send", "hang-tuan", "--wait", "1s")
	f.hasReturned("lan@example.org", "hang-tuan-1")
	f.ok("deliveries", "hold")
	d := f.start()
	d.scraper()
	metrics := regexp.MustCompile(`address=http://(127[^ \n]*)/metrics`).FindStringSubmatch(d.log.String())[1]
	address, config := freeport.Address(t), f.path("prometheus.yaml")
	if err := os.WriteFile(config, []byte("global: {scrape_interval: 1s}\nscrape_configs: [{job_name: bantin, static_configs: [{targets: ['"+metrics+"']}]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(prometheus, "--config.file="+config, "--storage.tsdb.path="+t.TempDir(), "--web.listen-address="+address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	for _, panel := range dashboard(t).Panels {
		for _, target := range panel.Targets {
			expr := strings.NewReplacer("$instance", ".*", "$job", ".*", "5m", "10s").Replace(target.Expr)
			until(t, fmt.Sprintf("%q shows something for %s", panel.Title, expr), func() bool {
				resp, err := http.Get("http://" + address + "/api/v1/query?query=" + url.QueryEscape(expr))
				if err != nil {
					return false // it is starting
				}
				defer resp.Body.Close()
				var answer struct {
					Error string
					Data  struct{ Result []json.RawMessage }
				}
				if err := json.NewDecoder(resp.Body).Decode(&answer); err == nil && answer.Error != "" && resp.StatusCode == http.StatusBadRequest {
					t.Fatalf("%s: %s", expr, answer.Error)
				}
				return len(answer.Data.Result) > 0
			})
		}
	}
	d.stop()
}

// docs/watch.md names each metric.
func TestMetricsAreDescribed(t *testing.T) {
	page := docsPage(t, "watch.md")
	for name := range metricNames() {
		if !strings.Contains(page, "`"+name) {
			t.Errorf("docs/watch.md does not describe %s", name)
		}
	}
	for _, name := range regexp.MustCompile("`(bantin_\\w+)").FindAllStringSubmatch(page, -1) {
		if !metricNames()[name[1]] {
			t.Errorf("docs/watch.md describes %s, which there is not", name[1])
		}
	}
}
