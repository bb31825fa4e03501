package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Captions stand in each labelled text in every way that bulletins have them:
// behind two empty lines, behind a line of no-break spaces, in markup. The
// other paragraphs must stay text, also where they stand as far apart.
func TestCaptions(t *testing.T) {
	raw, err := os.ReadFile("testdata/labelled/captions.lines")
	if err != nil {
		t.Fatal(err)
	}
	captions := strings.Split(strings.TrimSpace(string(raw)), "\n")
	ways := []struct{ name, ext, before, after string }{
		{"two empty lines", "txt", "\n\n\n", ""},
		{"a line of no-break spaces", "txt", "\n \u00a0\n\n", ""},
		{"emphasised under the picture", "html", `<p><img src="https://example.org/a.jpg"><br><em>`, "</em></p>"},
		{"figure", "html", `<figure><img src="https://example.org/a.jpg"><figcaption>`, "</figcaption></figure>"},
		{"centred", "html", `<p align="center"><img src="https://example.org/a.jpg"></p><p align="center">`, "</p>"},
		{"table", "html", `<table><tr><td><img src="https://example.org/a.jpg"></td></tr><tr><td>`, "</td></tr></table>"},
	}
	var all figure
	for _, way := range ways {
		dir, want := t.TempDir(), map[string]string{}
		for i, l := range labelledTexts(t) {
			caption := captions[i%len(captions)]
			name := fmt.Sprintf("%s.%s", l.name, way.ext)
			write(t, filepath.Join(dir, name), page(&l, way.ext, way.before+caption+way.after))
			want[name] = caption
		}
		for _, item := range read(t, dir, nil) {
			if item.Err != nil {
				t.Fatal(item.Err)
			}
			var got []string
			for _, image := range item.Bulletin.Images {
				if image.Caption != "" {
					got = append(got, image.Caption)
				}
			}
			all.tags(item.ID+", "+way.name, []string{want[item.ID]}, got)
		}
	}
	slices.Sort(all.misses)
	t.Logf("captions: precision %.3f, recall %.3f of %d", all.precision(), all.recall(), all.right+all.missing)
	for _, miss := range all.misses {
		t.Log("    " + miss)
	}
	if all.precision() < 0.95 || all.recall() < 0.95 {
		t.Error("captions: below the bar")
	}
}

// page is the text as a page in its print view, or as HTML, with a caption
// behind its first paragraph, and a running one far from the one before.
func page(l *labelled, ext, caption string) string {
	paragraphs := strings.Split(l.body(), "\n\n")
	const running = "Hội nghị thống nhất nhiều nội dung. Các đại biểu đánh giá cao sự chuẩn bị của địa phương."
	if ext == "html" {
		return "<title>" + l.title + "</title><body><p>" + paragraphs[0] + "</p>" + caption + "<p>" + strings.Join(paragraphs[1:], "</p><p>") + "</p></body>"
	}
	return "Hội - " + l.title + "\nHội http://example.vn\n\n" + l.title + "\n" + l.day.String() + "\n\n" + paragraphs[0] + "\n" + caption + "\n\n" +
		strings.Join(paragraphs[1:], "\n\n") + "\n\n\u00a0\n" + running + "\n\nMột dòng nữa về công tác khuyến học.\n\nURL của bản tin này::http://example.vn/modules.php?name=News&op=viewst&sid=" + fmt.Sprint(len(l.title)) + "\n"
}
