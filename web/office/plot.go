package office

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/store"
	"bantin/templates"
	"bantin/web/office/draw"
)

// plotPoints is how many points a curve has, tableRows how many lines the table.
const (
	plotPoints = 60
	tableRows  = 6
)

func (o *office) fillPlot(ctx context.Context, p *editionPage, e *bantin.Edition) error {
	sent, returned, err := o.Store.Editions().Timeline(ctx, e.Row)
	if err != nil || len(sent) == 0 {
		return err
	}
	p.Plot = newPlot(&p.page, e, sent, returned, o.zone(e.Digest))
	return nil
}

// curve counts moments up to a time, scaled to a total.
type curve struct {
	list  []store.Moment
	total int64 // 0: not scaled
}

func (c curve) until(t time.Time) int64 {
	var n, all int64
	for _, m := range c.list {
		if !m.At.After(t) {
			n += m.N
		}
		all += m.N
	}
	if c.total == 0 || all == 0 {
		return n
	}
	return n * c.total / all
}

func newPlot(p *page, e *bantin.Edition, sent, returned []store.Moment, zone *time.Location) *draw.Plot {
	from, until := sent[0].At, sent[len(sent)-1].At
	if len(returned) > 0 {
		until = later(until, returned[len(returned)-1].At)
	}
	until = later(until, from.Add(time.Minute))
	from = from.Add(-until.Sub(from) / 20) // the curve begins at nothing
	went, came := curve{sent, e.Counts.Sent}, curve{returned, 0}
	all := max(e.Recipients, e.Counts.Total(), 1)
	path := func(c curve) string {
		var b strings.Builder
		for i := range plotPoints + 1 {
			t := from.Add(until.Sub(from) * time.Duration(i) / plotPoints)
			fmt.Fprintf(&b, "%c%.2f %.2f", "ML"[min(i, 1)], float64(i)*100/plotPoints, 100-float64(c.until(t))*100/float64(all))
		}
		return b.String()
	}
	line := path(went)
	format := func(t time.Time) string {
		t = t.In(zone)
		if until.Sub(from) > 20*time.Hour {
			return templates.Clock(t) + " " + templates.DayMonth(p.Language, t)
		}
		return templates.Clock(t)
	}
	out := &draw.Plot{
		ID: "plot", Height: draw.Height,
		Line: line, Area: line + "L100 100L0 100Z", From: format(from), Until: format(until),
		Top:  fmt.Sprintf(p.Say("%s cần gửi", "%s to send"), p.messages(all)),
		Name: p.Say("Số thư đã gửi theo thời gian", "Messages sent over time"),
	}
	half := from
	for t := from; t.Before(until); t = t.Add(max(time.Second, until.Sub(from)/200)) {
		if half = t; went.until(t)*2 >= e.Counts.Sent {
			break
		}
	}
	out.Heading = fmt.Sprintf(p.Say("Một nửa đã đi trong %s", "Half of it went within %s"), p.duration(half.Sub(from)))
	out.Desc = fmt.Sprintf(p.Say("Từ %s đến %s gửi %s trong %s.", "From %s to %s, %s of %s went out."), out.From, out.Until, p.Count(e.Counts.Sent), p.messages(all))
	if len(returned) > 0 {
		out.Returned = path(came)
		out.Desc += " " + fmt.Sprintf(p.Say("%s thư trở về.", "%s came back."), p.Count(came.until(until)))
	}
	out.Columns = []string{p.Say("Đến lúc", "Until"), p.Say("Đã gửi", "Sent"), p.Say("Thêm", "More"), p.Say("Trở về", "Returned")}
	out.Rows = plotRows(p, went, came, from, until, format)
	return out
}

// plotRows are the lines of the table: times at which something happened since the last.
func plotRows(p *page, went, came curve, from, until time.Time, format func(time.Time) string) [][]string {
	var rows [][]string
	last, lastCame := int64(0), int64(0)
	for i := 1; i <= tableRows; i++ {
		t := from.Add(until.Sub(from) * time.Duration(i) / tableRows)
		n, back := went.until(t), came.until(t)
		if n == last && back == lastCame {
			continue
		}
		rows = append(rows, []string{format(t), p.Count(n), p.Count(n - last), p.Count(back)})
		last, lastCame = n, back
	}
	return rows
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// duration says how long something took.
func (p page) duration(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return p.plural(max(1, int(d.Seconds())), "%d giây", "%d second", "%d seconds")
	case d < 3*time.Hour:
		return p.plural(int(d.Minutes()), "%d phút", "%d minute", "%d minutes")
	}
	return p.plural(int(d.Hours()), "%d giờ", "%d hour", "%d hours")
}
