package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/testneed"
)

// caseKinds are the beginnings of the names of the shared cases that are run.
var caseKinds = []string{"repeat-", "route-", "steal-", "weekly-", "folder-", "date-", "mail-", "html-", "nukeviet-rss", "md-", "no-words-",
	"before-", "byte-", "code-", "content-", "control-", "http-", "link-", "media-", "only-", "plain-", "problems-", "strike-", "utf16-", "word-"}

// Each shared case of these kinds has its right values.
func TestSourceCases(t *testing.T) {
	t.Parallel()
	dir := testneed.Shared(t, "cases/sources")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		is := func(kind string) bool { return strings.HasPrefix(e.Name(), kind) }
		if !e.IsDir() || !slices.ContainsFunc(caseKinds, is) {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			newSourceCase(t, filepath.Join(dir, e.Name())).run()
		})
	}
}

// sourceCase is a site that reads the sources of one case.
type sourceCase struct {
	*folder
	dir   string
	name  string
	today time.Time
	feeds sync.Map // string: servedFeed, by the id of the source
	base  string

	Source  string
	Limit   int
	Sources map[string]struct{ Kind string }
	Looks   []struct {
		Put     map[string]string
		Headers map[string]string
		Collect []string
		Expect  *caseExpectation
	}
}

func newSourceCase(t *testing.T, dir string) *sourceCase {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	c := &sourceCase{dir: dir, name: filepath.Base(dir), today: time.Now().In(zone)}
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.serve(w, r)
	}))
	t.Cleanup(server.Close)
	c.base = server.URL + "/" + c.name
	if err := json.Unmarshal([]byte(c.fill(string(raw))), c); err != nil {
		t.Fatal(err)
	}
	if len(c.Sources) == 0 {
		c.Sources = map[string]struct{ Kind string }{"s": {c.Source}}
	}
	if c.Limit == 0 {
		c.Limit = 500
	}
	c.folder = neverRead(t)
	c.write("bantin.yaml", c.yaml())
	return c
}

// neverRead gives the folder of a site whose sources were never read.
func neverRead(t *testing.T) *folder {
	t.Helper()
	f := emptyFolder(t)
	if err := officetest.FillDataDir(f.path("var")); err != nil {
		t.Fatal(err)
	}
	return f
}

func (c *sourceCase) yaml() string {
	text := "site: {title: Hội thử, url: \"https://bantin.example.org\", contact: vanphong@example.org, address: Hà Nội}\n" + anyPort
	text += fmt.Sprintf("feeds: [{id: tat-ca, title: Tất cả, limit: %d}]\nsources:\n", c.Limit)
	for id, s := range c.Sources {
		switch s.Kind {
		case "feed":
			text += fmt.Sprintf("  - {id: %s, kind: feed, url: \"%s/%s/feed\", allow_private: true, rate: 100/s, schedule: \"@hourly\"}\n", id, c.base, id)
		case "mailbox":
			text += fmt.Sprintf("  - {id: %s, kind: mailbox, url: \"maildir:%s\", senders: [vanphong@example.org], trust: any, schedule: \"@hourly\"}\n", id, id)
		default:
			text += fmt.Sprintf("  - {id: %s, kind: folder, path: %s, schedule: \"@hourly\"}\n", id, id)
		}
	}
	return text
}

var caseDay = regexp.MustCompile(`@\{([A-]?\d+)(?:\|([^}]*))?\}@`)

// fill puts days and the address of the server where a case has names for them.
func (c *sourceCase) fill(text string) string {
	text = strings.ReplaceAll(text, "@BASE@", c.base)
	return caseDay.ReplaceAllStringFunc(text, func(s string) string {
		m := caseDay.FindStringSubmatch(s)
		return strftime(c.day(m[1]), m[2])
	})
}

// day is the day of a name: so many days from today, or a day before yesterday
// that could be taken for another.
func (c *sourceCase) day(name string) time.Time {
	nth, ambiguous := strings.CutPrefix(name, "A")
	n, _ := strconv.Atoi(nth)
	if !ambiguous {
		return c.today.AddDate(0, 0, n)
	}
	for day := c.today.AddDate(0, 0, -2); ; day = day.AddDate(0, 0, -1) {
		if day.Day() <= 12 && day.Day() != int(day.Month()) {
			if n--; n == 0 {
				return day
			}
		}
	}
}

func strftime(t time.Time, form string) string {
	if form == "" {
		form = "%Y-%m-%d"
	}
	return strings.NewReplacer("%d", t.Format("02"), "%m", t.Format("01"), "%Y", t.Format("2006"), "%y", t.Format("06"),
		"%a", t.Format("Mon"), "%b", t.Format("Jan"), "%-d", t.Format("2"), "%-m", t.Format("1"), "%H", t.Format("15"), "%M", t.Format("04"), "%S", t.Format("05"),
		"%q", [...]string{"Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"}[t.Weekday()]).Replace(form)
}

