package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// item is a bulletin in a list.
type item struct {
	Title    []highlightSpan
	Href     string
	Summary  []highlightSpan
	Language string // of the words, where it is not the page's
	Tags     []tag
	Image    *bantin.Image
	Sources  string // the image in two sizes, as srcset has them; "" where it has one
}

// summaryLimit is in characters: three lines of a list.
const summaryLimit = 240

func (s *site) item(p *page, b *bantin.Bulletin) item {
	href := p.Href("/bulletins/" + b.ID)
	out := item{
		Title:    plainRuns(title(b)),
		Href:     href,
		Summary:  plainRuns(b.Summary(summaryLimit)),
		Language: s.contentLanguage(p, b),
		Tags:     s.firstTags(p, b, href),
	}
	for _, img := range b.Images {
		if img.Src != "" {
			if img.Alt == "" {
				img.Alt = img.Caption
			}
			out.Image = &img
			if small, ours := img.Crop(bantin.CropThumb); ours {
				dense, _ := img.Crop(bantin.CropDense)
				out.Image, out.Sources = &small, fmt.Sprintf("%s %dw, %s %dw", small.Src, small.Width, dense.Src, dense.Width)
			}
			break
		}
	}
	return out
}

// contentLanguage is the bulletin's language where it differs from the page's, so
// that a screen reader pronounces it correctly (WCAG 3.1.2).
func (s *site) contentLanguage(p *page, b *bantin.Bulletin) string {
	language := b.Language
	if language == "" {
		language = string(s.Site.Language)
	}
	if language == string(p.Language) {
		return ""
	}
	return language
}

// title is never empty, since it is what a visitor clicks on.
func title(b *bantin.Bulletin) string {
	if b.Title != "" {
		return b.Title
	}
	if s := b.Summary(80); s != "" {
		return s
	}
	return b.ID
}

// newestFirst sorts bulletins by publication, as feeds and mails do; of those with
// the same date the last to arrive comes first.
func (s *site) newestFirst(list []bantin.Bulletin) {
	slices.SortStableFunc(list, func(a, b bantin.Bulletin) int {
		return cmp.Or(s.published(&b).Compare(s.published(&a)), cmp.Compare(b.Seq, a.Seq))
	})
}

// published is the date of a bulletin in the site's zone.
func (s *site) published(b *bantin.Bulletin) time.Time {
	t := b.Published
	if t.IsZero() {
		t = b.ArrivedAt
	}
	return t.In(s.Site.Location)
}
