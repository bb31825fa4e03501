package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
	"bantin/publish/collect"
	"bantin/source"
)

// collectCommand is `bantin collect`.
type collectCommand struct{ *app }

func (a collectCommand) command() *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:   "collect [SOURCE...]",
		Short: a.text("Đọc các nguồn ngay bây giờ", "Read the sources now"),
		Example: asTyped(
			"bantin collect",
			"bantin collect website --since 2015-01-01"),
		ValidArgsFunction: a.completes(math.MaxInt, sourceIDs),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			opt := readOptions{once: true}
			if since != "" {
				var err error
				if opt.since, err = dayFlag("--since", since); err != nil {
					return err
				}
				opt.progress = a.backfilling()
			}
			if err := w.note(ctx, bantin.ActionCollect, strings.Join(args, " "), since); err != nil {
				return err
			}
			return a.collect(ctx, w, args, opt)
		}),
	}
	c.Flags().StringVar(&since, "since", "", a.text("đọc trang web lùi về `DAY` (2015-01-31); tin cũ hơn một tháng chỉ vào kho lưu", "read sites back to `DAY` (2015-01-31); older bulletins become history"))
	return c
}

// backfilling tells on standard error how far a long read has come: now and then,
// so that a log of it can be read too.
func (a collectCommand) backfilling() func(source.Progress) {
	const every = 10 * time.Second
	var last time.Time
	return func(p source.Progress) {
		if time.Since(last) < every {
			return
		}
		last = time.Now()
		a.note("  đã đọc %d bài, đến ngày %s", "  %d stories read, back to %s", p.Read, p.Day)
	}
}

// warnLogger is the log of commands that print what they do themselves.
func (a *app) warnLogger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// collect reads each source named, or all; a broken one does not stop the
// others.
func (a collectCommand) collect(ctx context.Context, w *deps, ids []string, opt readOptions) error {
	chosen, err := w.sourcesNamed(ids)
	if err != nil {
		return err
	}
	collector := w.collector()
	if _, err := collector.SettleTopics(ctx); err != nil {
		return err
	}
	var failed error
	for _, s := range chosen {
		if err := a.collectOne(ctx, w, collector, s, opt); err != nil {
			fmt.Fprintln(a.err, "bantin:", a.explain(err))
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return &toldError{failed}
	}
	return nil
}

func (w *deps) sourcesNamed(ids []string) ([]*config.Source, error) {
	var chosen []*config.Source
	var known []string
	for i := range w.config.Sources {
		s := &w.config.Sources[i]
		known = append(known, s.ID)
		if len(ids) == 0 || slices.Contains(ids, s.ID) {
			chosen = append(chosen, s)
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, wrongUsage("không có nguồn %q trong %s: có %s", "no source %q in %s; known: %s", id, w.config.Path, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}

func (a collectCommand) collectOne(ctx context.Context, w *deps, collector *collect.Collector, s *config.Source, opt readOptions) error {
	done, err := w.collectOnce(ctx, collector, s, opt)
	a.tellCollected(w, &done, err)
	return w.noteRead(ctx, s, err)
}

// tellCollected says what a read brought. Of a source that could not be read
// there is nothing to say but why, unless it broke off on the way.
func (a collectCommand) tellCollected(w *deps, c *collect.Collected, err error) {
	if a.json {
		a.printJSON(collectedJSON(w, c, err))
		return
	}
	if err != nil && !c.Changed() && len(c.Problems) == 0 {
		return
	}
	a.say("%s: %d mới, %d sửa, %d rút, %d đưa lại, %d không đổi", "%s: %d added, %d revised, %d withdrawn, %d restored, %d unchanged",
		c.Source, len(c.Added)+c.History, len(c.Revised), len(c.Withdrawn), len(c.Restored), c.Unchanged)
	if c.History > 0 {
		a.say("  tin cũ, chỉ vào kho lưu: %d", "  history, for the archives only: %d", c.History)
	}
	for _, id := range c.Added {
		a.say("  mới   %s", "  added      %s", id)
	}
	for _, id := range c.Revised {
		a.say("  sửa   %s", "  revised    %s", id)
	}
	for _, id := range c.Withdrawn {
		a.say("  rút   %s", "  withdrawn  %s", id)
	}
	for _, id := range c.Joined {
		a.say("  trùng %s (nguồn khác đã đăng)", "  same as    %s (from another source)", id)
	}
	for _, about := range c.Warnings {
		a.note("  chú ý: %s: %s", "  warning: %s: %s", about.Bulletin, about.Warning.In(a.language))
	}
	for _, id := range c.Replaced {
		a.note("  chú ý: tệp của %s nay chứa một tin khác hẳn: đó là tin mới", "  warning: the file of %s now holds a different story, which became a new bulletin", id)
	}
	for _, item := range c.Gone {
		a.note("  chú ý: %q không còn nữa; tin đã đăng vẫn giữ", "  warning: %q was removed; its bulletin stays", item)
	}
	a.tellProblems(c.Problems)
	if len(c.Problems) > 0 || c.Doubtful > 0 {
		a.note("  → từng mục chưa đọc, đọc thiếu hay chờ duyệt, và việc cần làm: `bantin sources`", "  → each item that is not read, read in part or held, and what to do: `bantin sources`")
	}
}

// tellProblems tells what could not be taken; of what was told before not more than some.
func (a collectCommand) tellProblems(list []collect.Problem) {
	const most = 20
	known := 0
	for _, p := range list {
		if p.Known {
			known++
		}
		if !p.Known || known <= most {
			a.note("  lỗi: %q: %s", "  error: %q: %s", p.Item, a.problem(p.Err))
		}
	}
	if known > most {
		a.note("  và %d mục khác vẫn chưa đọc: xem `bantin sources`", "  and %d more are still not read: see `bantin sources`", known-most)
	}
}

// problem words what is wrong with an item.
func (a collectCommand) problem(err error) string {
	var p *source.Problem
	if errors.As(err, &p) {
		return p.Words.In(a.language)
	}
	return err.Error()
}

func collectedJSON(w *deps, c *collect.Collected, err error) any {
	type warned struct {
		Bulletin string `json:"bulletin"`
		Warning  string `json:"warning"`
	}
	type problem struct {
		Item  string `json:"item"`
		Error string `json:"error"`
	}
	out := struct {
		Source    string    `json:"source"`
		Added     []string  `json:"added,omitempty"`
		Revised   []string  `json:"revised,omitempty"`
		Withdrawn []string  `json:"withdrawn,omitempty"`
		Restored  []string  `json:"restored,omitempty"`
		Joined    []string  `json:"joined,omitempty"`
		History   int       `json:"history,omitempty"`
		Unchanged int       `json:"unchanged"`
		Gone      []string  `json:"gone,omitempty"`
		Problems  []problem `json:"problems,omitempty"`
		Warnings  []warned  `json:"warnings,omitempty"`
		Error     string    `json:"error,omitempty"` // why the source could not be read, to its end
	}{Source: c.Source, Added: c.Added, Revised: c.Revised, Withdrawn: c.Withdrawn, Restored: c.Restored, Joined: c.Joined, History: c.History, Unchanged: c.Unchanged, Gone: c.Gone}
	for _, p := range c.Problems {
		out.Problems = append(out.Problems, problem{p.Item, p.Err.Error()})
	}
	for _, about := range c.Warnings {
		out.Warnings = append(out.Warnings, warned{about.Bulletin, about.Warning.In(w.site.Language)})
	}
	if err != nil {
		out.Error = err.Error()
	}
	return out
}
