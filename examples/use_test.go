package examples_test

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/config"
	"bantin/examples"
)

// The configuration is right as it is written out. Its one warning is of
// http://localhost, where mail programs leave out their own unsubscribe button.
func TestConfiguration(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, examples.Files); err != nil {
		t.Fatal(err)
	}
	c, report := config.Load(filepath.Join(dir, "bantin.yaml"))
	var found []string
	for _, p := range report.Problems {
		found = append(found, p.Message.EN)
	}
	if d := cmp.Diff([]string{"site.url is not https"}, found); d != "" || report.Err() != nil {
		t.Fatalf("(-want +got)\n%s%v", d, report.Err())
	}
	var feeds []string
	for _, f := range c.Feeds {
		feeds = append(feeds, f.ID)
	}
	if d := cmp.Diff([]string{"tat-ca", "tay-bac", "tinh"}, feeds); d != "" {
		t.Errorf("feeds (-want +got)\n%s", d)
	}
	if len(c.Digests) != 1 || c.Digests[0].Due == nil || c.SMTP != nil {
		t.Errorf("want one digest that is due, into the outbox: %+v", c.Digests)
	}
}

// The headings are those that a Vietnamese office writes.
func TestHeadings(t *testing.T) {
	f, err := examples.Files.Open("contacts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() {
		t.Fatal("contacts.csv is empty")
	}
	if got := strings.ToLower(lines.Text()); got != "thư điện tử,họ tên,tỉnh,cấp,ngôn ngữ,nhãn" {
		t.Errorf("headings: %s", got)
	}
}

// Each picture is shown by a bulletin, and is small.
func TestPicturesAreUsed(t *testing.T) {
	var shown strings.Builder
	var pictures []string
	err := fs.WalkDir(examples.Files, "bulletins", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(examples.Files, name)
		if strings.HasSuffix(name, ".png") {
			pictures = append(pictures, strings.TrimPrefix(name, "bulletins/"))
			if len(text) > 60<<10 {
				t.Errorf("%s has %d bytes", name, len(text))
			}
			return err
		}
		shown.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pictures = slices.DeleteFunc(pictures, func(p string) bool { return strings.Contains(shown.String(), p) })
	if len(pictures) > 0 {
		t.Errorf("no bulletin shows %q", pictures)
	}
}

// What a text names is found, and one bulletin names no place: it concerns
// everybody.
func TestPlacesAreFound(t *testing.T) {
	places := placesOf(t)
	for _, c := range []struct {
		file string
		want []string
	}{
		{"sau-viec-cho-chi-hoi.md", nil},
		{"vuon-rau-noi-tru.md", []string{"dien-bien"}},
		{"tu-sach-lang-bien.html", []string{"thanh-hoa"}},
		{"dong-ho-hoc-tap.md", []string{"ha-tinh"}},
		{"lop-hoc-so-son-la.md", []string{"son-la"}},
	} {
		got, there := places[c.file]
		if d := cmp.Diff(c.want, got); d != "" || !there {
			t.Errorf("%s (-want +got)\n%s", c.file, d)
		}
	}
}
