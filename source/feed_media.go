package source

import (
	"cmp"
	"context"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
	"golang.org/x/net/html"

	"bantin"
	"bantin/source/document"
)

// medium is a picture, film, sound or document that an entry names beside its text.
type medium struct {
	address, kind, caption string
	length                 int64
	thumbnail              bool // a small picture of the same
}

func (m *medium) isPicture() bool {
	if kind := strings.ToLower(m.kind); kind != "" && kind != "application/octet-stream" {
		return strings.HasPrefix(kind, "image")
	}
	switch strings.ToLower(path.Ext(strings.SplitN(m.address, "?", 2)[0])) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp":
		return true
	}
	return m.thumbnail
}

// mediaOf lists what an entry has beside its text: enclosures, and the elements of Media
// RSS, alone or in groups. words are what these say where nothing else does.
func mediaOf(entry *gofeed.Item) (all []medium, words string) {
	elements := entry.Extensions["media"]
	for _, group := range elements["group"] {
		more, about := mediaIn(group.Children, "")
		all, words = append(all, more...), cmp.Or(words, about)
	}
	more, about := mediaIn(elements, "")
	all, words = append(all, more...), cmp.Or(words, about)
	for _, own := range []string{"image", "thumbnail", "thumb"} { // of sites that have elements of their own
		if address := strings.TrimSpace(entry.Custom[own]); strings.HasPrefix(address, "http") {
			all = append(all, medium{address: address, kind: "image", thumbnail: true})
		}
	}
	for _, e := range entry.Enclosures {
		length, _ := strconv.ParseInt(e.Length, 10, 64)
		all = append(all, medium{address: e.URL, kind: e.Type, length: max(length, 0)})
	}
	return all, words
}

// mediaIn lists the media:content and media:thumbnail of one element.
func mediaIn(elements map[string][]ext.Extension, caption string) (all []medium, words string) {
	value := func(of map[string][]ext.Extension, name string) string {
		if len(of[name]) > 0 {
			return strings.TrimSpace(of[name][0].Value)
		}
		return ""
	}
	words = value(elements, "description")
	for _, c := range elements["content"] {
		kind := cmp.Or(c.Attrs["type"], c.Attrs["medium"])
		about := cmp.Or(value(c.Children, "description"), value(c.Children, "title"), caption)
		length, _ := strconv.ParseInt(c.Attrs["fileSize"], 10, 64)
		if c.Attrs["url"] != "" {
			all = append(all, medium{address: c.Attrs["url"], kind: kind, caption: about, length: max(length, 0)})
		}
		inner, _ := mediaIn(c.Children, about)
		all = append(all, inner...)
	}
	for _, t := range elements["thumbnail"] {
		all = append(all, medium{address: cmp.Or(t.Attrs["url"], t.Value), kind: "image", thumbnail: true, caption: caption})
	}
	return all, words
}

// addText adds the text of an entry: the full one where it has words, else the summary,
// and behind that the pictures of the full one.
func (f *webFeed) addText(ctx context.Context, d *document.Draft, entry *gofeed.Item) error {
	media, about := mediaOf(entry)
	content, summary := bodyOf(entry, "content", entry.Content), bodyOf(entry, "summary", entry.Description)
	parts := []string{content}
	if !hasWords(content) {
		parts = []string{summary, content}
		if !hasWords(summary) {
			parts = []string{bodyOf(&gofeed.Item{Custom: map[string]string{"about": "text"}}, "about", about), summary, content}
		}
	}
	for _, part := range parts {
		if err := d.AddHTML(part); err != nil {
			return err
		}
	}
	f.addMedia(d, media)
	return ctx.Err()
}

// addMedia adds pictures that the text does not show, and attaches the rest. Of pictures
// in several sizes the first is taken, and a thumbnail only where nothing else is there.
func (f *webFeed) addMedia(d *document.Draft, media []medium) {
	shown := map[string]bool{}
	for address := range d.PictureSources() {
		shown[pictureName(address)] = true
	}
	attached := map[string]bool{}
	for pass := range 2 {
		for _, m := range media {
			address := d.Absolute(m.address)
			if address == "" || m.thumbnail != (pass == 1) {
				continue
			}
			switch {
			case m.isPicture():
				if name := pictureName(address); !shown[name] && (!m.thumbnail || len(shown) == 0) {
					shown[name] = true
					d.AddPicture(address, m.caption)
				}
			case !attached[address]:
				attached[address] = true
				kind := m.kind
				if !strings.Contains(kind, "/") {
					kind = ""
				}
				d.Attachments = append(d.Attachments, bantin.Attachment{Src: address, Type: kind, Length: m.length})
			}
		}
	}
}

// sizeMark is what sites add to the name of a picture that they made smaller.
var sizeMark = regexp.MustCompile(`-\d{2,4}x\d{2,4}(\.\w+)$`)

// pictureName is what pictures have in common that are the same in another size.
func pictureName(address string) string {
	address, _, _ = strings.Cut(address, "#")
	_, rest, _ := strings.Cut(address, "://")
	return sizeMark.ReplaceAllString(rest, "$1")
}

// hasWords reports whether a piece of HTML has words in it, beside its markup.
func hasWords(page string) bool {
	z := html.NewTokenizer(strings.NewReader(page))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind == html.StartTagToken {
			if name, _ := z.TagName(); string(name) == "script" || string(name) == "style" {
				z.Next()
			}
			continue
		}
		if kind == html.TextToken && strings.ContainsFunc(string(z.Text()), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			return true
		}
	}
	return false
}
