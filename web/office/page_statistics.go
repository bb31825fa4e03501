package office

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/place"
	"bantin/statistics"
	"bantin/templates"
	"bantin/web/office/draw"
)

// statisticsPage is what was sent and returned, the list of contacts, and the readers of
// feeds, over time.
type statisticsPage struct {
	page
	Range    string // the days it is about
	IsSmall  bool   // the filter leaves too few people
	Sections []statisticsSection

	Periods, Digests, Places, Levels, Feeds []option

	filter statistics.Filter
	names  statistics.Names
}

// statisticsSection is a plot with its label in the margin.
type statisticsSection struct {
	Label string
	Plot  *draw.Plot
	Note  string // "" for none
}

func (o *office) statistics(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &statisticsPage{page: o.newPage(r, v, "statistics", "")}
	p.Title = p.Say("Thống kê", "Statistics")
	report, err := o.readStatistics(r)
	p.IsSmall = errors.Is(err, statistics.ErrSmallGroup) && !wantsJSON(r)
	switch {
	case p.IsSmall:
		report = &statistics.Report{Filter: statisticsFilter(r.URL.Query())}
		_ = report.Filter.Check() // it was checked before
	case err != nil:
		return statisticsRefusal(err)
	}
	if wantsJSON(r) {
		lines, err := report.Lines(r.URL.Query().Get("plot"))
		if err != nil {
			return err
		}
		return o.show(w, r, "", nil, lines...)
	}
	p.filter, p.names = report.Filter, statistics.Names{Language: p.Language, Unit: report.Unit, Feeds: o.feedTitles()}
	if from, until := report.Range(); !from.IsZero() {
		p.Range = fmt.Sprintf(p.Say("%s đến %s", "%s to %s"), templates.ShortDate(from), templates.ShortDate(until))
	}
	p.choices(o)
	for i := range report.Plots {
		if s := p.section(report, &report.Plots[i]); s != nil {
			p.Sections = append(p.Sections, *s)
		}
	}
	return o.render(w, http.StatusOK, "statistics", p)
}

