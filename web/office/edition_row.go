package office

import (
	"fmt"

	"bantin"
	"bantin/mailer"
	"bantin/web/office/draw"
)

// editionRow is an edition in a list.
type editionRow struct {
	Title, Href, At, Status string
	Why                     string // it is held or waits; "" where neither
	Strip                   []stripPart
	Keys                    []stripKey
}

// stripPart is a part of the strip that shows how far an edition is, in percent of its
// width. What waits is drawn hollow.
type stripPart struct {
	Class     string
	X, Width  string
	Y, Height int
}

// stripKey names a part with its count.
type stripKey struct{ Class, Count, Text string }

func (o *office) editionRow(p *page, e *bantin.Edition) editionRow {
	title := e.Title
	if title == "" {
		title = e.Digest
	}
	row := editionRow{
		Title: fmt.Sprintf(p.Say("%s, số %d", "%s, no. %d"), title, e.Number), Href: "/office/editions/" + e.ID,
		At: mailer.FormatTime(p.Language, e.Due.In(o.zone(e.Digest))), Status: statusWords(e.Status).In(p.Language),
	}
	switch {
	case e.Held != nil:
		row.Why = e.Held.What
	case e.Waiting != nil:
		row.Why = e.Waiting.What
	}
	row.Strip, row.Keys = strip(p, e)
	return row
}

// strip draws the counts of an edition. What came back was accepted first: it is taken
// from what was sent, so that the parts add up.
func strip(p *page, e *bantin.Edition) (parts []stripPart, keys []stripKey) {
	c := e.Counts
	returned := min(e.Returned, c.Sent)
	total := max(e.Recipients, c.Total())
	if total == 0 {
		return nil, nil // its recipients are not known yet
	}
	x := int64(0)
	for _, part := range []struct {
		class, text string
		n           int64
		isShown     bool // also where it is none
	}{
		{"s-ok", p.Say("đã gửi", "sent"), c.Sent - returned, true},
		{"s-wait", p.Say("còn chờ", "waiting"), c.Unsettled(), false},
		{"s-bad", p.Say("bị từ chối hoặc trả lại", "refused or returned"), c.Failed + returned, false},
		{"s-skip", p.Say("bỏ qua", "skipped"), c.Skipped, false},
	} {
		if part.n == 0 && !part.isShown {
			continue
		}
		keys = append(keys, stripKey{part.class, p.Count(part.n), part.text})
		if part.n == 0 {
			continue
		}
		s := stripPart{Class: part.class, X: draw.Percent(x, total), Width: draw.Percent(part.n, total), Height: 16}
		if part.class == "s-wait" {
			s.Y, s.Height = 1, 14
		}
		parts = append(parts, s)
		x += part.n
	}
	return parts, keys
}
