package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"bantin/internal/testneed"

	"bantin/internal/freeport"
)

// hubLog is a WebSub hub that counts how often it was told of each address.
type hubLog struct {
	*httptest.Server
	mu   sync.Mutex
	told map[string]int
}

func newHubLog(t *testing.T) *hubLog {
	h := &hubLog{told: map[string]int{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.FormValue("hub.mode") == "publish" {
			h.mu.Lock()
			h.told[r.FormValue("hub.url")]++
			h.mu.Unlock()
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hubLog) times() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.told)
}

// A file that came to rest in the folder is told to the hub, once for each feed
// it is in and not again after a restart, and its static copies follow, packed
// ones too. How soon is measured by BenchmarkTold of package publish.
func TestHubAndExportOfDaemon(t *testing.T) {
	t.Parallel()
	hub := newHubLog(t)
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML + "websub: [" + hub.URL + "]\nexport: cong-khai\n",
		"bulletins/phu-tho.md": phuTho,
	})
	f.ok("collect") // else the hub is told of an empty feed first
	d := f.start()
	topics := []string{"https://bantin.example.org/feeds/tat-ca.atom", "https://bantin.example.org/feeds/tat-ca.json", "https://bantin.example.org/feeds/tat-ca.rss"}
	told := func(of string, n int) {
		t.Helper()
		until(t, "the hub is told of "+of, func() bool {
			times := hub.times()
			return !slices.ContainsFunc(topics, func(topic string) bool { return times[topic] < n })
		})
	}
	told("the first bulletin", 1)
	if body := d.get("/feeds/tat-ca.atom").body; !strings.Contains(body, "Phú Thọ tổng kết") {
		t.Errorf("the hub is told of what is not there:\n%s", body)
	}
	if link := d.get("/feeds/tat-ca.atom").header.Get("Link"); link != "<"+hub.URL+`>; rel="hub", <`+topics[0]+`>; rel="self"` {
		t.Errorf("Link: %s", link)
	}
	f.write("bulletins/can-tho.md", "# Cần Thơ đón ghe sách\n\nGhe sách đến với học sinh.\n")
	told("the second bulletin", 2)
	until(t, "the copy is there", func() bool {
		return f.has("cong-khai/feeds/tat-ca.atom", "Cần Thơ đón ghe sách") && f.has("cong-khai/feeds/tat-ca.atom.br", "")
	})
	until(t, "what the hub was told is noted", func() bool {
		return query(t, f.path("var/bantin.db"), `SELECT COUNT(*) FROM hub_topics WHERE told <> modified`) == 0
	})
	d.stop()
	again := f.start()
	f.write("bulletins/an-giang.md", "# An Giang mở lớp xoá mù chữ\n\nLớp học ban đêm ở biên giới.\n")
	told("the third bulletin", 3)
	again.stop()
	for _, topic := range topics {
		if n := hub.times()[topic]; n != 3 {
			t.Errorf("the hub was told %d times of %s, of three changes", n, topic)
		}
	}
}

// has reports whether a file is there and holds part.
func (f *folder) has(name, part string) bool {
	text, err := os.ReadFile(f.path(name))
	return err == nil && strings.Contains(string(text), part)
}

// A hub that is not there and a folder that cannot be are told, and nothing else.
func TestDaemonGoesOnWithoutHubAndExport(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML + "websub: [\"http://" + freeport.Address(t) + "\"]\nexport: tep/cong-khai\n",
		"bulletins/phu-tho.md": phuTho,
		"tep":                  "",
	})
	d := f.start()
	until(t, "the bulletin is served", func() bool { return strings.Contains(d.get("/feeds/tat-ca.rss").body, "Phú Thọ tổng kết") })
	until(t, "both are told", func() bool {
		log := d.log.String()
		return strings.Contains(log, "feed export failed") && strings.Contains(log, "hub notification failed")
	})
	d.stop()
}

