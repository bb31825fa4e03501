package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// releaseFiles are those beside the databases of testdata/releases.
var releaseFiles = map[string]string{
	"bantin.yaml": `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org, address: "1 phố Mẫu, Hà Nội"}
sources: [{id: van-phong, kind: folder, path: bulletins, schedule: "@every 1m"}]
feeds: [{id: tat-ca, title: Bản tin khuyến học}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
`,
	"bulletins/phu-tho.md": "---\ntitle: Phú Thọ tổng kết năm học\ndate: 2026-11-20\n---\nHội Khuyến học tỉnh Phú Thọ đã tổng kết phong trào khuyến học.\n",
	"bulletins/son-la.md":  "---\ntitle: Sơn La trao học bổng\ndate: 2026-11-21\n---\nHội Khuyến học tỉnh Sơn La đã trao học bổng cho học sinh vượt khó.\n",
	"ds.csv":               "email,tên,tỉnh\nan@example.org,Nguyễn Thị An,Phú Thọ\nbinh@example.org,Trần Bình,Sơn La\ncuc@example.org,Lê Thị Cúc,\ndung@example.org,Phạm Dũng,Hà Nội\n",
}

// Each release leaves a small database in testdata/releases, as a file of SQLite and as a
// dump of PostgreSQL, and what it said of it. This program brings both up to date and says
// the same, and nobody has old news again.
//
// To add one, in a folder with releaseFiles: bantin collect; contacts import ds.csv;
// bulletins hold van-phong-son-la; digest send hang-tuan; suppressions add binh@example.org
// --reason "xin thôi"; contacts erase dung@example.org; backup RELEASE.db. Pack that with
// gzip -9n, and write down what the commands of the last RELEASE.txtar print with --json.
// With the same program: database copy postgres://…; pg_dump --no-owner --no-privileges
// postgres://… | sed -E '/^.(un)?restrict /d' | gzip -9n >RELEASE.sql.gz: older versions of
// psql do not know those lines.
func TestReleases(t *testing.T) {
	t.Parallel()
	releases, err := filepath.Glob("testdata/releases/*.txtar")
	if err != nil || len(releases) == 0 {
		t.Fatalf("no release left a database: %v", err)
	}
	for _, release := range releases {
		packed := strings.TrimSuffix(release, ".txtar")
		for name, restore := range map[string]func(t *testing.T) *folder{
			"SQLite": func(t *testing.T) *folder {
				f := newFolder(t, releaseFiles)
				f.write("var/bantin.db", unpacked(t, packed+".db.gz"))
				return f
			},
			"PostgreSQL": func(t *testing.T) *folder {
				url, files := postgres.Database(t), maps.Clone(releaseFiles)
				postgres.Restore(t, url, unpacked(t, packed+".sql.gz"))
				files["bantin.yaml"] = "database: " + url + "\n" + files["bantin.yaml"]
				return newFolder(t, files)
			},
		} {
			t.Run(filepath.Base(packed)+" on "+name, func(t *testing.T) {
				t.Parallel()
				restore(t).isUpgraded(release)
			})
		}
	}
}

// isUpgraded has a folder with the database of a release say what the release said.
func (f *folder) isUpgraded(release string) {
	f.t.Helper()
	said, err := txtar.ParseFile(release)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, file := range said.Files {
		f.saysStill(file)
	}
	f.ok("editions", "audit")
	f.mailsOnlyNews()
}

func unpacked(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// saysStill compares what a release said with what is said now. Objects may have grown.
func (f *folder) saysStill(was txtar.File) {
	f.t.Helper()
	if was.Name == "message" {
		now := f.ok("editions", "message", "hang-tuan-1", "--contact", "an@example.org")
		if text := strings.ReplaceAll(now, "\r", ""); strings.TrimSpace(text) != strings.TrimSpace(string(was.Data)) {
			f.t.Errorf("the message that was sent is another now:\n%s", text)
		}
		return
	}
	out := f.ok(append(strings.Fields(was.Name), "--json")...)
	olds, news := strings.Split(strings.TrimSpace(string(was.Data)), "\n"), strings.Split(strings.TrimSpace(out), "\n")
	if len(olds) != len(news) {
		f.t.Errorf("%s: %d lines, were %d:\n%s", was.Name, len(news), len(olds), out)
		return
	}
	for i := range olds {
		var old, now map[string]any
		if err := json.Unmarshal([]byte(olds[i]), &old); err != nil {
			f.t.Fatalf("%s: %v", was.Name, err)
		}
		if err := json.Unmarshal([]byte(news[i]), &now); err != nil {
			f.t.Fatalf("%s: %v", was.Name, err)
		}
		for key, value := range old {
			if !reflect.DeepEqual(value, now[key]) {
				f.t.Errorf("%s: line %d: %s is %v, was %v", was.Name, i+1, key, now[key], value)
			}
		}
	}
}

// mailsOnlyNews has a bulletin come after the upgrade: it alone is mailed, and not to whom
// was suppressed or erased before.
func (f *folder) mailsOnlyNews() {
	f.t.Helper()
	f.write("bulletins/ha-noi.md", "---\ntitle: Hà Nội mở lớp học đêm\n---\nHội Khuyến học thành phố Hà Nội đã mở lớp học đêm cho công nhân.\n")
	f.ok("collect")
	f.ok("deliveries", "resume") // the database is a backup, which mails nothing by itself
	said := f.ok("digest", "send", "hang-tuan", "--json")
	var edition struct {
		Bulletins []string `json:"bulletins"`
		Counts    struct {
			Sent, Failed, Deferred int
		} `json:"counts"`
	}
	list := f.ok("editions", "list", "--json")
	for line := range strings.Lines(list) {
		if !strings.Contains(line, `"hang-tuan-2"`) {
			continue
		}
		if err := json.Unmarshal([]byte(line), &edition); err != nil {
			f.t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(edition.Bulletins, []string{"van-phong-ha-noi"}) || edition.Counts.Sent != 2 {
		f.t.Errorf("the next edition is %+v, want one bulletin for two:\n%s", edition, said)
	}
}
