package statistics

import (
	"context"
	"fmt"
	"time"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// Report is the plots of a filter.
type Report struct {
	Filter Filter
	Unit   Unit
	Plots  []Plot
}

// Plot gives a plot by its id; nil where there is none.
func (r *Report) Plot(id string) *Plot {
	for i := range r.Plots {
		if r.Plots[i].ID == id {
			return &r.Plots[i]
		}
	}
	return nil
}

// IDs of the plots.
const (
	PlotSent     = "sent"
	PlotReturned = "returned"
	PlotGrowth   = "growth"
	PlotMoves    = "moves"    // who joined and who left
	PlotPlaces   = "places"   // without a place or a level in the filter
	PlotLevels   = "levels"   // the same
	PlotReaders  = "readers"  // over time
	PlotFeeds    = "feeds"    // readers by feed
	PlotPrograms = "programs" // readers by program
)

// PlotIDs lists them in their order.
func PlotIDs() []string {
	return []string{PlotSent, PlotReturned, PlotGrowth, PlotMoves, PlotPlaces, PlotLevels, PlotReaders, PlotFeeds, PlotPrograms}
}

// columnOf is the column of a figure.
func columnOf(f store.Figure) Column {
	return Column{string(f), map[store.Figure]bantin.Words{
		store.FigureEditions:   {VI: "số kỳ", EN: "editions"},
		store.FigureSent:       {VI: "đã gửi", EN: "sent"},
		store.FigureRefused:    {VI: "bị từ chối", EN: "refused"},
		store.FigureSkipped:    {VI: "bỏ qua", EN: "skipped"},
		store.FigureHard:       {VI: "trả lại hẳn", EN: "returned for good"},
		store.FigureSoft:       {VI: "tạm trả lại", EN: "returned, not for good"},
		store.FigureRecipients: {VI: "người nhận", EN: "recipients"},
		store.FigureContacts:   {VI: "người nhận", EN: "contacts"},
		store.FigureJoined:     {VI: "mới vào", EN: "joined"},
		store.FigureLeft:       {VI: "ngừng nhận", EN: "left"},
		store.FigureReaders:    {VI: "người đọc", EN: "readers"},
	}[f]}
}

// reader reads the plots of a filter.
type reader struct {
	ctx   context.Context
	view  store.Statistics
	f     Filter
	unit  Unit
	spans []span
	err   error
}

// Read gives all plots of a filter, up to now in the zone of now.
func Read(ctx context.Context, db *store.DB, f Filter, now time.Time) (*Report, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, view: db.Statistics(), f: f}
	first, err := r.view.First(ctx)
	if err != nil {
		return nil, err
	}
	month, _ := time.ParseInLocation("2006-01", first, now.Location()) // zero where there is none
	r.unit, r.spans = f.Period.cut(month, now)
	groups := f.Place == "" && f.Level == ""
	if !groups {
		r.refuseSmall()
	}
	size := r.size()
	out := &Report{Filter: f, Unit: r.unit}
	sent := []store.Figure{store.FigureSent, store.FigureRefused, store.FigureSkipped}
	if groups {
		sent = append([]store.Figure{store.FigureEditions}, sent...)
	}
	out.Plots = append(out.Plots,
		r.overTime(PlotSent, bantin.Words{VI: "Thư đã gửi", EN: "Messages sent"}, sent...),
		r.overTime(PlotReturned, bantin.Words{VI: "Thư trả lại", EN: "Messages returned"}, store.FigureSent, store.FigureHard, store.FigureSoft),
		r.overTime(PlotGrowth, bantin.Words{VI: "Danh sách người nhận", EN: "The list of contacts"}, size),
		r.overTime(PlotMoves, bantin.Words{VI: "Mới vào và ngừng nhận", EN: "Joined and left"}, store.FigureJoined, store.FigureLeft))
	if groups {
		figures := []store.Figure{size, store.FigureSent, store.FigureHard, store.FigureSoft, store.FigureJoined, store.FigureLeft}
		out.Plots = append(out.Plots,
			r.byGroup(PlotPlaces, bantin.Words{VI: "Theo nơi", EN: "By place"}, Column{"place", bantin.Words{VI: "nơi", EN: "place"}}, store.PartPlace, today, figures...),
			r.byGroup(PlotLevels, bantin.Words{VI: "Theo cấp", EN: "By level"}, Column{"level", bantin.Words{VI: "cấp", EN: "level"}}, store.PartLevel, asItIs, figures...))
	}
	out.Plots = append(out.Plots,
		r.readersOverTime(),
		r.byName(PlotFeeds, bantin.Words{VI: "Người đọc của từng nguồn tin", EN: "Readers of each feed"}, Column{"feed", bantin.Words{VI: "nguồn tin", EN: "feed"}}, store.PartFeed, ""),
		r.byName(PlotPrograms, bantin.Words{VI: "Đọc bằng gì", EN: "What they read with"}, Column{"program", bantin.Words{VI: "chương trình", EN: "program"}}, store.PartProgram, NameDirect))
	return out, r.err
}

