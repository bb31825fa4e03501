package main

import (
	"context"
	"fmt"
	"strings"

	"bantin"
	"bantin/publish/edition"
)

// showComposed shows what the next edition of a digest says beside its bulletins.
func (a digestCommands) showComposed(ctx context.Context, w *deps, d *edition.DigestPlan) error {
	now, err := w.db.Compositions().Current(ctx, d.ID)
	if err != nil {
		return err
	}
	e, bulletins, err := w.nextEdition(ctx, d)
	if err != nil {
		return err
	}
	row := bantin.ComposedEdition{Digest: d.ID, Edition: e.ID, Status: e.Status, Composition: now.Composition, Always: now.Always, Version: now.Version}
	titles := map[string]string{}
	for i := range bulletins {
		row.Bulletins = append(row.Bulletins, bulletins[i].ID)
		titles[bulletins[i].ID] = bulletins[i].Title
	}
	if a.json {
		return a.printJSON(row)
	}
	a.say("Kỳ tới của %s: %s", "The next edition of %s: %s", d.ID, e.ID)
	line := func(vi, en, text string) {
		if text != "" {
			a.say("  "+vi+": %s", "  "+en+": %s", strings.ReplaceAll(text, "\n", "\n    "))
		}
	}
	line("tiêu đề thư", "subject", now.Subject)
	line("lời ngỏ", "greeting", now.Greeting)
	line("lời ngỏ tiếng Anh", "greeting in English", now.GreetingEN)
	if now.File != nil {
		line("tệp kèm theo", "linked file", now.File.Name)
	}
	line("đứng đầu", "first", strings.Join(now.Pin, ", "))
	line("bỏ ra kỳ này", "left out this time", strings.Join(now.Drop, ", "))
	line("không bao giờ có", "never", strings.Join(now.Always, ", "))
	if len(row.Bulletins) == 0 {
		a.say("  chưa có tin mới", "  no news yet")
	}
	for _, id := range row.Bulletins {
		fmt.Fprintf(a.out, "  %s  %s\n", id, titles[id])
	}
	a.tellDraft(&e)
	return nil
}

// tellDraft says how a draft is approved.
func (a digestCommands) tellDraft(e *bantin.Edition) {
	if e.Status == bantin.EditionDraft {
		a.note("Đây là bản thảo, chưa gửi ai. Duyệt: bantin editions approve %s --version %d. Sửa: bantin digest compose %s.",
			"This is a draft, nobody has got it. To approve it: bantin editions approve %s --version %d. To change it: bantin digest compose %s.", e.ID, e.Version, e.Digest)
	}
}
