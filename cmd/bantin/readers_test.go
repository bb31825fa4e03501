package main

import (
	"database/sql"
	"fmt"
	"html"
	"iter"
	"mime"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"bantin/internal/testneed"

	"github.com/google/go-cmp/cmp"
)

// reader is a program that people follow feeds with.
type reader struct {
	name   string
	needs  []string                               // commands, or "python:" and a module
	files  map[string]string                      // in its own folder, before it runs
	poll   []string                               // one poll
	titles func(t *testing.T, f *folder) []string // of all that it ever showed as new, once for each time
}

// readers are those of Debian. RSS, ATOM and DIR stand for what is known when
// the daemon runs.
func readers() []reader {
	return []reader{
		{
			name: "newsboat", needs: []string{"newsboat"},
			files:  map[string]string{"urls": "RSS\n", "config": "browser true\ndownload-timeout 120\n"},
			poll:   []string{"newsboat", "-u", "urls", "-C", "config", "-c", "cache.db", "-x", "reload"},
			titles: newsboatTitles,
		}, {
			name: "rss2email", needs: []string{"r2e"},
			files: map[string]string{"r2e.cfg": "[DEFAULT]\nto = anh@example.org\nfrom = feed@example.org\nemail-protocol = maildir\nmaildir-path = DIR\nmaildir-mailbox = thu\n" +
				"[feed.khuyen-hoc]\nurl = ATOM\n"},
			poll:   []string{"r2e", "-c", "r2e.cfg", "-d", "r2e.json", "run"},
			titles: mailTitles,
		}, {
			name: "feedparser", needs: []string{"python:feedparser"},
			files:  map[string]string{"doc.py": feedparserReader},
			poll:   []string{"/usr/bin/python3", "doc.py", "RSS"},
			titles: lineTitles("moi.txt"),
		}, {
			name: "sfeed", needs: []string{"sfeed", "sfeed_update", "curl"},
			files: map[string]string{"sfeedrc": "sfeedpath=DIR/feeds\nfeeds() { feed khuyen-hoc ATOM; }\n" +
				"fetch() { curl -fsSL --max-time 120 \"$2\"; }\n"},
			poll:   []string{"sfeed_update", "./sfeedrc"},
			titles: sfeedTitles,
		},
	}
}

// feedparserReader is how most programs in Python read: with what the last
// answer said, and a list of ids that were seen.
const feedparserReader = `
import feedparser, json, os, sys
state = json.load(open("state.json")) if os.path.exists("state.json") else {"seen": []}
feed = feedparser.parse(sys.argv[1], etag=state.get("etag"), modified=state.get("modified"))
if feed.bozo or feed.get("status") not in (200, 304):
    sys.exit("%s %s" % (feed.get("status"), feed.get("bozo_exception")))
with open("moi.txt", "a") as new:
    for entry in feed.entries:
        if entry.id not in state["seen"]:
            state["seen"].append(entry.id)
            new.write(entry.title + "\n")
with open("trang-thai.txt", "a") as statuses:
    statuses.write("%d\n" % feed.status)
if feed.status == 200:
    state["etag"], state["modified"] = feed.get("etag"), feed.get("modified")
json.dump(state, open("state.json", "w"))
`