// size is the figure that tells how many people a group has.
func (r *reader) size() store.Figure {
	if r.f.Digest != "" {
		return store.FigureRecipients
	}
	return store.FigureContacts
}

// filter is that of the store for the spans of the period.
func (r *reader) filter(part store.StatisticsPart, names ...string) store.StatisticsFilter {
	f := store.StatisticsFilter{Digest: r.f.Digest, Part: part, Names: names, Unit: store.UnitDay}
	switch r.unit {
	case ByMonth:
		f.Unit = store.UnitMonth
	case ByYear:
		f.Unit = store.UnitYear
	}
	if n := len(r.spans); n > 0 {
		f.From, f.To = f.Unit.Span(r.spans[0].from), f.Unit.Span(r.spans[n-1].until)
	}
	return f
}

// chosen is the filter of a plot over time.
func (r *reader) chosen() store.StatisticsFilter {
	switch {
	case r.f.Place != "":
		return r.filter(store.PartPlace, append(place.Predecessors(r.f.Place), r.f.Place)...)
	case r.f.Level != "":
		return r.filter(store.PartLevel, string(r.f.Level))
	}
	return r.filter(store.PartAll)
}

// overTime makes a plot of figures, a row a span.
func (r *reader) overTime(id string, title bantin.Words, figures ...store.Figure) Plot {
	p := Plot{ID: id, Title: title}
	for _, f := range figures {
		p.Columns = append(p.Columns, columnOf(f))
	}
	if r.err != nil {
		return p
	}
	points, err := r.view.Series(r.ctx, r.chosen(), figures...)
	r.err = err
	p.Rows = r.rows(points, figures)
	return p
}

func (r *reader) readersOverTime() Plot {
	p := Plot{ID: PlotReaders, Title: bantin.Words{VI: "Người đọc nguồn tin", EN: "Readers of feeds"}, Columns: []Column{columnOf(store.FigureReaders)}}
	if r.err != nil {
		return p
	}
	f := r.filter(store.PartAll)
	if r.f.Feed != "" {
		f = r.filter(store.PartFeed, r.f.Feed)
	}
	f.Digest = ""
	points, err := r.view.Series(r.ctx, f, store.FigureReaders)
	r.err = err
	p.Rows = r.rows(points, []store.Figure{store.FigureReaders})
	return p
}

// rows puts points into the spans of the period. Of a span, what is added up is the sum,
// the length of a list the last one known, and readers those of the best day.
func (r *reader) rows(points []store.StatisticsPoint, figures []store.Figure) []Row {
	rows := make([]Row, len(r.spans))
	column := map[store.Figure]int{}
	for i, f := range figures {
		column[f] = i
	}
	for i, s := range r.spans {
		rows[i] = Row{From: s.from, Until: s.until, Values: make([]int64, len(figures))}
		for f, c := range column {
			if isLevel(f) {
				rows[i].Values[c] = Unknown
			}
		}
	}
	for _, p := range points { // in the order of their spans
		i, ok := r.spanOf(p.Span)
		if !ok {
			continue
		}
		value := &rows[i].Values[column[p.Figure]]
		switch {
		case p.Figure == store.FigureReaders:
			*value = max(*value, p.N)
		case isLevel(p.Figure):
			*value = p.N
		default:
			*value += p.N
		}
	}
	for i := 1; i < len(rows); i++ { // a list stays as long as it was while nobody counts it
		for f, c := range column {
			if isLevel(f) && f != store.FigureReaders && rows[i].Values[c] == Unknown {
				rows[i].Values[c] = rows[i-1].Values[c]
			}
		}
	}
	return rows
}

// isLevel reports whether a figure is how many there are, and no sum.
func isLevel(f store.Figure) bool {
	return f == store.FigureContacts || f == store.FigureRecipients || f == store.FigureReaders
}

// spanOf is the span of the period in which a day or a month is.
func (r *reader) spanOf(text string) (int, bool) {
	for i := range r.spans {
		from, until := r.spans[i].from.Format(time.DateOnly)[:len(text)], r.spans[i].until.Format(time.DateOnly)[:len(text)]
		if text >= from && text <= until {
			return i, true
		}
	}
	return 0, false
}

// Lines gives the rows of a plot, or of all where id is "", as JSON, an object each.
func (r *Report) Lines(id string) (list []any, err error) {
	for i := range r.Plots {
		if id == "" || r.Plots[i].ID == id {
			list = append(list, r.Plots[i].Lines()...)
		}
	}
	if id != "" && r.Plot(id) == nil {
		return nil, fmt.Errorf("plot %q: %w", id, bantin.ErrNotFound)
	}
	return list, nil
}
