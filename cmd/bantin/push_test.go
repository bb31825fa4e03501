package main

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// A file that came to rest in the folder is told to the hub within a second of
// being read, and its static copies follow, packed ones too.
func TestHubAndExportOfDaemon(t *testing.T) {
	t.Parallel()
	var told sync.Map // address: when
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.FormValue("hub.mode") == "publish" {
			told.Store(r.FormValue("hub.url"), time.Now())
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer hub.Close()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML + "websub: [" + hub.URL + "]\nexport: cong-khai\n",
		"bulletins/phu-tho.md": phuTho,
	})
	d := f.start()
	const topic = "https://bantin.example.org/feeds/tat-ca.atom"
	hears := func() bool { _, ok := told.Load(topic); return ok }
	until(t, "the hub is told of the first bulletin", func() bool {
		return hears() && strings.Contains(d.get("/feeds/tat-ca.atom").body, "Phú Thọ tổng kết")
	})
	if link := d.get("/feeds/tat-ca.atom").header.Get("Link"); link != "<"+hub.URL+`>; rel="hub", <`+topic+`>; rel="self"` {
		t.Errorf("Link: %s", link)
	}
	time.Sleep(300 * time.Millisecond)
	told.Clear()
	f.write("bulletins/can-tho.md", "# Cần Thơ đón ghe sách\n\nGhe sách đến với học sinh.\n")
	var served time.Time
	until(t, "the second bulletin is served", func() bool {
		served = time.Now()
		return strings.Contains(d.get("/feeds/tat-ca.atom").body, "Cần Thơ đón ghe sách")
	})
	until(t, "the hub is told of it", hears)
	if at, _ := told.Load(topic); at.(time.Time).Sub(served) > time.Second {
		t.Errorf("the hub was told after %v", at.(time.Time).Sub(served))
	}
	until(t, "the copy is there", func() bool {
		return f.has("cong-khai/feeds/tat-ca.atom", "Cần Thơ đón ghe sách") && f.has("cong-khai/feeds/tat-ca.atom.br", "") && f.has("cong-khai/bantin.nginx.conf", hub.URL)
	})
	d.stop()
	again := f.start()
	told.Clear()
	time.Sleep(1200 * time.Millisecond)
	told.Range(func(topic, _ any) bool { t.Errorf("after a restart the hub is told of %v again", topic); return true })
	again.stop()
}

// has reports whether a file is there and holds part.
func (f *folder) has(name, part string) bool {
	text, err := exec.Command("cat", f.path(name)).Output()
	return err == nil && strings.Contains(string(text), part)
}

// A hub that is not there and a folder that cannot be are told, and nothing else.
func TestDaemonGoesOnWithoutHubAndExport(t *testing.T) {
	t.Parallel()
	away := httptest.NewServer(nil)
	away.Close()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML + "websub: [" + away.URL + "]\nexport: tep/cong-khai\n",
		"bulletins/phu-tho.md": phuTho,
		"tep":                  "",
	})
	d := f.start()
	until(t, "the bulletin is served", func() bool { return strings.Contains(d.get("/feeds/tat-ca.rss").body, "Phú Thọ tổng kết") })
	until(t, "both are told", func() bool {
		log := d.log.String()
		return strings.Contains(log, "the static copies of the feeds stay as they were") && strings.Contains(log, "a hub cannot be told")
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
		t.Skip("this kernel lets nobody mount a small disk in a namespace of his own; package publish tests what remains")
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
