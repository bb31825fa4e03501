package main

import (
	"context"
	"fmt"
	"strings"

	"bantin"
	"bantin/contact"
	"bantin/place"
	"bantin/web/office"
)

func (a contactCommands) showContact(ctx context.Context, w *deps, address string) error {
	c, err := w.db.Contacts().Get(ctx, contact.AsStored(address))
	if err != nil {
		return contactNotFound(err, address)
	}
	story, undecided, err := office.StoryOf(ctx, w.db, w.tokens, &c)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(story)
	}
	a.printContact(w, &c)
	a.printUndecided(w, undecided)
	a.printRecord(w, story.Record)
	return nil
}

func (a contactCommands) printContact(w *deps, c *bantin.Contact) {
	fmt.Fprintln(a.out, strings.TrimSpace(c.Name+" <"+c.Email+">"))
	row := func(vi, en, value string) {
		if value != "" {
			a.say("  "+vi+": %s", "  "+en+": %s", value)
		}
	}
	row("nơi", "place", place.Name(c.Place, a.language))
	row("cấp", "level", c.Level.Words().In(a.language))
	row("ngôn ngữ", "language", c.Language.Words().In(a.language))
	row("nhãn", "tags", strings.Join(c.Tags, ", "))
	row("chỉ đọc tin của", "reads only", place.Names(c.Reads, a.language))
	row("chỉ đọc tin về", "reads only about", w.atlas.TopicNames(c.Topics))
	row("tạm ngừng đến", "paused until", c.PausedUntil.String())
	row("biết từ", "origin", c.Origin.Words().In(a.language))
	for _, s := range c.Subscriptions {
		row("bản tin tổng hợp "+s.Digest, "digest "+s.Digest, s.Status.Words().In(a.language)+", "+a.formatTime(s.Since, w.site.Location))
	}
	row("không gửi thư", "suppressed", suppressionWords(c.Suppressed).In(a.language))
}
