package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// bulletinCommands are the subcommands of `bantin bulletins`.
type bulletinCommands struct{ *app }

func (a bulletinCommands) command() *cobra.Command {
	var limit int
	var held, history bool
	list := &cobra.Command{
		Use:   "list",
		Short: a.text("Liệt kê các tin bạn đọc thấy, tin đến sau đứng trước", "List the published bulletins, newest arrival first"),
		Example: asTyped(
			"bantin bulletins list -n 10",
			"bantin bulletins list --held",
			"bantin bulletins list --history"),
		RunE: a.does(func(ctx context.Context, w *deps, _ []string) error {
			switch {
			case held:
				return a.listHeld(ctx, w, limit)
			case history:
				return a.listHistory(ctx, w, limit)
			}
			return a.listBulletins(ctx, w, limit)
		}),
	}
	list.Flags().BoolVar(&held, "held", false, a.text("các tin chờ người xem, và vì sao", "list the held bulletins instead, with the reason"))
	list.Flags().BoolVar(&history, "history", false, a.text("các tin cũ, chỉ có trong kho lưu; ngày đăng gần nhất đứng trước", "list history instead: bulletins that were too old to be news, latest date first"))
	list.MarkFlagsMutuallyExclusive("held", "history")
	list.Flags().IntVarP(&limit, "limit", "n", 50, a.text("nhiều nhất `N` tin; 0: tất cả", "at most `N` bulletins; 0: all"))
	show := &cobra.Command{
		Use:     "show ID",
		Short:   a.text("Xem một tin", "Show one bulletin"),
		Example: asTyped("bantin bulletins show van-phong-thuyen-sach"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.showBulletin(ctx, w, args[0]) }),
	}
	return a.group("bulletins", "Xem các tin và quyết định về chúng", "List, show, hold, correct, merge and withdraw bulletins", append([]*cobra.Command{list, show}, a.verdictCommands()...)...)
}

func (a bulletinCommands) listBulletins(ctx context.Context, w *deps, limit int) error {
	const page = 200
	for before := int64(0); ; {
		n := page
		if limit > 0 {
			n = min(page, limit)
		}
		list, err := w.db.Bulletins().List(ctx, store.Filter{Before: before, Limit: n})
		if err != nil {
			return err
		}
		for i := range list {
			before = list[i].Seq
			if err := a.bulletinLine(w, &list[i]); err != nil {
				return err
			}
		}
		if limit -= len(list); len(list) < n || limit == 0 {
			return nil
		}
	}
}

func (a bulletinCommands) listHeld(ctx context.Context, w *deps, limit int) error {
	list, err := w.db.Bulletins().Held(ctx, limit)
	if err != nil {
		return err
	}
	for i := range list {
		if err := a.bulletinLine(w, &list[i]); err != nil {
			return err
		}
		if !a.json {
			a.say("            %s", "            %s", list[i].Held.In(a.language))
		}
	}
	return nil
}

// listHistory lists history by the day of publication. It reads all of it: the list
// index, which has it in that order, is the daemon's and may be behind.
func (a bulletinCommands) listHistory(ctx context.Context, w *deps, limit int) error {
	const page = 200
	var list []bantin.Bulletin
	for before := int64(0); ; {
		part, err := w.db.History().ByChange(ctx, before, page)
		if err != nil {
			return err
		}
		list = append(list, part...)
		slices.SortStableFunc(list, func(x, y bantin.Bulletin) int { return y.Published.Compare(x.Published) })
		if limit > 0 {
			list = list[:min(len(list), limit)]
		}
		if len(part) < page {
			break
		}
		before = part[len(part)-1].Change
	}
	for i := range list {
		if err := a.bulletinLine(w, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a bulletinCommands) bulletinLine(w *deps, b *bantin.Bulletin) error {
	if a.json {
		return a.printJSON(inSiteLanguage(w, b))
	}
	_, err := fmt.Fprintf(a.out, "%10s  %s  %s\n", w.dayOf(b.Published), b.ID, b.Title)
	return err
}

// inSiteLanguage gives the bulletin with its notes in the site's language alone:
// JSON is the same whatever --lang says.
func inSiteLanguage(w *deps, b *bantin.Bulletin) *bantin.Bulletin {
	out := *b
	out.Held, out.Warnings = bantin.Note(b.Held.In(w.site.Language)), nil
	for _, warning := range b.Warnings {
		out.Warnings = append(out.Warnings, bantin.Note(warning.In(w.site.Language)))
	}
	return &out
}

// dayOf is the day on the site's calendar; nothing where the time is not known.
func (w *deps) dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return bantin.DayOf(t.In(w.site.Location)).String()
}

func (a bulletinCommands) showBulletin(ctx context.Context, w *deps, id string) error {
	b, err := w.db.Bulletins().Get(ctx, id)
	if merged := (*store.MergedError)(nil); errors.As(err, &merged) {
		a.note("%s đã nhập vào %s", "%s was merged into %s", id, merged.Into)
		b, err = w.db.Bulletins().Get(ctx, merged.Into)
	}
	if err != nil {
		return bulletinNotFound(err, id)
	}
	record, err := w.db.Actions().Of(ctx, b.ID)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			*bantin.Bulletin
			Record []bantin.Action `json:"record,omitempty"`
		}{inSiteLanguage(w, &b), record})
	}
	a.printBulletin(w, &b)
	for _, e := range record {
		a.say("\n%s  %s, %s: %s", "\n%s  %s, %s: %s", a.formatTime(e.Time, w.site.Location), e.Who, viaWords(e.Via).In(a.language), actionWords(e.What).In(a.language))
	}
	return nil
}

func (a bulletinCommands) printBulletin(w *deps, b *bantin.Bulletin) {
	fmt.Fprintf(a.out, "%s\n%s\n\n", b.Title, w.site.Link("/bulletins/"+b.ID))
	row := func(vi, en, value string) {
		if value != "" {
			a.say(vi+": %s", en+": %s", value)
		}
	}
	row("Ngày đăng", "Published", w.dayOf(b.Published))
	row("Nguồn", "Source", b.Source+" "+b.SourceID)
	row("Địa chỉ gốc", "First published at", b.URL)
	row("Nơi", "Places", place.Names(b.Places, a.language))
	row("Cụm", "Clusters", strings.Join(b.Clusters, ", "))
	row("Chủ đề", "Topics", w.atlas.TopicNames(b.Topics))
	if b.Urgent {
		a.say("Tin khẩn", "Urgent")
	}
	a.printUnderstood(w, b, row)
	row("Lần sửa", "Revision", fmt.Sprint(b.Revision))
	if b.Withdrawn {
		a.say("Đã rút", "Withdrawn")
	}
	row("Chờ người xem", "Held", b.Held.In(a.language))
	for _, warning := range b.Warnings {
		row("Chú ý", "Warning", warning.In(a.language))
	}
	fmt.Fprintf(a.out, "\n%s\n\n%s\n", b.Lead, b.Text)
	for _, im := range b.Images {
		a.say("\n[ảnh] %s", "\n[image] %s", strings.TrimSpace(im.Caption+" "+cmp.Or(im.Src, im.Elsewhere)))
	}
	for _, f := range b.Attachments {
		a.say("\n[tệp đính kèm] %s", "\n[attachment] %s", strings.TrimSpace(f.Title+" "+f.Src))
	}
}
