package main

import (
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bantin/internal/testneed"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

const realYAML = `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org, address: "1 phố Mẫu, Hà Nội"}
http: {listen: "127.0.0.1:0"}
sources: [{id: van-phong, kind: folder, path: bulletins, schedule: "@every 1m"}]
feeds:
  - {id: tat-ca, title: Bản tin khuyến học}
  - {id: tay-bac, title: Bản tin Tây Bắc, select: {clusters: [tay-bac]}}
  - {id: tinh, title: Bản tin khuyến học, per: place}
  - {id: cum, title: Bản tin khuyến học, per: cluster}
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
`

// foreign are bulletins that do to feeds and mails what they can.
func foreign() map[string]string {
	return map[string]string{
		"bulletins/ky-tu.md":  "# Ký tự \x0b điều \x01khiển & <dấu> \"ngoặc\"\n\nĐoạn có \x1b ký tự \x0c lạ, 1 < 2 && 3 > 2, ]]> và &nbsp;.\n",
		"bulletins/ma.html":   `<html><head><title>Mã lạ &amp; ảnh</title><meta name="date" content="2026-11-19"></head><body><h1>Mã lạ &amp; ảnh</h1><p>Đoạn <b onclick="alert(1)">đậm</b>.</p><script>alert(2)</script><p><img src="https://example.org/a.png" onerror="alert(3)"> <a href="javascript:alert(4)">liên kết</a> <a href="/tuong-doi">tương đối</a></p><iframe src="https://example.org"></iframe><table><tr><td>ô</td></tr></table></body></html>`,
		"bulletins/nfd.md":    "---\ntitle: Cần Thơ đón ghe sách\ndate: 2026-11-20 08:30\nplaces: [cần thơ]\n---\nGhe sách đến với học sinh vùng sông nước.\n\n- Một\n- Hai\n\n> Trích dẫn\n",
		"bulletins/khong.txt": "Một tin không có ngày, không có nơi nào.\n\nĐoạn thứ hai của tin.\n",
	}
}

// realFolder has the real bulletin, and with others foreign ones, read in.
func realFolder(t *testing.T, yaml string, others bool) *folder {
	t.Helper()
	text, err := os.ReadFile(testneed.Shared(t, "bulletins/4929.txt"))
	if err != nil {
		t.Fatal(err)
	}
	f := newFolder(t, map[string]string{"bantin.yaml": yaml, "bulletins/4929.txt": string(text)})
	if others {
		for name, text := range foreign() {
			f.write(name, text)
		}
	}
	f.ok("collect")
	return f
}

const realTitle = "Hội nghị giao ban tổng kết công tác khuyến học, khuyến tài, xây dựng xã hội học tập năm 2021, cụm khuyến học các tỉnh vùng Tây Bắc"

// The real bulletin is in all three feeds with its four captions and its nine
// provinces, as a feed reader sees them.
func TestRealBulletinInFeeds(t *testing.T) {
	t.Parallel()
	f := realFolder(t, realYAML, false)
	f.ok("feeds", "export", "out")
	captions := []string{
		"Đồng chí Hồ Đại Dũng, Ủy viên Ban Thường vụ Tỉnh ủy, Phó Chủ tịch UBND tỉnh Phú Thọ tặng hoa Hội nghị",
		"Đồng chí Nguyễn Thị Kim Hải, UV Ban Thường vụ TW Hội KHVN, Chủ tịch HKH tỉnh Phú Thọ - Cụm trưởng cụm Tây Bắc phát biểu khai mạc và chủ trì Hội nghị.",
		"Đồng chí Lê Mạnh Hùng, Phó Chủ tịch kiêm Tổng Thư ký TW Hội Khuyến học Việt Nam",
		"Các đồng chí lãnh đạo HKH các tỉnh Tây Bắc tặng hoa tri ân Phó chủ tịch TW Hội Quách Thế Tản và Phó Chủ tịch TW Hội Trần Luyến",
	}
	provinces := []string{"Lai Châu", "Điện Biên", "Sơn La", "Hòa Bình", "Lào Cai", "Yên Bái", "Phú Thọ", "Hà Giang", "Tuyên Quang"}
	var ids []string
	for _, name := range []string{"tat-ca.rss", "tat-ca.atom", "tat-ca.json", "tay-bac.rss", "tay-bac.atom", "tay-bac.json", "tinh/phu-tho.rss", "cum/tay-bac.atom"} {
		item := onlyItem(t, f, "out/feeds/"+name)
		if item.Title != realTitle || item.Link != "https://bantin.example.org/bulletins/hoikhuyenhoc-vn-4929" {
			t.Errorf("%s: %s %s", name, item.Title, item.Link)
		}
		for _, caption := range captions {
			if strings.Count(item.Content, "<figcaption>"+caption+"</figcaption>") != 1 {
				t.Errorf("%s: no caption %q in\n%s", name, caption, item.Content)
			}
		}
		for _, province := range provinces {
			if !slices.Contains(item.Categories, province) {
				t.Errorf("%s: no category %s among %s", name, province, item.Categories)
			}
		}
		if !strings.Contains(item.Description, "Hội nghị Giao ban thi đua") {
			t.Errorf("%s: the summary is %q", name, item.Description)
		}
		ids = append(ids, item.GUID)
	}
	if len(slices.Compact(ids)) != 1 || !strings.HasPrefix(ids[0], "urn:uuid:") {
		t.Errorf("the entry has the ids %s", ids)
	}
	shown := f.ok("bulletins", "show", "hoikhuyenhoc-vn-4929")
	for _, want := range []string{"Ngày đăng: 2022-04-29\n", "Nơi: Phú Thọ, Lai Châu, Điện Biên, Sơn La, Hòa Bình, Lào Cai, Yên Bái, Hà Giang, Tuyên Quang\n", "Cụm: tay-bac\n",
		"Ngày diễn ra: 2022-04-28\n", "Nơi diễn ra: Thành phố Việt Trì\n", "Nơi đăng cai: Phú Thọ\n", "Văn bản: Quyết định 387/QĐ-TTg (2022-03-25) × 2\n", captions[3]} {
		if !strings.Contains(shown, want) {
			t.Errorf("show does not say %q:\n%s", want, shown)
		}
	}
}

func onlyItem(t *testing.T, f *folder, name string) *gofeed.Item {
	t.Helper()
	feed, err := gofeed.NewParser().ParseString(f.read(name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(feed.Items) != 1 {
		t.Fatalf("%s has %d entries", name, len(feed.Items))
	}
	return feed.Items[0]
}

// It is at the top of the digest of a contact in Phú Thọ, though others are newer.
func TestRealBulletinInDigest(t *testing.T) {
	t.Parallel()
	f := realFolder(t, realYAML, true)
	f.ok("contacts", "add", "anh@example.org", "--name", "Nguyễn Thị Ánh", "--place", "Phú Thọ")
	f.ok("contacts", "add", "mark@example.org", "--name", "Mark O'Neil", "--language", "en")
	text := strings.Join(strings.Fields(f.ok("digest", "preview", "hang-tuan", "--contact", "anh@example.org")), " ")
	if _, after, ok := strings.Cut(text, "Phú Thọ – tỉnh của bạn"); !ok || !strings.Contains(after[:60], "1. Hội nghị giao ban") {
		t.Errorf("it is not at the top:\n%s", text)
	}
	f.ok("digest", "preview", "hang-tuan", "--contact", "anh@example.org", "--out", "vi.eml")
	f.ok("digest", "preview", "hang-tuan", "--contact", "mark@example.org", "--out", "en.eml")
	mailcheck(f, "dkim,dkim-covers", "vi.eml", "en.eml")
	f.write("bantin.yaml", strings.Replace(realYAML, "https://bantin.example.org", "http://localhost:8080", 1))
	f.ok("digest", "preview", "hang-tuan", "--contact", "anh@example.org", "--out", "http.eml")
	mailcheck(f, "dkim,dkim-covers,list-unsubscribe", "http.eml")
}

// mailcheck demands that the checker of mails has no finding but those of the
// rules that are skipped.
func mailcheck(f *folder, skip string, files ...string) {
	f.t.Helper()
	tool := testneed.Shared(f.t, "tools/mailcheck")
	if _, err := exec.LookPath("python3"); err != nil {
		testneed.Skip(f.t, "python3")
	}
	e := f.end(exec.Command("python3", append([]string{tool, "--skip", skip}, files...)...))
	if e.status != 0 {
		f.t.Errorf("mailcheck:\n%s%s", e.out, e.err)
	}
}

// exported lists the files below a folder, with slashes.
var document = regexp.MustCompile(`\.(rss|atom|json|opml)$`) // not packed, not for a web server

func exported(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && document.MatchString(path) {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// runs is what no page may have: what runs, and characters that XML forbids.
var runs = regexp.MustCompile(`(?i)<script|onerror|onclick|javascript:|alert\(|<iframe|[\x00-\x08\x0b\x0c\x0e-\x1f]`)

// Static files are what the daemon serves, byte for byte, and are written only
// where they differ.
func TestExportedAndServed(t *testing.T) {
	t.Parallel()
	f := realFolder(t, realYAML, true)
	if out := f.ok("feeds", "export", "out", "--json"); !strings.Contains(out, `"written":`) || strings.Contains(out, `"written":0`) {
		t.Errorf("the first export: %s", out)
	}
	if out := f.ok("feeds", "export", "out", "--lang", "en"); !strings.Contains(out, " files in out, 0 written\n") {
		t.Errorf("the second export: %s", out)
	}
	names := exported(t, f.path("out"))
	if len(names) < 3*(2+10) {
		t.Errorf("only %d files: %s", len(names), names)
	}
	types := map[string]string{
		".rss": "application/rss+xml; charset=utf-8", ".atom": "application/atom+xml; charset=utf-8", ".json": "application/feed+json",
	}
	d := f.start()
	for _, name := range names {
		served := d.get("/" + name)
		if served.status != http.StatusOK || served.header.Get("ETag") == "" {
			t.Errorf("%s: status %d, ETag %q", name, served.status, served.header.Get("ETag"))
		}
		if got := served.header.Get("Content-Type"); !strings.HasPrefix(got, types[filepath.Ext(name)]) {
			t.Errorf("%s is served as %s", name, got)
		}
		if diff := cmp.Diff(f.read("out/"+name), served.body); diff != "" {
			t.Errorf("%s (-exported +served)\n%s", name, diff)
		}
	}
	for _, path := range []string{"/", "/bulletins/van-phong-ma", "/bulletins/van-phong-ky-tu"} {
		p := d.get(path)
		if bad := runs.FindString(strings.ReplaceAll(p.body, `<script type="application/ld+json">`, "")); p.status != http.StatusOK || bad != "" {
			t.Errorf("%s: status %d, with %q", path, p.status, bad)
		}
	}
	d.stop()
}

// The validator finds no error and no warning in any feed.
func TestFeedsAreValid(t *testing.T) {
	t.Parallel()
	f := realFolder(t, realYAML, true)
	f.ok("feeds", "export", "out")
	tool := testneed.Shared(t, "tools/validate-feed")
	if err := exec.Command("/usr/bin/python3", "-c", "import html5lib").Run(); err != nil {
		testneed.Skip(t, "the Debian package python3-html5lib")
	}
	byFolder := map[string][]string{}
	for _, name := range exported(t, f.path("out")) {
		dir := name[:strings.LastIndexByte(name, '/')+1]
		byFolder[dir] = append(byFolder[dir], f.path("out/"+name))
	}
	for dir, files := range byFolder {
		args := append([]string{tool, "--base", "https://bantin.example.org/" + dir}, files...)
		if e := f.end(exec.Command("/usr/bin/python3", args...)); e.status != 0 {
			t.Errorf("%s\n%s%s", dir, e.out, e.err)
		}
	}
}
