package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/source"
)

// A picture is told until a bulletin shows it, and from then on never again.
func TestFolderTellsOfPictures(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/anh/san.png", unquoteBytes("PNG 8x8"))
	write(t, dir+"/anh/le.jpg", "ảnh")
	write(t, dir+"/tin.md", "# Tin\n\nNội dung.\n\n![Sân](anh/san.png)\n")
	first := read(t, dir, nil)
	expect(t, first, "anh/le.jpg a picture that no bulletin shows", "anh/san.png shown", "tin.md Tin")
	listed := map[string]string{"pictures": "listed"}
	expect(t, readKnowing(t, dir, versions(first), listed, nil))
	write(t, dir+"/tin.md", "# Tin\n\nNội dung, nay không có ảnh.\n")
	second := readKnowing(t, dir, versions(first), listed, nil)
	expect(t, second, "tin.md Tin")
	seen := versions(first)
	seen["tin.md"] = second[0].Version
	write(t, dir+"/khac.md", "# Tin khác\n\nNội dung.\n\n![Lễ](anh/le.jpg)\n")
	write(t, dir+"/anh/le.jpg", unquoteBytes("PNG 8x8"))
	expect(t, readKnowing(t, dir, seen, listed, nil), "anh/le.jpg shown", "khac.md Tin khác")
}

// The name of a picture may be written in another way than its file's: accents apart, as a
// Mac does, or in capitals. One that is missing is named as people write it.
func TestFolderFindsPicturesByTheirNames(t *testing.T) {
	dir := t.TempDir()
	apart := norm.NFD.String("ảnh/Lễ trao.PNG")
	write(t, filepath.Join(dir, apart), unquoteBytes("PNG 8x8"))
	write(t, dir+"/tin.md", "# Tin\n\nNội dung.\n\n![Lễ](<ảnh/Lễ trao.png>)\n\n![Khác](<ảnh/Lễ khác.png>)\n")
	items := read(t, dir, nil)
	expect(t, items, apart+" shown", "tin.md Tin")
	if b := items[1].Bulletin; len(b.Images) == 0 || b.Images[0].Src == "" || len(b.Warnings) != 1 ||
		b.Warnings[0].In(bantin.English) != `picture "ảnh/Lễ khác.png" is left out: there is no such file` {
		t.Errorf("images %+v, warnings %q", b.Images, b.Warnings)
	}
}

// A folder that was read before there was a list of shown pictures tells of none.
func TestFolderTakesOverPictures(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.md", "# Tin\n\nNội dung.\n")
	first := read(t, dir, nil)
	write(t, dir+"/cu.png", unquoteBytes("PNG 8x8"))
	expect(t, read(t, dir, versions(first)), "cu.png shown")
}

// What a browser saves beside a page belongs to it; without the page the same directory is
// one as any other.
func TestFolderPassesOverPartsOfPages(t *testing.T) {
	dir := t.TempDir()
	page := "<html><body><h1>Tin của trang</h1><p>Nội dung của trang.</p></body></html>"
	write(t, dir+"/Trang tin.html", page)
	write(t, dir+"/Trang tin_files/style.css", "p{}")
	write(t, dir+"/Trang tin_files/saved_resource.html", page)
	write(t, dir+"/khac_files/a.css", "p{}")
	expect(t, read(t, dir, nil), "Trang tin.html Tin của trang", "khac_files/a.css files of type .css are no bulletins")
}

// What was wrong with a file ends in silence when it is gone, also when its problem is
// known from an earlier process only.
func TestFolderProblemsEnd(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.zip", "PK")
	write(t, dir+"/hong.docx", "không phải Word")
	first := read(t, dir, nil)
	if len(first) != 2 {
		t.Fatal(outcome(first))
	}
	for _, item := range first {
		p, ok := item.Err.(*source.Problem)
		if !ok || p.Hint.VI == "" || p.Hint.EN == "" || p.Words.VI == "" {
			t.Errorf("%s has no next step: %#v", item.ID, item.Err)
		}
	}
	for _, name := range []string{"/tin.zip", "/hong.docx"} {
		if err := os.Remove(dir + name); err != nil {
			t.Fatal(err)
		}
	}
	known := map[string]bantin.ProblemKind{"tin.zip": bantin.ProblemUnread, "hong.docx": bantin.ProblemUnread}
	gone := readKnowing(t, dir, versions(first[:1]), nil, known)
	expect(t, gone, "hong.docx gone", "tin.zip gone")
	for _, item := range gone {
		if !item.Absorbed {
			t.Errorf("%s: it is told that its bulletin stays, and it never gave one", item.ID)
		}
	}
}
