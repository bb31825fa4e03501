package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bantin/internal/testneed"

	"bantin"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

// TestValid puts every format of every channel before the W3C validator.
func TestValid(t *testing.T) {
	validator := feedValidator(t)
	place := testChannel(bulletin(3))
	place.Feed = bantin.Feed{ID: "tinh/phu-tho", Title: `Tin "Phú Thọ" <b>&amp; vùng</b>`}
	local := testChannel(with(1, func(b *bantin.Bulletin) { b.Attachments, b.Images = nil, nil })) // the validator takes no localhost there
	local.Site.URL = "http://localhost:8080"
	below := testChannel(hard()...)
	below.Site.URL = "https://example.org/ban-tin"
	english := testChannel(bulletin(2))
	english.Site.Language = bantin.English
	pushed := testChannel(many(3)...)
	pushed.Hubs, pushed.Quiet, pushed.Older = []string{"https://hub.example.org/", "https://hub2.example.org/?a=1&b=2"}, []int{0, 16, 17}, Numbered(7)
	channels := map[string]*Channel{
		"pushed": pushed, "oldest archive": archive(1, many(3)...), "archive": archive(6, hard()...), "newest archive": archive(7),
		"history": monthly("2015-03", hard()...), "empty month": monthly("0001-01"),
		"empty": testChannel(), "one": testChannel(bulletin(0)), "hard": testChannel(hard()...),
		"fifty": testChannel(many(50)...), "place": place, "local": local, "below": below, "english": english,
	}
	for name, c := range channels {
		for _, f := range Formats() {
			t.Run(name+"/"+f.Ext, func(t *testing.T) {
				t.Parallel()
				valid(t, validator, c, f)
			})
		}
	}
}

// TestValidLong does the same with ten thousand entries, some thirty megabytes.
func TestValidLong(t *testing.T) {
	if os.Getenv("BANTIN_LONG") == "" {
		testneed.Skip(t, "half a minute: set BANTIN_LONG")
	}
	validator := feedValidator(t)
	c := testChannel(many(10_000)...)
	for _, f := range Formats() {
		t.Run(f.Ext, func(t *testing.T) { valid(t, validator, c, f) })
	}
}

func valid(t *testing.T, validator string, c *Channel, f Format) {
	t.Helper()
	body, err := f.Render(c)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "feed."+f.Ext)
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(validator, "--all", "--base", c.self(f.Ext), "--content-type", f.MediaType, file).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%.2000s", err, out)
	}
}

// archive is a page of the seven behind a feed, behind which are two months.
func archive(page int, entries ...bantin.Bulletin) *Channel {
	c := testChannel(entries...)
	c.Hubs = []string{"https://hub.example.org/"}
	c.Archive, c.Older, c.Newer = Numbered(page), Numbered(page-1), Numbered(page+1)
	if page == 1 {
		c.Older = OfMonth(bantin.Month{Year: 2015, Month: time.March})
	}
	return c
}

// monthly is a page of history, the last there is.
func monthly(month string, entries ...bantin.Bulletin) *Channel {
	c := archive(1, entries...)
	m, _ := bantin.ParseMonth(month)
	c.Archive, c.Older, c.Newer = OfMonth(m), Page{}, OfMonth(m.Next())
	return c
}

