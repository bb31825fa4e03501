package source_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bantin"

	"github.com/google/go-cmp/cmp"

	"bantin/internal/testneed"
	"bantin/source"
)

// outcome says in a word a line what became of each item.
func outcome(items []source.Item) []string {
	var lines []string
	for _, item := range items {
		switch {
		case item.Notes != nil:
		case item.Seen:
			lines = append(lines, item.ID+" "+item.Version)
		case item.Gone:
			lines = append(lines, item.ID+" gone")
		case item.Err != nil:
			lines = append(lines, item.ID+" "+item.Err.Error())
		default:
			lines = append(lines, item.ID+" "+item.Bulletin.Title)
		}
	}
	return lines
}

// versions is what a caller remembers of items.
func versions(items []source.Item) map[string]string {
	seen := map[string]string{}
	for _, item := range items {
		if item.Notes == nil {
			seen[item.ID] = item.Version
		}
	}
	return seen
}

func expect(t *testing.T, items []source.Item, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, outcome(items)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestFolderTellsWhatChanged(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/a.txt", "Tin thứ nhất\n\nNội dung.")
	write(t, dir+"/2026/b.md", "# Tin thứ hai\n\nNội dung.")
	write(t, dir+"/c.txt", "Tin thứ ba\n\nNội dung.")
	first := read(t, dir, nil)
	expect(t, first, "2026/b.md Tin thứ hai", "a.txt Tin thứ nhất", "c.txt Tin thứ ba")
	seen := versions(first)
	expect(t, read(t, dir, seen))

	write(t, dir+"/a.txt", "Tin thứ nhất, đã sửa\n\nNội dung.")
	if err := os.Remove(dir + "/c.txt"); err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/d.txt", "Tin thứ nhất, đã sửa\n\nNội dung.")
	second := read(t, dir, seen)
	expect(t, second, "a.txt Tin thứ nhất, đã sửa", "d.txt Tin thứ nhất, đã sửa", "c.txt gone")
	if second[0].Key != first[1].Key || second[0].Bulletin.FeedID != first[1].Bulletin.FeedID {
		t.Error("an edited file is another bulletin")
	}
	if second[0].Digest != second[1].Digest || second[0].Digest == first[1].Digest {
		t.Error("the digest does not follow the content")
	}
	if err := os.RemoveAll(dir + "/2026"); err != nil {
		t.Fatal(err)
	}
	expect(t, read(t, dir, map[string]string{"2026/b.md": seen["2026/b.md"], "a.txt": second[0].Version, "d.txt": second[1].Version}),
		"2026/b.md gone")
}

// A file that has another name now is told as new and as gone, and what is new beside
// files that are all there is not taken for one of them.
func TestFolderRenamed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/a.txt", "Tin thứ nhất\n\nNội dung.")
	first := read(t, dir, nil)
	if err := os.Rename(dir+"/a.txt", dir+"/lễ hội.txt"); err != nil {
		t.Fatal(err)
	}
	renamed := read(t, dir, versions(first))
	expect(t, renamed, "lễ hội.txt Tin thứ nhất", "a.txt gone")
	write(t, dir+"/b.txt", "Tin thứ hai\n\nNội dung.")
	write(t, dir+"/c.txt", "Tin thứ ba\n\nNội dung.")
	added := read(t, dir, versions(renamed[:1]))
	expect(t, added, "b.txt Tin thứ hai", "c.txt Tin thứ ba")
	if !renamed[0].Moved || added[0].Moved || added[1].Moved {
		t.Errorf("moved: %t, then %t and %t", renamed[0].Moved, added[0].Moved, added[1].Moved)
	}
}

func TestFolderPassesOver(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.txt", "Tin")
	for _, name := range []string{".an/tin.txt", ".tin.txt", "~$tin.docx", "anh.png", "danh-sach.csv", "Makefile", "tin.txt~", "tin.txt.swp"} {
		write(t, filepath.Join(dir, name), "không đọc")
	}
	write(t, dir+"/thu.MSG", "thư của Outlook")
	expect(t, read(t, dir, nil),
		"Makefile the file name has no type (such as .docx)",
		"anh.png a picture that no bulletin shows",
		"danh-sach.csv files of type .csv are no bulletins",
		"thu.MSG files of type .msg are not supported",
		"tin.txt Tin")
}