func (c *sourceCase) run() {
	c.t.Helper()
	for id, s := range c.Sources {
		dirs := []string{""}
		if s.Kind == "mailbox" {
			dirs = []string{"/new", "/cur", "/tmp"}
		}
		for _, dir := range dirs {
			if err := os.MkdirAll(c.path(id+dir), 0o755); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	for i, look := range c.Looks {
		for where, file := range look.Put {
			c.put(where, file, i, look.Headers)
		}
		c.ok(append([]string{"collect"}, look.Collect...)...)
		if look.Expect != nil {
			for _, fault := range c.faults(look.Expect) {
				c.t.Errorf("look %d: %s", i+1, fault)
			}
		}
	}
	if c.t.Failed() {
		c.t.Logf("%s%s", c.ok("bulletins", "list"), c.ok("bulletins", "list", "--held"))
	}
}

// put brings a file of the case to a source.
func (c *sourceCase) put(where, file string, look int, headers map[string]string) {
	c.t.Helper()
	raw, err := os.ReadFile(filepath.Join(c.dir, file))
	if err != nil {
		c.t.Fatal(err)
	}
	text := string(raw)
	if !strings.HasSuffix(file, ".docx") {
		text = c.fill(text)
	}
	id, name, _ := strings.Cut(where, "/")
	switch c.Sources[id].Kind {
	case "feed":
		c.feeds.Store(id, servedFeed{headers, text})
	case "mailbox":
		c.write(fmt.Sprintf("%s/new/%d.%s", id, look, name), text)
	default:
		c.write(where, text)
	}
}

// caseExpectation is what a case expects after a look.
type caseExpectation struct {
	Public, Held, Total *int
	Bulletins           []map[string]any
	Nowhere             []string
	Either              []caseExpectation
	Problems            []string
	NoProblems          []string `json:"no_problems"`
	ProblemCount        *int     `json:"problem_count"`
	FeedTitles          []string `json:"feed_titles"`
	NotNews             []string `json:"not_news"`
	Kept                []string
}

// listed is a bulletin as a list shows it.
type listed struct {
	bantin.Bulletin
	Published string `json:"published"`
	raw       string
}

func (c *sourceCase) list(flags ...string) []listed {
	c.t.Helper()
	var list []listed
	for line := range strings.Lines(c.ok(append([]string{"bulletins", "list", "--json", "-n", "0"}, flags...)...)) {
		b := listed{raw: norm.NFC.String(line)}
		if err := json.Unmarshal([]byte(b.raw), &b); err != nil {
			c.t.Fatal(err)
		}
		list = append(list, b)
	}
	return list
}

// faults tells where the site differs from what is expected.
func (c *sourceCase) faults(e *caseExpectation) (faults []string) {
	c.t.Helper()
	public, held := append(c.list(), c.list("--history")...), c.list("--held")
	fault := func(form string, args ...any) { faults = append(faults, fmt.Sprintf(form, args...)) }
	number := func(what string, want *int, got int) {
		if want != nil && *want != got {
			fault("%s: %d, want %d", what, got, *want)
		}
	}
	number("public", e.Public, len(public))
	number("held", e.Held, len(held))
	number("total", e.Total, len(public)+len(held))
	for _, facts := range e.Bulletins {
		faults = append(faults, c.bulletinFaults(public, held, facts)...)
	}
	for _, text := range e.Nowhere {
		if len(having(public, text, "")) > 0 {
			fault("%q is published", text)
		}
	}
	faults = append(faults, c.problemFaults(e)...)
	if len(e.Either) > 0 && !slices.ContainsFunc(e.Either, func(one caseExpectation) bool { return len(c.faults(&one)) == 0 }) {
		fault("none of the choices holds")
	}
	return append(faults, c.feedFaults(e, public)...)
}

func (c *sourceCase) feedFaults(e *caseExpectation, public []listed) (faults []string) {
	c.t.Helper()
	for _, b := range public {
		if b.Seq != 0 && slices.Contains(e.NotNews, b.Title) {
			faults = append(faults, fmt.Sprintf("%q is news", b.Title))
		}
	}
	for _, title := range e.Kept {
		if !slices.ContainsFunc(public, func(b listed) bool { return b.Title == title }) {
			faults = append(faults, fmt.Sprintf("%q is lost", title))
		}
	}
	if len(e.FeedTitles) == 0 {
		return faults
	}
	c.ok("feeds", "export", "ra")
	var doc struct{ Items []struct{ Title string } }
	if err := json.Unmarshal([]byte(c.read("ra/feeds/tat-ca.json")), &doc); err != nil {
		c.t.Fatal(err)
	}
	var titles []string
	for _, item := range doc.Items {
		titles = append(titles, item.Title)
	}
	if len(titles) < len(e.FeedTitles) || !slices.Equal(titles[:len(e.FeedTitles)], e.FeedTitles) {
		faults = append(faults, fmt.Sprintf("the feed begins with %q, want %q", titles, e.FeedTitles))
	}
	return faults
}
