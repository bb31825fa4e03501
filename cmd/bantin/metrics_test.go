package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"bantin/store"
)

// scraper finds where a daemon tells its metrics, and gives what reads them.
func (d *daemon) scraper() func() string {
	d.t.Helper()
	var address string
	until(d.t, "it says where", func() bool {
		m := regexp.MustCompile(`address=(http://127[^ \n]*/metrics)`).FindStringSubmatch(d.log.String())
		if m != nil {
			address = m[1]
		}
		return m != nil
	})
	return func() string {
		resp, err := http.Get(address)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
}

// Prometheus is told what a daemon knows, on an address of its own, also after
// a reload.
func TestMetrics(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          strings.Replace(daemonYAML, `"127.0.0.1:0"`, `"127.0.0.1:0", metrics: "127.0.0.1:0"`, 1),
		"bulletins/phu-tho.md": phuTho,
		"khach.csv":            "email,tỉnh\nanh@example.org,Phú Thọ\n",
	})
	f.ok("collect")
	f.ok("contacts", "import", "khach.csv")
	f.ok("digest", "send", "hang-tuan")
	f.ok("backup", f.path("sao.db"))
	d := f.start()
	scrape := d.scraper()
	version := builtFrom().Version
	if !strings.Contains(d.log.String(), "msg=starting version="+version+" ") || !strings.Contains(f.ok("version"), version) {
		t.Errorf("the first line of the log and the command do not say %s:\n%s", version, d.log)
	}
	for round := range 2 {
		until(t, "it is ready", func() bool { return strings.Contains(scrape(), "\nbantin_ready 1\n") })
		said := scrape()
		for _, want := range []string{
			`bantin_bulletins{of="listed"} 1`,
			"bantin_mailing_held 0", fmt.Sprintf(`version=%q} 1`, version),
			"bantin_clock_believed 1", "bantin_writable 1", "bantin_config_last_reload_successful 1",
			`bantin_task_failing{task="sources"} 0`, `bantin_task_last_success_timestamp_seconds{task="sources"}`,
			`bantin_task_last_success_timestamp_seconds{task="backup"}`,
			`bantin_digest_next_due_timestamp_seconds{digest="hang-tuan"}`, `bantin_smtp_replies_total{class="2xx"} 0`,
			`bantin_troubles{kind="source"} 0`, `bantin_relay_waiting{reason="relay"} 0`,
			`bantin_source_failing{source="van-phong"} 0`,
			`bantin_source_last_success_timestamp_seconds{source="van-phong"}`,
			`bantin_edition_deliveries{digest="hang-tuan",edition="hang-tuan-1",status="sent"} 1`,
			`bantin_edition_deliveries{digest="hang-tuan",edition="hang-tuan-1",status="failed"} 0`,
			`bantin_edition_unaccounted{digest="hang-tuan",edition="hang-tuan-1"} ` + fmt.Sprint(3*round),
			"process_resident_memory_bytes", "go_goroutines",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %s:\n%s", want, said)
			}
		}
		for name := range metricNames() {
			switch name {
			case "bantin_edition_held", "bantin_oldest_waiting_timestamp_seconds", "bantin_suppressions", "bantin_returned_messages":
				continue // nothing is held, waits or came back: TestMetricsOfTrouble
			}
			if !strings.Contains(said, "\n"+name) {
				t.Errorf("%s is not said", name)
			}
		}
		exec1(t, f.path("var/bantin.db"), `UPDATE editions SET recipients = 4`) // three are missing from now on
		d.hangUp()
		until(t, "it was read again, and answers all the while", func() bool {
			if said := scrape(); !strings.Contains(said, "bantin_ready") {
				t.Fatalf("in the midst of a reload it says:\n%s", said)
			}
			return strings.Count(d.log.String(), "read again") > round
		})
	}
	right := f.read("bantin.yaml")
	for i, taken := range []string{"0", "1"} {
		f.write("bantin.yaml", []string{right + "shedule: x\n", right}[i])
		d.hangUp()
		until(t, "it says whether the configuration was taken", func() bool {
			return strings.Contains(scrape(), "\nbantin_config_last_reload_successful "+taken+"\n")
		})
	}
	if page := d.get("/metrics"); page.status != http.StatusNotFound {
		t.Errorf("readers are given /metrics: %d", page.status)
	}
	d.stop()
}

// What is said only where something is held, waits, is suppressed or came back.
func TestMetricsOfTrouble(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml": strings.Replace(daemonYAML, `"127.0.0.1:0"`, `"127.0.0.1:0", metrics: "127.0.0.1:0"`, 1) +
			"smtp: {host: 127.0.0.1, port: 1, tls: none, from: bantin@example.org}\n",
		"bulletins/phu-tho.md": phuTho,
		"khach.csv":            "email\nlan@example.org\nminh@example.org\n",
	})
	f.ok("collect")
	f.ok("contacts", "import", "khach.csv")
	f.ok("suppressions", "add", "hoa@example.org")
	f.fails(1, nil, "digest", "send", "hang-tuan", "--wait", "1s")
	f.hasReturned("lan@example.org", "hang-tuan-1")
	d := f.start()
	scrape := d.scraper()
	says := func(list ...string) {
		t.Helper()
		for _, want := range list {
			line := regexp.MustCompile(`(?m)^` + want)
			until(t, "it says "+want, func() bool { return line.MatchString(scrape()) })
		}
	}
	says(`bantin_oldest_waiting_timestamp_seconds\{of="delivery"\} `, `bantin_suppressions\{origin="office"\} 1`, `bantin_returned_messages\{kind="soft"\} 1`,
		`bantin_edition_deliveries\{digest="hang-tuan",edition="hang-tuan-1",status="(queued|sending)"\} 2`, `bantin_relay_waiting\{reason="relay"\} 1`)
	f.ok("deliveries", "hold")
	says("bantin_mailing_held 1", `bantin_edition_held\{digest="hang-tuan",edition="hang-tuan-1",reason="person"\} 1`, `bantin_troubles\{kind="edition_held"\} `)
	d.stop()
}

// hasReturned stores that a message of an edition came back.
func (f *folder) hasReturned(address, edition string) {
	f.t.Helper()
	db, err := store.Open(f.t.Context(), f.path("var"), store.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Contacts().Get(f.t.Context(), address)
	if err != nil {
		f.t.Fatal(err)
	}
	e, err := db.Editions().Get(f.t.Context(), edition)
	if err != nil {
		f.t.Fatal(err)
	}
	r := store.Return{Message: "m", At: db.Now(), Contact: c.Key, Edition: e.Row, Address: c.Email, Kind: "soft", Reason: "mailbox-full", Proof: "verp", Done: store.DoneNoted}
	if _, err := db.Returns().Store(f.t.Context(), r, store.ReturnAction{}); err != nil {
		f.t.Fatal(err)
	}
}