// statisticsFile serves GET /office/statistics/{file}: a plot as PLOT.csv.
func (o *office) statisticsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, isCSV := strings.CutSuffix(r.PathValue("file"), ".csv")
	if !isCSV || !slices.Contains(statistics.PlotIDs(), id) {
		return fmt.Errorf("statistics: %w", bantin.ErrNotFound)
	}
	report, err := o.readStatistics(r)
	if err != nil {
		return statisticsRefusal(err)
	}
	plot := report.Plot(id)
	if plot == nil {
		return fmt.Errorf("statistics: %w", bantin.ErrNotFound)
	}
	names := statistics.Names{Language: v.lang, Unit: report.Unit, Feeds: o.feedTitles()}
	var b bytes.Buffer
	if err := plot.WriteCSV(&b, names); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.csv"`, id, report.Filter.Period))
	write(w, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// statisticsFilter reads the filter, whose names are those of the flags of `bantin stats`.
func statisticsFilter(q url.Values) statistics.Filter {
	return statistics.Filter{Period: statistics.Period(q.Get("period")), Digest: q.Get("digest"), Place: q.Get("place"), Level: bantin.Level(q.Get("level")), Feed: q.Get("feed")}
}

func (o *office) readStatistics(r *http.Request) (*statistics.Report, error) {
	f := statisticsFilter(r.URL.Query())
	if f.Digest != "" && !slices.ContainsFunc(o.Digests, func(d Digest) bool { return d.ID == f.Digest }) {
		return nil, fmt.Errorf("digest %q: %w", f.Digest, bantin.ErrNotFound)
	}
	return statistics.Read(r.Context(), o.Store, f, o.Now().In(o.Site.Location))
}

// statisticsRefusal says why a filter is none.
func statisticsRefusal(err error) error {
	switch {
	case errors.Is(err, statistics.ErrSmallGroup):
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Chọn như vậy thì còn dưới 5 người nhận, hay dưới 5 người ở ngoài: số liệu của họ không tách riêng.", EN: "So few contacts are left, under 5, or so few outside, that their figures are not told apart."}}
	case errors.Is(err, statistics.ErrTwoFilters):
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy chọn nơi hoặc cấp: hai thứ được đếm riêng.", EN: "Choose a place or a level: they are counted apart."}}
	}
	return err
}

func (o *office) feedTitles() map[string]string {
	titles := map[string]string{}
	if o.Feeds != nil {
		for _, f := range o.Feeds() {
			titles[f.ID] = f.Title
		}
	}
	for _, d := range o.Digests {
		titles["digest:"+d.ID] = d.Title
	}
	return titles
}

// choices are those of the filter.
func (p *statisticsPage) choices(o *office) {
	for _, period := range statistics.Periods() {
		p.Periods = append(p.Periods, option{string(period), period.Words().In(p.Language), period == p.filter.Period})
	}
	p.Digests = []option{{"", p.Say("mọi bản tin tổng hợp", "all digests"), p.filter.Digest == ""}}
	for _, d := range o.Digests {
		p.Digests = append(p.Digests, option{d.ID, d.Title, d.ID == p.filter.Digest})
	}
	p.Places = []option{{"", p.Say("mọi nơi", "all places"), p.filter.Place == ""}}
	for _, unit := range place.Today() {
		p.Places = append(p.Places, option{unit.Slug, place.Name(unit.Slug, p.Language), unit.Slug == p.filter.Place})
	}
	p.Levels = levelOptions(p.Language, p.filter.Level)
	p.Levels[0].Text = p.Say("mọi cấp", "all levels")
	p.Feeds = []option{{"", p.Say("mọi nguồn tin", "all feeds"), p.filter.Feed == ""}}
	if o.Feeds != nil {
		for _, f := range o.Feeds() {
			p.Feeds = append(p.Feeds, option{f.ID, f.Title, f.ID == p.filter.Feed})
		}
	}
}

// maxDrawn is how many names are drawn as bars, and maxListed how many rows the table of
// readers has; the file of the plot has all.
const (
	maxDrawn  = 35
	maxListed = 25
)

// section draws a plot; nil where there is nothing to draw.
func (p *statisticsPage) section(report *statistics.Report, s *statistics.Plot) *statisticsSection {
	if s.Name != nil && len(s.Rows) == 0 {
		return nil
	}
	note := ""
	if (s.ID == statistics.PlotFeeds || s.ID == statistics.PlotPrograms) && len(s.Rows) > maxListed {
		s.Rows = s.Rows[:maxListed]
		note = fmt.Sprintf(p.Say("%d dòng đầu; tệp CSV có tất cả.", "The first %d; the CSV file has all."), maxListed)
	}
	out := p.table(report, s)
	section := &statisticsSection{Label: out.Name, Plot: out, Note: note}
	series := func(class, column string) draw.Series { return draw.Series{Class: class, Values: s.Column(column)} }
	edge := int64(0)
	switch s.ID {
	case statistics.PlotSent:
		edge = out.Over(false, series("s-ok", "sent"))
	case statistics.PlotReturned:
		out.Keys = []draw.Key{{Class: "s-bad", Text: p.Say("trả lại hẳn", "returned for good")}, {Class: "s-soft", Text: p.Say("tạm trả lại", "returned, not for good")}}
		edge = out.Over(true, series("s-bad", "hard"), series("s-soft", "soft"))
	case statistics.PlotMoves:
		out.Keys = []draw.Key{{Class: "s-ok", Text: p.Say("mới vào", "joined")}, {Class: "s-bad", Text: p.Say("ngừng nhận", "left")}}
		edge = out.Over(false, series("s-ok", "joined"), series("s-bad", "left"))
		if report.Filter.Digest != "" {
			section.Note = p.Say("Với một bản tin tổng hợp, “mới vào” là người tự đăng ký nhận nó; người nhận vì có trong danh sách được tính ở hình trên.", "With a digest chosen, “joined” are those who asked for it; who gets it because they are on a list counts in the plot above.")
		}
	case statistics.PlotGrowth, statistics.PlotReaders:
		edge = out.Curve(s.Column(s.Columns[0].Key), p.Count)
	default:
		var labels []draw.Label
		for i := range s.Rows[:min(len(s.Rows), maxDrawn)] {
			labels = append(labels, draw.Label{Text: out.Rows[i][0], Value: out.Rows[i][1]})
		}
		out.ByName("s-ok", labels, s.Column(s.Columns[0].Key))
		out.Desc = out.Heading + "."
		return section
	}
	out.Top = p.Count(edge)
	out.From, out.Until = out.Rows[0][0], out.Rows[len(out.Rows)-1][0]
	out.Desc = fmt.Sprintf(p.Say("Từ %s đến %s: %s.", "From %s to %s: %s."), out.From, out.Until, out.Heading)
	return section
}

// table fills what all plots have: names, and the table behind the picture.
func (p *statisticsPage) table(report *statistics.Report, s *statistics.Plot) *draw.Plot {
	q := url.Values{"period": {string(report.Filter.Period)}}
	for key, value := range map[string]string{"digest": report.Filter.Digest, "place": report.Filter.Place, "level": string(report.Filter.Level), "feed": report.Filter.Feed} {
		if value != "" {
			q.Set(key, value)
		}
	}
	out := &draw.Plot{ID: s.ID, Heading: p.names.Finding(s, report.Filter, p.Count), Name: s.Title.In(p.Language), Height: draw.Height, IsFolded: true, Summary: p.Say("Số liệu", "Figures"),
		CSV: "/office/statistics/" + s.ID + ".csv?" + q.Encode(), CSVText: p.Say("Tải về bảng này (CSV)", "Download this table (CSV)")}
	head := bantin.Words{VI: "thời gian", EN: "time"}
	if s.Name != nil {
		head = s.Name.Words
	}
	out.Columns = []string{capital(head.In(p.Language))}
	for _, c := range s.Columns {
		out.Columns = append(out.Columns, capital(c.Words.In(p.Language)))
	}
	for i := range s.Rows {
		row := []string{p.names.Row(s, &s.Rows[i])}
		for _, n := range s.Rows[i].Values {
			cell := "–"
			if n != statistics.Unknown {
				cell = p.Count(n)
			}
			row = append(row, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// capital writes the first letter large.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