// TestHistory follows the links from the subscription document to the oldest
// page, as a reader that wants all does (RFC 5005 4).
func TestHistory(t *testing.T) {
	base := "https://bantin.example.org"
	newest := testChannel(many(3)...)
	newest.Older = Numbered(7)
	tests := []struct {
		channel                     *Channel
		self, current, newer, older string
		marked                      bool
	}{
		{testChannel(many(3)...), "/feeds/tat-ca", "", "", "", false},
		{newest, "/feeds/tat-ca", "", "", "/feeds/tat-ca/archive/7", false},
		{archive(7), "/feeds/tat-ca/archive/7", "/feeds/tat-ca", "/feeds/tat-ca/archive/8", "/feeds/tat-ca/archive/6", true},
		{archive(1), "/feeds/tat-ca/archive/1", "/feeds/tat-ca", "/feeds/tat-ca/archive/2", "/feeds/tat-ca/archive/2015-03", true},
		{monthly("2014-12"), "/feeds/tat-ca/archive/2014-12", "/feeds/tat-ca", "/feeds/tat-ca/archive/2015-01", "", true},
	}
	for _, tt := range tests {
		for _, f := range Formats() {
			body, err := f.Render(tt.channel)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"self": tt.self, "current": tt.current, "next-archive": tt.newer, "prev-archive": tt.older}
			if f.Ext == "json" {
				want = map[string]string{"next_url": tt.older}
			}
			for rel, path := range want {
				url := base + path + "." + f.Ext
				if said := linkOf(string(body), rel); path == "" && said != "" || path != "" && said != url {
					t.Errorf("%s of %s: %s is %q, want %s", f.Name, tt.self, rel, said, url)
				}
			}
			if marked := strings.Contains(string(body), "<fh:archive></fh:archive>"); marked != (tt.marked && f.Ext != "json") {
				t.Errorf("%s of %s: marked as an archive: %v", f.Name, tt.self, marked)
			}
		}
	}
}

