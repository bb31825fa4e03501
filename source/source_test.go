package source_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"bantin"
	"bantin/internal/testneed"
	"bantin/picture"
	"bantin/place"
	"bantin/source"
)

var update = flag.Bool("update", false, "write what comes out into testdata")

// Each archive is a folder; its file "want" is what a first reading of it gives.
func TestFolderGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, want := t.TempDir(), -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				write(t, filepath.Join(dir, f.Name), unquoteBytes(string(f.Data)))
			}
			var got strings.Builder
			for _, item := range read(t, dir, nil) {
				if !item.Seen { // a picture that one of them shows
					dump(&got, item)
				}
			}
			if *update {
				archive.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(string(archive.Files[want].Data), got.String()); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// unquoteBytes lets an archive have what its format cannot: \xNN is a byte, and
// "PNG 40x30" alone a picture of that size.
func unquoteBytes(text string) string {
	var width, height int
	if n, _ := fmt.Sscanf(text, "PNG %dx%d", &width, &height); n == 2 {
		var out bytes.Buffer
		if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
			panic(err)
		}
		return out.String()
	}
	return regexp.MustCompile(`\\x[0-9a-f]{2}`).ReplaceAllStringFunc(text, func(s string) string {
		var b byte
		fmt.Sscanf(s, `\x%02x`, &b)
		return string([]byte{b})
	})
}

// dump writes all of an item that readers or the store see.
func dump(out *strings.Builder, item source.Item) {
	fmt.Fprintf(out, "== %q %s\n", item.ID, item.Key)
	if item.Err != nil {
		problem := item.Err.(*source.Problem)
		fmt.Fprintf(out, "problem: %s\nproblem: %s\n", problem.Words.VI, problem.Words.EN)
		return
	}
	b := item.Bulletin
	field := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "[]" && s != "false" {
			fmt.Fprintf(out, "%s: %s\n", name, s)
		}
	}
	field("id", b.ID)
	field("title", b.Title)
	field("lead", b.Lead)
	if !b.Published.IsZero() {
		field("published", b.Published.Format("2006-01-02 15:04 MST")+" "+string(b.PublishedPrecision))
	}
	if !b.Updated.IsZero() {
		field("updated", b.Updated.Format("2006-01-02 15:04 MST"))
	}
	field("url", b.URL)
	field("author", b.Author)
	field("language", b.Language)
	field("places", b.Places)
	field("clusters", b.Clusters)
	if b.Event != nil {
		field("event", fmt.Sprintf("%s | %s | %s", b.Event.Date, b.Event.Place, b.Event.Host))
	}
	field("withdrawn", b.Withdrawn)
	field("encoding", b.Encoding)
	field("held", b.Held.In(bantin.English))
	for _, i := range b.Images {
		field("image", fmt.Sprintf("%s %dx%d alt=%q caption=%q", i.Src, i.Width, i.Height, i.Alt, i.Caption))
	}
	for _, a := range b.Attachments {
		field("attachment", fmt.Sprintf("%s %s %d %q", a.Src, a.Type, a.Length, a.Title))
	}
	for _, w := range b.Warnings {
		field("warning", w.In(bantin.English))
	}
	fmt.Fprintf(out, "-- html\n%s-- text\n%s\n\n", b.HTML, b.Text)
}

// read reads the folder dir and fails on errors of the source.
func read(t testing.TB, dir string, seen map[string]string) []source.Item {
	t.Helper()
	return readKnowing(t, dir, seen, nil, nil)
}

// readKnowing reads a folder of which notes and problems are stored.
func readKnowing(t testing.TB, dir string, seen, notes map[string]string, problems map[string]bantin.ProblemKind) []source.Item {
	t.Helper()
	pictures, err := picture.Open(filepath.Join(t.TempDir(), "images"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := picture.OpenFiles(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, source.Spec{ID: "van-phong", Path: dir, Pictures: pictures, Files: files,
		Notes:    func(context.Context) (map[string]string, error) { return notes, nil },
		Problems: func(context.Context) (map[string]bantin.ProblemKind, error) { return problems, nil }})
	var items []source.Item
	for item, err := range s.Read(context.Background(), seen) {
		if err != nil {
			t.Fatal(err)
		}
		if item.Notes == nil {
			items = append(items, item)
		}
	}
	slices.SortStableFunc(items, func(a, b source.Item) int { // these tests know them by their names
		if a.Gone || b.Gone {
			return 0
		}
		return strings.Compare(a.ID, b.ID)
	})
	return items
}

func open(t testing.TB, spec source.Spec) source.Source {
	t.Helper()
	spec.Kind, spec.Location = "folder", time.FixedZone("+07", 7*3600)
	if spec.Rest == 0 {
		spec.Rest = time.Millisecond
	}
	s, err := source.Open(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRealBulletin(t *testing.T) {
	text := realBulletin(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "4929.txt"), text)
	items := read(t, dir, nil)
	if len(items) != 1 || items[0].Err != nil {
		t.Fatalf("got %+v", items)
	}
	b := items[0].Bulletin
	const address = "http://www.hoikhuyenhoc.vn/modules.php?name=News&op=viewst&sid=4929"
	for _, c := range []struct{ what, got, want string }{
		{"key", items[0].Key, "url:" + address},
		{"id", b.ID, "hoikhuyenhoc-vn-4929"},
		{"url", b.URL, address},
		{"day", b.Published.Format(time.DateOnly) + " " + string(b.PublishedPrecision), "2022-04-29 day"},
		{"warnings", fmt.Sprint(len(b.Warnings)), "0"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	lines := strings.Split(text, "\n")
	if b.Title != lines[3] || b.Lead != strings.TrimSpace(lines[6]) {
		t.Errorf("title %q\nlead %q", b.Title, b.Lead)
	}
	var captions []string
	for _, i := range b.Images {
		captions = append(captions, strings.Join(strings.Fields(i.Caption)[:6], " "))
	}
	if d := cmp.Diff([]string{
		"Đồng chí Hồ Đại Dũng, Ủy", "Đồng chí Nguyễn Thị Kim Hải,",
		"Đồng chí Lê Mạnh Hùng, Phó", "Các đồng chí lãnh đạo HKH",
	}, captions); d != "" {
		t.Errorf("captions (-want +got)\n%s", d)
	}
	found := place.NewAtlas(nil).Find(source.Prose(b), bantin.DayOf(b.Published))
	if len(found.Places) != 9 || len(found.Clusters) != 1 || found.Clusters[0] != "tay-bac" {
		t.Errorf("found %+v", found)
	}
	if strings.Contains(b.Text, "contact:") || strings.Contains(b.Text, "URL của") {
		t.Error("the foot of the page is in the text")
	}
}

// realBulletin is the one beside the project. It is not ours to copy.
func realBulletin(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(testneed.Shared(t, "bulletins/4929.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A folder is read on all processors, and leaves them to the others.
func TestFolderLeavesProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	dir := t.TempDir()
	write(t, dir+"/tin.md", "# Tin\n\nLớp học ở Pa Ủ mở cửa.\n")
	read(t, dir, nil)
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("%d processors are left of 3", n)
	}
}
