package bantin

import (
	"cmp"
	"regexp"
	"strings"
)

// foreignPicture is a picture of another host in our own HTML.
var foreignPicture = regexp.MustCompile(`<img src="(?:https?:)?//[^>]*>`)

// OmitForeignPictures leaves of pictures that lie on other hosts their captions.
// Pictures are fetched once and served by us; bulletins that were stored by versions
// before 0.2 may still show others, and a reader who opens them would ask a stranger's host.
func (b *Bulletin) OmitForeignPictures() {
	for i := range b.Images {
		if !strings.HasPrefix(b.Images[i].Src, "/") || strings.HasPrefix(b.Images[i].Src, "//") {
			b.Images[i].Src, b.Images[i].Elsewhere = "", cmp.Or(b.Images[i].Src, b.Images[i].Elsewhere)
		}
	}
	if strings.Contains(b.HTML, "<img") {
		b.HTML = foreignPicture.ReplaceAllString(b.HTML, "")
	}
}
