package feed

import (
	"regexp"
	"strings"
)

// mediaContent is a picture in Media RSS, which RSS and Atom share: what
// readers take for the picture of an entry.
type mediaContent struct {
	URL         string     `xml:"url,attr"`
	Medium      string     `xml:"medium,attr"`
	Type        string     `xml:"type,attr,omitempty"`
	FileSize    int64      `xml:"fileSize,attr,omitempty"`
	Width       int        `xml:"width,attr,omitempty"`
	Height      int        `xml:"height,attr,omitempty"`
	Description *mediaText `xml:"media:description,omitempty"`
	Credit      *mediaText `xml:"media:credit,omitempty"`
}

type mediaText struct {
	Type string `xml:"type,attr,omitempty"`
	Role string `xml:"role,attr,omitempty"`
	Text string `xml:",chardata"`
}

func newMedia(pictures []picture) []mediaContent {
	var out []mediaContent
	for _, p := range pictures {
		out = append(out, mediaContent{
			URL: p.src, Medium: "image", Type: p.Type, FileSize: p.Length,
			Width: p.Width, Height: p.Height, Description: newMediaText(p.Caption), Credit: newCredit(p.Caption),
		})
	}
	return out
}

func newMediaText(caption string) *mediaText {
	switch {
	case caption == "":
		return nil
	case markup.MatchString(caption):
		return &mediaText{Type: "html", Text: escaped(caption)}
	}
	return &mediaText{Type: "plain", Text: caption}
}

// newCredit is who made the picture, where the caption ends in it, as those of
// newspapers do: "… tặng hoa Hội nghị (Ảnh: Nguyễn Văn An)".
func newCredit(caption string) *mediaText {
	m := creditEnd.FindStringSubmatch(caption)
	if m == nil {
		return nil
	}
	return &mediaText{Role: "photographer", Text: strings.TrimRight(m[1], ". ")}
}

// creditEnd matches a credit at the end of a caption that says more: up to six
// words that each begin with a capital or a number, for "Ảnh: tặng hoa" is none.
var creditEnd = regexp.MustCompile(`(?:[.;,–-]|\s[(\[])\s*(?i:nguồn ảnh|ảnh|photo by|photo)\s*:\s*((?:[\p{Lu}\d][^\s()\[\]]*\s?){1,6}?)\s*[)\]]?\.?$`)
