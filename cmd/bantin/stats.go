package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/place"
	"bantin/statistics"
)

// statsFlags are what `stats` chooses by.
type statsFlags struct {
	period, digest, place, level, feed, plot string
	csv                                      bool
}

// statsCommand is `bantin stats`.
type statsCommand struct{ *app }

func (a statsCommand) command() *cobra.Command {
	var f statsFlags
	c := &cobra.Command{
		Use:   "stats",
		Short: a.text("Thống kê: đã gửi, trả lại, người nhận thêm bớt, người đọc nguồn tin", "Show statistics: sent, returned, contacts gained and lost, readers of feeds"),
		Example: asTyped(
			"bantin stats --period quarter --digest hang-tuan",
			"bantin stats --plot places --csv > theo-noi.csv",
			"bantin stats --place \"Phú Thọ\" --json"),
		RunE: a.does(func(ctx context.Context, w *deps, _ []string) error { return a.stats(ctx, w, f) }),
	}
	flags := c.Flags()
	flags.StringVar(&f.period, "period", string(statistics.Year), a.text("`PERIOD` tới nay: month (31 ngày), quarter (13 tuần), year (12 tháng) hoặc all", "`PERIOD` up to now: month (31 days), quarter (13 weeks), year (12 months) or all"))
	flags.StringVar(&f.digest, "digest", "", a.text("xét riêng bản tin tổng hợp `ID`", "look at the digest `ID` alone"))
	flags.StringVar(&f.place, "place", "", a.text("chỉ người của `PLACE`: mã hay bất cứ tên gọi nào", "only contacts of `PLACE`, a slug or any of its names"))
	flags.StringVar(&f.level, "level", "", a.text("chỉ người của cấp `LEVEL`: central, province, district, commune hoặc member", "only contacts of `LEVEL`: central, province, district, commune or member"))
	flags.StringVar(&f.feed, "feed", "", a.text("người đọc theo thời gian: chỉ của nguồn tin `ID`", "readers over time: of the feed `ID` alone"))
	flags.StringVar(&f.plot, "plot", "", a.text("chỉ bảng `PLOT`: ", "only the table `PLOT`: ")+strings.Join(statistics.PlotIDs(), ", "))
	flags.BoolVar(&f.csv, "csv", false, a.text("in một bảng dạng CSV cho bảng tính; cần --plot", "print one table as CSV for spreadsheets; needs --plot"))
	var periods, levels []string
	for _, p := range statistics.Periods() {
		periods = append(periods, string(p))
	}
	for _, l := range bantin.Levels() {
		levels = append(levels, string(l))
	}
	completeValues(c, "period", periods...)
	completeValues(c, "level", levels...)
	completeValues(c, "plot", statistics.PlotIDs()...)
	return c
}

// filter reads the flags.
func (f *statsFlags) filter(w *deps) (statistics.Filter, error) {
	out := statistics.Filter{Period: statistics.Period(f.period), Level: bantin.Level(f.level), Feed: f.feed}
	if !slices.Contains(statistics.Periods(), out.Period) {
		return out, wrongUsage("--period %q: chỉ có month, quarter, year, all", "--period %q: want month, quarter, year or all", f.period)
	}
	if out.Level != "" && !slices.Contains(bantin.Levels(), out.Level) {
		return out, wrongUsage("--level %q: chỉ có central, province, district, commune, member", "--level %q: want central, province, district, commune or member", f.level)
	}
	if f.plot != "" && !slices.Contains(statistics.PlotIDs(), f.plot) {
		return out, wrongUsage("--plot %q: chỉ có %s", "--plot %q: want one of %s", f.plot, strings.Join(statistics.PlotIDs(), ", "))
	}
	if f.csv && f.plot == "" {
		return out, wrongUsage("--csv cần --plot: mỗi tệp một bảng", "--csv needs --plot: a file has one table")
	}
	if f.place != "" {
		var ok bool
		if out.Place, ok = place.Lookup(f.place); !ok {
			return out, wrongUsage("--place %q: không có tỉnh, thành phố này", "--place %q: there is no such place", f.place)
		}
	}
	if f.digest != "" {
		d, err := w.digest(f.digest)
		if err != nil {
			return out, err
		}
		out.Digest = d.ID
	}
	return out, nil
}

// stats counts what happened since it was counted last, as the daemon does, and shows it.
func (a statsCommand) stats(ctx context.Context, w *deps, f statsFlags) error {
	filter, err := f.filter(w)
	if err != nil {
		return err
	}
	now := w.now().In(w.site.Location)
	if _, err := w.db.Statistics().Tally(ctx, w.site.Location); err != nil {
		return err
	}
	if err := w.db.Statistics().CountContacts(ctx, now); err != nil {
		return err
	}
	report, err := statistics.Read(ctx, w.db, filter, now)
	switch {
	case errors.Is(err, statistics.ErrSmallGroup):
		return wrongUsage("chọn như vậy thì còn dưới %[1]d người nhận, hay dưới %[1]d người ở ngoài: số liệu của họ không tách riêng", "so few contacts are left, under %d, or so few outside, that their figures are not told apart", statistics.SmallestGroup)
	case errors.Is(err, statistics.ErrTwoFilters):
		return wrongUsage("hãy chọn --place hoặc --level: hai thứ được đếm riêng", "choose --place or --level: they are counted apart")
	case err != nil:
		return err
	}
	if f.plot != "" && report.Plot(f.plot) == nil {
		return wrongUsage("--plot %s không đi với --place hay --level", "--plot %s goes with neither --place nor --level", f.plot)
	}
	names := statistics.Names{Language: a.language, Unit: report.Unit}
	switch {
	case a.json:
		lines, err := report.Lines(f.plot)
		for _, line := range lines {
			err = errors.Join(err, a.printJSON(line))
		}
		return err
	case f.csv:
		return report.Plot(f.plot).WriteCSV(a.out, names)
	}
	for i := range report.Plots {
		if p := &report.Plots[i]; f.plot == "" || p.ID == f.plot {
			a.printPlot(p, names)
		}
	}
	return nil
}

// printPlot prints a table for people.
func (a statsCommand) printPlot(p *statistics.Plot, names statistics.Names) {
	a.say("%s (%s)", "%s (%s)", p.Title.In(a.language), p.ID)
	if len(p.Rows) == 0 {
		a.say("  chưa có gì", "  nothing yet")
		return
	}
	out := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	for _, c := range p.Columns {
		fmt.Fprintf(out, "%s\t", c.Words.In(a.language))
	}
	fmt.Fprintln(out, " ")
	for i := range p.Rows {
		for _, n := range p.Rows[i].Values {
			if n == statistics.Unknown {
				fmt.Fprint(out, "–\t")
				continue
			}
			fmt.Fprintf(out, "%d\t", n)
		}
		fmt.Fprintf(out, "  %s\n", names.Row(p, &p.Rows[i]))
	}
	_ = out.Flush() // a.out keeps its error
}