func TestFolderRefuses(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "mat.txt")
	write(t, outside, "Chuyện riêng")
	write(t, dir+"/tin.txt", "Tin")
	for name, target := range map[string]string{"ra.txt": outside, "len.txt": "../../mat.txt", "treo.txt": "khong-co.txt", "trong.txt": "tin.txt", "vong": "."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	large, err := os.Create(dir + "/to.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer large.Close()
	if err := large.Truncate(50 << 20); err != nil {
		t.Fatal(err)
	}
	const link = "the link does not lead to a file of this folder, so it is not followed"
	items := read(t, dir, nil)
	for i, item := range items {
		// The cause behind our words is the system's.
		if p, ok := item.Err.(*source.Problem); ok {
			items[i].Err = &source.Problem{Words: p.Words}
		}
	}
	expect(t, items, "len.txt "+link, "ra.txt "+link, "tin.txt Tin",
		"to.txt the file is too large: 50 MB, at most 8 MB", "treo.txt "+link, "trong.txt Tin")
	expect(t, read(t, dir, versions(items)))
}

func TestFolderStrangeNames(t *testing.T) {
	dir := t.TempDir()
	names := []string{"a\nb.txt", "dấu  cách & \"nháy\".txt", "nfd-ho\u0323c.txt", "\xff.txt"}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("Tin"), 0o644); err != nil {
			testneed.Skip(t, fmt.Sprintf("a file system that takes the name %q", name))
		}
	}
	for i, item := range read(t, dir, nil) {
		if item.ID != names[i] || item.Err != nil {
			t.Errorf("%q: %+v", names[i], item)
			continue
		}
		if !isID(item.Bulletin.ID) {
			t.Errorf("%q: id %q", item.ID, item.Bulletin.ID)
		}
	}
}

func TestFolderWaitsForRest(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/xong.txt", "Tin đã xong")
	write(t, dir+"/dang-viet.txt", "Tin đang")
	s := open(t, source.Spec{ID: "van-phong", Path: dir, Rest: 300 * time.Millisecond})
	var items []source.Item
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(100 * time.Millisecond)
			_ = os.WriteFile(dir+"/dang-viet.txt", []byte("Tin đang viết dở"), 0o644)
		}()
		for item, err := range s.Read(t.Context(), map[string]string{"dang-viet.txt": "0-0"}) {
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, item)
		}
	})
	expect(t, items, "xong.txt Tin đã xong")
	expect(t, read(t, dir, versions(items)), "dang-viet.txt Tin đang viết dở")
}

func TestFolderFails(t *testing.T) {
	fails := func(ctx context.Context, dir string) error {
		s := open(t, source.Spec{ID: "van-phong", Path: dir})
		for item, err := range s.Read(ctx, map[string]string{"a.txt": "1"}) {
			if err == nil {
				t.Errorf("got %+v", item)
			}
			return err
		}
		return nil
	}
	if err := fails(context.Background(), filepath.Join(t.TempDir(), "khong-co")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := fails(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled reading: %v", err)
	}
	if _, err := source.Open(source.Spec{ID: "x", Kind: "fax"}); err == nil || !strings.Contains(err.Error(), `"fax"`) {
		t.Errorf("an unknown kind: %v", err)
	}
}

// A bulletin whose picture comes later is read again until it is there.
func TestFolderMissingPictureComesLater(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.md", "# Tin\n\n![Hội trường](anh.png)\n*Toàn cảnh*\n")
	first := read(t, dir, nil)
	if len(first) != 1 || len(first[0].Bulletin.Warnings) != 1 || first[0].Version != "" {
		t.Fatalf("got %+v", first)
	}
	write(t, dir+"/anh.png", unquoteBytes("PNG 8x8"))
	second := read(t, dir, versions(first))
	expect(t, second, "anh.png shown", "tin.md Tin")
	if b := second[1].Bulletin; len(b.Warnings) > 0 || b.Images[0].Src == "" {
		t.Fatalf("got %+v", b)
	}
	expect(t, read(t, dir, versions(second)))
}

// A page of a thousand pictures, and one picture a thousand times.
func TestFolderManyPictures(t *testing.T) {
	dir := t.TempDir()
	var many, same strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, `<p>Đoạn %d.</p><p><img src="https://example.org/%d.png"></p>`, i, i)
		same.WriteString(`<p><img src="mat.png"></p>`)
	}
	write(t, dir+"/mot.html", "<title>Một ảnh</title><p>Mở đầu.</p>"+same.String())
	write(t, dir+"/nhieu.html", "<title>Nhiều ảnh</title>"+many.String())
	items := read(t, dir, nil)
	if b := items[0].Bulletin; len(b.Warnings) != 1 {
		t.Errorf("%d warnings of one picture", len(b.Warnings))
	}
	if b := items[1].Bulletin; len(b.Images) != 200 || len(b.Warnings) != 51 || !strings.Contains(b.Text, "Đoạn 999.") {
		t.Errorf("%d pictures, %d warnings", len(b.Images), len(b.Warnings))
	}
}

// TestWarningsInBothLanguages checks that each note is worded twice: its reader may
// use another language than the site.
func TestWarningsInBothLanguages(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "trao-hoc-bong.md"), "---\ntitle: Trao học bổng\nnoi-khac: Huế\n---\nHội trao học bổng.\n\n![Ảnh](khong-co.png)\n")
	write(t, filepath.Join(dir, "quyet-dinh.pdf"), "%PDF-1.4 Quyết định")
	for _, item := range read(t, dir, nil) {
		for _, note := range append(item.Bulletin.Warnings, item.Bulletin.Held) {
			if vi, en := note.In(bantin.Vietnamese), note.In(bantin.English); note != "" && (vi == en || vi == "" || en == "") {
				t.Errorf("%s: %q and %q", item.ID, vi, en)
			}
		}
		if len(item.Bulletin.Warnings) == 0 && item.Bulletin.Held == "" {
			t.Errorf("%s says nothing", item.ID)
		}
	}
}
