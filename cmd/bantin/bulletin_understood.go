package main

import (
	"fmt"
	"slices"
	"strings"

	"bantin"
	"bantin/source"
)

// printUnderstood shows what the program made of the text, and why.
func (a bulletinCommands) printUnderstood(w *deps, b *bantin.Bulletin, row func(vi, en, value string)) {
	if e := b.Event; e != nil {
		row("Ngày diễn ra", "Event on", strings.TrimSpace(e.Date.String()+" "+e.Time))
		row("Nơi diễn ra", "Event at", e.Place)
		row("Nơi đăng cai", "Host", e.Host)
	}
	for _, r := range b.LegalRefs {
		text := r.Ref
		if r.Kind != "" {
			text = r.Kind + " " + text
		}
		if !r.Date.IsZero() {
			text += " (" + r.Date.String() + ")"
		}
		row("Văn bản", "Document", fmt.Sprintf("%s × %d", text, r.Count))
	}
	row("Bảng mã gốc", "Found in encoding", b.Encoding)
	var day bantin.Day
	if !b.Published.IsZero() {
		day = bantin.DayOf(b.Published.In(w.site.Location))
	}
	for _, e := range w.atlas.Find(source.Prose(b), day).Evidence {
		if slices.Contains(b.Places, e.Slug) || slices.Contains(b.Clusters, e.Slug) {
			row("Căn cứ", "Evidence", fmt.Sprintf("%s: “%s” (%d, %s)", e.Slug, e.Text, e.Offset, e.Rule))
		}
	}
}
