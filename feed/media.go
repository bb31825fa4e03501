package feed

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
}

type mediaText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func newMedia(pictures []picture) []mediaContent {
	var out []mediaContent
	for _, p := range pictures {
		out = append(out, mediaContent{
			URL: p.src, Medium: "image", Type: p.Type, FileSize: p.Length,
			Width: p.Width, Height: p.Height, Description: newMediaText(p.Caption),
		})
	}
	return out
}

func newMediaText(caption string) *mediaText {
	switch {
	case caption == "":
		return nil
	case markup.MatchString(caption):
		return &mediaText{"html", escaped(caption)}
	}
	return &mediaText{"plain", caption}
}