// linkOf finds a link by its rel or its key.
func linkOf(body, rel string) string {
	m := regexp.MustCompile(`href="([^"]+)" rel="` + rel + `"|"` + rel + `":"([^"]+)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

func TestArchivePaths(t *testing.T) {
	for path, want := range map[string]string{
		"/feeds/tat-ca/archive/3.atom":                   "tat-ca 3 atom",
		"/feeds/tinh/phu-tho/archive/12.json":            "tinh/phu-tho 12 json",
		"/feeds/tat-ca/archive/2015-03.atom":             "tat-ca 2015-03 atom",
		"/feeds/tinh/phu-tho/archive/2015-12.rss":        "tinh/phu-tho 2015-12 rss",
		"/feeds/tat-ca/archive/2015-13.atom":             "",
		"/feeds/tat-ca/archive/2015-00.atom":             "",
		"/feeds/tat-ca/archive/2015-3.atom":              "",
		"/feeds/tat-ca/archive/2015-03-01.atom":          "",
		"/feeds/tat-ca/archive/02015-03.atom":            "",
		"/feeds/tat-ca/archive/-2015-03.atom":            "",
		"/feeds/tat-ca/archive/.atom":                    "",
		"/feeds/tat-ca/archive/0.atom":                   "",
		"/feeds/tat-ca/archive/03.atom":                  "",
		"/feeds/tat-ca/archive/-1.atom":                  "",
		"/feeds/tat-ca/archive/1.exe":                    "",
		"/feeds/tat-ca/archive/1":                        "",
		"/feeds/tat-ca/archive/99999999999999999999.rss": "",
		"/feeds/archive/1.rss":                           "",
		"/feeds/tat-ca.rss":                              "",
		"/":                                              "",
	} {
		id, page, f, ok := ParseArchivePath(path)
		got := ""
		if ok {
			got = fmt.Sprint(id, " ", page, " ", f.Ext)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

// Whatever is taken for an archive page's path is the one path of that page.
func FuzzArchivePath(f *testing.F) {
	for _, path := range []string{
		"/feeds/tat-ca/archive/3.atom", "/feeds/tinh/phu-tho/archive/2015-03.json", "/feeds/a/archive/0000-01.rss",
		"/feeds/archive/archive/+1.rss", "/feeds/a/archive/9999-12.rss/archive/1", "/feeds//archive/1.rss",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		id, page, format, ok := ParseArchivePath(path)
		if !ok {
			return
		}
		if page.IsZero() || ArchivePath(id, page, format.Ext) != path {
			t.Errorf("%q is page %q of %q", path, page, id)
		}
	})
}

// feedValidator gives the path of the checker of feeds and sees that it can run.
func feedValidator(t *testing.T) string {
	t.Helper()
	tool := testneed.SharedProgram(t, "tools/validate-feed")
	if err := exec.Command("/usr/bin/python3", "-c", "import html5lib").Run(); err != nil {
		testneed.Skip(t, "python3-html5lib")
	}
	return tool
}

func TestSameInputSameBytes(t *testing.T) {
	for _, f := range Formats() {
		a, errA := f.Render(testChannel(hard()...))
		b, errB := f.Render(testChannel(hard()...))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs from itself (%v, %v)", f.Name, errA, errB)
		}
		if !utf8.Valid(a) {
			t.Errorf("%s is no UTF-8", f.Name)
		}
	}
}

// reading is what a reader shows of an entry.
type reading struct {
	ID, Link, Title, Author string
	Tags                    []string
}

// TestReadersAgree reads all formats with a real reader and compares what it
// shows with what was said.
func TestReadersAgree(t *testing.T) {
	c := testChannel(bulletin(2), bulletin(1))
	want := []reading{}
	for _, e := range c.entries() {
		want = append(want, reading{e.id, e.link, e.title, e.author, []string{"Phú Thọ", "Sơn La", "Cụm I – Tây Bắc"}})
	}
	for _, f := range Formats() {
		body, err := f.Render(c)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		got := []reading{}
		for _, item := range parsed.Items {
			r := reading{item.GUID, item.Link, item.Title, item.Authors[0].Name, item.Categories}
			if f.Ext == "atom" {
				r.Tags = want[0].Tags // gofeed shows the terms
			}
			got = append(got, r)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-said +read)\n%s", f.Name, diff)
		}
		if parsed.FeedLink != c.self(f.Ext) || parsed.Language != "vi" {
			t.Errorf("%s: self %q, language %q", f.Name, parsed.FeedLink, parsed.Language)
		}
	}
}

func TestPublishRendersAll(t *testing.T) {
	c := testChannel(hard()...)
	docs, err := documentsOf(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		body, err := f.Render(c)
		d := docs[Path(c.Feed.ID, f.Ext)]
		if err != nil || d == nil || !bytes.Equal(d.Body, body) || d.MediaType != f.MediaType {
			t.Errorf("%s: not what Render gives (%v)", f.Name, err)
		}
	}
	if len(docs) != len(Formats()) {
		t.Errorf("%d documents", len(docs))
	}
}

func TestContentIsWholeAndAbsolute(t *testing.T) {
	e := testChannel(bulletin(1)).entries()[0]
	for _, want := range []string{
		"<p><strong>Ngày 28/4/2022",
		`src="https://bantin.example.org/images/a1.jpg"`,
		"<figcaption>Đồng chí Lê Mạnh Hùng phát biểu</figcaption>",
	} {
		if !strings.Contains(e.content, want) {
			t.Errorf("content has no %q:\n%s", want, e.content)
		}
	}
	if n := strings.Count(e.content, "Tặng hoa"); n != 1 {
		t.Errorf("the caption that the body shows stands there %d times", n)
	}
}

// TestEnclosures: files, else the first picture of which length and type are known.
func TestEnclosures(t *testing.T) {
	bare := with(1, func(b *bantin.Bulletin) { b.Attachments = nil })
	unknown := with(1, func(b *bantin.Bulletin) { b.Attachments, b.Images[0].Length = nil, 0 })
	for name, c := range map[string]struct {
		b         bantin.Bulletin
		rss, atom string
	}{
		"a file":     {bulletin(1), `<enclosure url="https://bantin.example.org/images/ke-hoach.pdf" length="7000000000" type="application/pdf">`, `<link href="https://bantin.example.org/images/ke-hoach.pdf" rel="enclosure" type="application/pdf" length="7000000000">`},
		"a picture":  {bare, `<enclosure url="https://bantin.example.org/images/a1.jpg" length="12345" type="image/jpeg">`, `<link href="https://bantin.example.org/images/a1.jpg" rel="enclosure" type="image/jpeg" length="12345">`},
		"no length":  {unknown, "", ""},
		"no picture": {with(1, func(b *bantin.Bulletin) { b.Attachments, b.Images = nil, nil }), "", ""},
	} {
		for _, f := range Formats()[:2] {
			body, err := f.Render(testChannel(c.b))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"rss": c.rss, "atom": c.atom}[f.Ext]
			if page := string(body); want != "" && strings.Count(page, want) != 1 || want == "" && strings.Contains(page, "enclosure") {
				t.Errorf("%s: want %q in\n%s", name, want, page)
			}
		}
	}
}

func TestCredits(t *testing.T) {
	for caption, want := range map[string]string{
		"Lãnh đạo các tỉnh tặng hoa Hội nghị (Ảnh: Nguyễn Văn An)": "Nguyễn Văn An",
		"Trao học bổng. Ảnh: TTXVN":                                "TTXVN",
		"Trao học bổng - Nguồn ảnh: Báo Phú Thọ.":                  "Báo Phú Thọ",
		"Students read (Photo: Lê Anh)":                            "Lê Anh",
		"Ảnh: Lãnh đạo Hội tặng hoa":                               "",
		"Ảnh 1: tặng hoa":                                          "",
		"Trao học bổng. Ảnh: các em học sinh nhận quà":             "",
		"": "",
	} {
		got := ""
		if m := newCredit(caption); m != nil {
			got = m.Text
		}
		if got != want {
			t.Errorf("%q is by %q, want %q", caption, got, want)
		}
	}
}

// A bulletin of another site says so in each format; one of ours does not.
func TestSource(t *testing.T) {
	theirs := with(1, func(b *bantin.Bulletin) { b.URL = "https://www.hoikhuyenhoc.example/tin/1" })
	ours := with(1, func(b *bantin.Bulletin) { b.URL = "https://bantin.example.org/cu/1" })
	for ext, want := range map[string]string{
		"rss":  `<source url="https://www.hoikhuyenhoc.example/">hoikhuyenhoc.example</source>`,
		"atom": `<title type="text">hoikhuyenhoc.example</title>`,
		"json": `"external_url":"https://www.hoikhuyenhoc.example/tin/1"`,
	} {
		f, _ := formatOf(ext)
		for _, b := range []bantin.Bulletin{theirs, ours} {
			body, err := f.Render(testChannel(b))
			if err != nil || strings.Contains(string(body), want) != (b.URL == theirs.URL) {
				t.Errorf("%s of %s says where it comes from: %v (%v)", ext, b.URL, b.URL != theirs.URL, err)
			}
		}
	}
}

func TestEmptyJSONFeedHasItems(t *testing.T) {
	body, err := renderJSON(testChannel())
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Items []any }
	if err := json.Unmarshal(body, &got); err != nil || got.Items == nil {
		t.Errorf("items = %v (%v), want []", got.Items, err)
	}
}

func TestTitlesShowWhatWasWritten(t *testing.T) {
	const title = "&lt;b&gt; <i>A</i> & R&D"
	c := testChannel(with(1, func(b *bantin.Bulletin) { b.Title = title }))
	rss, err := renderRSS(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `<title>&#x26;amp;lt;b&#x26;amp;gt; &#x26;lt;i&#x26;gt;A&#x26;lt;/i&#x26;gt; &#x26;amp; R&#x26;amp;D</title>`
	if !strings.Contains(string(rss), want) {
		t.Errorf("RSS has no %s", want)
	}
	js, err := renderJSON(c)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Items []struct{ Title string } }
	if err := json.Unmarshal(js, &got); err != nil {
		t.Fatal(err)
	}
	if s := got.Items[0].Title; s != title {
		t.Errorf("JSON has %q, want %q", s, title)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Hội Khuyến học", "a\u000Bb", "\xff", "\uFFFE", "e\u0302\u0301", "]]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := testChannel(with(1, func(b *bantin.Bulletin) { b.Title, b.Lead, b.HTML, b.Author = s, s, s, s }))
		for _, format := range Formats() {
			body, err := format.Render(c)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err != nil {
				t.Fatalf("%s: %v\n%s", format.Name, err, body)
			}
		}
		if got := oneLine(s); oneLine(got) != got {
			t.Fatalf("oneLine(%q) is not stable", s)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	c := testChannel(many(50)...)
	for i := range c.Entries {
		c.Entries[i].HTML += strings.Repeat("<p>Hội khuyến học các tỉnh đã làm tốt công tác tham mưu.</p>", 50)
	}
	for _, f := range Formats() {
		b.Run(f.Ext, func(b *testing.B) {
			for b.Loop() {
				if _, err := f.Render(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// documentsOf renders the channel in every format, ready to serve, by path.
func documentsOf(c *Channel) (map[string]*Document, error) {
	list, err := Render(c)
	out := make(map[string]*Document, len(list))
	for _, one := range list {
		out[one.Path] = one.Head.Document(one.Body)
	}
	return out, err
}
