package nukeviet

import (
	"bytes"
	"encoding/xml"
	stdhtml "html"
	"regexp"
	"strings"
	"time"

	"bantin"
	"bantin/source/charset"
)

// readSitemap reads a sitemap of news: lastmod is the time of publication.
func readSitemap(raw []byte, link storyLink) ([]row, error) {
	var doc struct {
		URLs []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	var rows []row
	for _, u := range doc.URLs {
		id, address, ok := link(strings.TrimSpace(u.Loc))
		if !ok {
			continue
		}
		r := row{id: id, address: address, kind: 's'}
		if t, err := time.Parse(time.RFC3339, strings.TrimSpace(u.LastMod)); err == nil {
			r.published, r.precision = t, bantin.PrecisionMinute
		}
		rows = append(rows, r)
	}
	return rows, nil
}

var feedDate = regexp.MustCompile(`(\d{1,2}) (\w{3}) (\d{4}) (\d{2}):\d{2}:\d{2} (\S+)`)

// readSiteFeed reads the RSS of a NukeViet site. The minutes of its times are
// the month (a fault of all versions), so that the hour alone is kept, and its
// titles are escaped once more than others.
func readSiteFeed(raw []byte, link storyLink) ([]row, error) {
	var doc struct {
		Items []struct {
			Title   string `xml:"title"`
			Link    string `xml:"link"`
			GUID    string `xml:"guid"`
			PubDate string `xml:"pubDate"`
		} `xml:"channel>item"`
	}
	if err := unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	var rows []row
	for _, item := range doc.Items {
		id, address, ok := link(strings.TrimSpace(item.Link))
		if !ok {
			continue
		}
		r := row{id: id, address: address, title: charset.OneLine(stdhtml.UnescapeString(item.Title)), kind: 'r'}
		if m := feedDate.FindStringSubmatch(item.PubDate); m != nil {
			if t, err := time.Parse("2 Jan 2006 15 -0700", m[1]+" "+m[2]+" "+m[3]+" "+m[4]+" "+offset(m[5])); err == nil {
				r.published, r.precision = t, bantin.PrecisionDay
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func offset(zone string) string {
	if zone == "GMT" || zone == "UTC" || zone == "Z" {
		return "+0000"
	}
	return strings.ReplaceAll(zone, ":", "")
}

// unmarshal reads XML. Entities that a document defines itself are not expanded.
func unmarshal(raw []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	d.Strict = false
	return d.Decode(into)
}