// A disk that is full, or can only be read, leaves the last export as it was.
func TestExportToFullDisk(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	f.ok("collect")
	const mount = "mkdir cong-khai; mount -t tmpfs -o size=256k tmpfs cong-khai; "
	if f.end(exec.Command("unshare", "-rm", "sh", "-ec", mount)).status != 0 {
		testneed.Skip(t, "a kernel that lets one mount a small disk in a namespace of one's own")
	}
	const list = `(cd cong-khai; find . -type f ! -name .bantin-lock -exec cksum {} + | sort -k3)`
	e := f.end(exec.Command("unshare", "-rm", "sh", "-ec", strings.TrimPrefix(mount, "mkdir cong-khai; ")+`
		bantin feeds export cong-khai >&2
		`+list+` >truoc
		printf '# Cần Thơ đón ghe sách\n\n%s\n' "$(head -c 20000 /dev/urandom | base64 -w 60)" >bulletins/can-tho.md
		bantin collect >&2
		dd if=/dev/zero of=cong-khai/day bs=1k 2>/dev/null || true
		if bantin feeds export cong-khai; then exit 9; fi
		rm cong-khai/day; `+list+` >day
		mount -o remount,ro cong-khai
		if bantin feeds export cong-khai; then exit 9; fi
		`+list+` >chi-doc
		mount -o remount,rw,size=2m cong-khai
		bantin feeds export cong-khai; `+list+` >sau`))
	if e.status != 0 || !strings.Contains(e.err, "Ổ đĩa đã đầy") || !strings.Contains(e.err, "Ổ đĩa này chỉ đọc được") {
		t.Fatalf("status %d\n%s%s", e.status, e.out, e.err)
	}
	before := f.read("truoc")
	if f.read("day") != before || f.read("chi-doc") != before {
		t.Errorf("before:\n%s\nfull:\n%s\nread-only:\n%s", before, f.read("day"), f.read("chi-doc"))
	}
	if f.read("sau") == before {
		t.Error("when there was room again nothing was written")
	}
}

// A backfill beside the daemon: what it brings stands behind the feeds at once,
// and in the static copies of what leads there; the hub hears of that alone.
func TestBackfillBesideDaemon(t *testing.T) {
	t.Parallel()
	hub := newHubLog(t)
	f := newFolder(t, map[string]string{
		"bantin.yaml": strings.Replace(daemonYAML, "}]\nfeeds:", "}, {id: kho, kind: folder, path: kho}]\nfeeds:", 1) +
			"websub: [" + hub.URL + "]\nexport: cong-khai\n",
		"bulletins/phu-tho.md": phuTho,
		"kho/nam-2015.md":      "---\ndate: 2015-03-10\n---\n# Phú Thọ năm 2015\n\nHội Khuyến học tỉnh Phú Thọ trao học bổng cho học sinh nghèo.\n",
	})
	f.ok("collect", "van-phong")
	d := f.start()
	const atom = "https://bantin.example.org/feeds/tat-ca.atom"
	until(t, "the hub is told of the feed", func() bool { return hub.times()[atom] == 1 })
	f.ok("collect", "kho", "--since", "2015-01-01")
	until(t, "the feed leads to the month", func() bool {
		return strings.Contains(d.get("/feeds/tat-ca.atom").body, `/feeds/tat-ca/archive/2015-03.atom" rel="prev-archive"`)
	})
	if p := d.get("/feeds/tat-ca/archive/2015-03.json"); p.status != http.StatusOK || !strings.Contains(p.body, "Phú Thọ năm 2015") {
		t.Errorf("the month: %d\n%s", p.status, p.body)
	}
	if strings.Contains(d.get("/feeds/tat-ca.json").body, "Phú Thọ năm 2015") {
		t.Error("history stands among the news")
	}
	until(t, "the hub is told that the feed leads there", func() bool { return hub.times()[atom] == 2 })
	until(t, "the static copies lead there", func() bool {
		return f.has("cong-khai/feeds/tat-ca/archive/2015-03.rss", "Phú Thọ năm 2015") && f.has("cong-khai/feeds/tat-ca.rss", "archive/2015-03.rss")
	})
	for topic, times := range hub.times() {
		if strings.Contains(topic, "archive") || times > 2 {
			t.Errorf("the hub is told of %s %d times", topic, times)
		}
	}
	d.stop()
}