// Real readers poll ten times, with new, revised, withdrawn and restored
// bulletins in between: each shows each bulletin as new once.
func TestReaders(t *testing.T) {
	t.Parallel()
	office := newFolder(t, map[string]string{
		"bantin.yaml":      daemonYAML,
		"bulletins/mot.md": announcement("Tin một", "Hội Khuyến học tỉnh Phú Thọ tổng kết năm học."),
		"bulletins/hai.md": announcement("Tin hai & <hai>", "Cần Thơ đón ghe sách đến với học sinh."),
	})
	d := office.start()
	const feedPath = "/feeds/tat-ca."
	shown := func(part string, yes bool) func() bool { // in all formats
		return func() bool {
			return !slices.ContainsFunc([]string{"rss", "atom", "json"}, func(format string) bool {
				p := d.get(feedPath + format)
				return p.status != http.StatusOK || strings.Contains(p.body, part) != yes
			})
		}
	}
	until(t, "both are there", func() bool { return shown("Tin một", true)() && shown("Tin hai", true)() })
	steps := []func(){
		1: func() {},
		2: func() {
			office.write("bulletins/ba.md", announcement("Tin ba", "Lào Cai trao học bổng cho học sinh vùng cao."))
			until(t, "the third came", shown("Tin ba", true))
		},
		3: func() {
			office.write("bulletins/mot.md", announcement("Tin một", "Hội Khuyến học tỉnh Phú Thọ tổng kết năm học. Có sửa số liệu."))
			until(t, "the revision came", shown("Có sửa số liệu", true))
		},
		4: func() {
			office.write("bulletins/bon.md", announcement("Tin bốn", "Sơn La mở lớp học ban đêm."))
			until(t, "the fourth came", shown("Tin bốn", true))
		},
		5: func() {
			office.write("bulletins/ba.md", strings.Replace(announcement("Tin ba", "Lào Cai trao học bổng cho học sinh vùng cao."), "date:", "withdrawn: true\ndate:", 1))
			until(t, "the third is withdrawn", shown("Tin ba", false))
		},
		6: func() {},
		7: func() {
			office.write("bulletins/nam.md", announcement("Tin năm", "Huế mở thư viện phường."))
			office.write("bulletins/sau.md", announcement("Tin sáu", "Cà Mau đón thuyền sách."))
			until(t, "two came", func() bool { return shown("Tin năm", true)() && shown("Tin sáu", true)() })
		},
		8: func() {
			office.write("bulletins/ba.md", announcement("Tin ba", "Lào Cai trao học bổng cho học sinh vùng cao."))
			until(t, "the third is back", shown("Tin ba", true))
		},
		9: func() {
			office.write("bulletins/bay.md", announcement("Tin bảy", "Vĩnh Long đón thuyền sách."))
			until(t, "the seventh came", shown("Tin bảy", true))
		},
	}
	names := strings.NewReplacer("RSS", d.base+feedPath+"rss", "ATOM", d.base+feedPath+"atom")
	var polling []*polls
	for _, r := range readers() {
		if what := r.lacks(); what != "" {
			t.Run(r.name, func(t *testing.T) { testneed.Skip(t, what) })
			continue
		}
		polling = append(polling, r.start(t, names))
	}
	for n := range 10 {
		if n > 0 {
			steps[n]()
		}
		var all sync.WaitGroup
		for _, p := range polling {
			all.Go(p.once)
		}
		all.Wait()
	}
	want := []string{"Tin ba", "Tin bảy", "Tin bốn", "Tin hai & <hai>", "Tin một", "Tin năm", "Tin sáu"}
	for _, p := range polling {
		t.Run(p.name, func(t *testing.T) {
			var got []string
			for _, title := range p.titles(t, p.folder) {
				got = append(got, html.UnescapeString(title)) // feedparser gives titles as HTML, sfeed as they stand
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what it showed (-want +got):\n%s\n%s", diff, p.said.String())
			}
		})
	}
}

func announcement(title, text string) string {
	return fmt.Sprintf("---\ntitle: %q\ndate: 2026-11-20\n---\n%s\n", title, text)
}

// lacks names what a reader needs and this machine does not have.
func (r reader) lacks() string {
	for _, need := range r.needs {
		var err error
		if module, ok := strings.CutPrefix(need, "python:"); ok {
			err = exec.Command("/usr/bin/python3", "-c", "import "+module).Run()
		} else {
			_, err = exec.LookPath(need)
		}
		if err != nil {
			return need + ", for the reader " + r.name
		}
	}
	return ""
}

// polls is a reader at work in a folder of its own.
type polls struct {
	reader
	folder *folder
	args   []string
	said   strings.Builder
}

func (r reader) start(t *testing.T, names *strings.Replacer) *polls {
	t.Helper()
	p := &polls{reader: r, folder: newFolder(t, nil)}
	for name, text := range r.files {
		p.folder.write(name, strings.ReplaceAll(names.Replace(text), "DIR", p.folder.dir))
	}
	for _, arg := range r.poll {
		p.args = append(p.args, names.Replace(arg))
	}
	return p
}

func (p *polls) once() {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+p.folder.dir, "XDG_CONFIG_HOME="+p.folder.dir, "LANG=C.UTF-8", "TERM=dumb")
	cmd.Dir = p.folder.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.folder.t.Errorf("%s: %v\n%s", p.name, err, out)
	}
	p.said.Write(out)
}

func newsboatTitles(t *testing.T, f *folder) []string {
	db, err := sql.Open("sqlite", f.path("cache.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT title FROM rss_item`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var titles []string
	for rows.Next() {
		var title string
		if err := rows.Scan(&title); err != nil {
			t.Fatal(err)
		}
		titles = append(titles, title)
	}
	return titles
}

// mailTitles are the subjects of what rss2email mailed.
func mailTitles(t *testing.T, f *folder) []string {
	files, err := filepath.Glob(f.path("thu/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		message, err := mail.ReadMessage(file)
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
		titles = append(titles, subject(t, message.Header.Get("Subject")))
	}
	return titles
}

func lineTitles(name string) func(*testing.T, *folder) []string {
	return func(_ *testing.T, f *folder) []string { return slices.Collect(lines(f.read(name))) }
}

// sfeedTitles are the second column of a table with a row for each entry.
func sfeedTitles(_ *testing.T, f *folder) []string {
	var titles []string
	for row := range lines(f.read("feeds/khuyen-hoc")) {
		titles = append(titles, strings.Split(row, "\t")[1])
	}
	return titles
}

func lines(text string) iter.Seq[string] {
	return strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n")
}

func subject(t *testing.T, field string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(field)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
