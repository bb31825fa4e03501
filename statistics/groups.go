package statistics

import (
	"cmp"
	"slices"

	"bantin"
	"bantin/store"
)

// refuseSmall refuses a filter by a place or a level that has no row of its own among
// those of byGroup: taken from the whole it would tell of the small ones.
func (r *reader) refuseSmall() {
	name, part, unify := r.f.Place, store.PartPlace, today
	if r.f.Level != "" {
		name, part, unify = string(r.f.Level), store.PartLevel, asItIs
	}
	p := r.byGroup("", bantin.Words{}, Column{}, part, unify, r.size(), store.FigureSent)
	if r.err == nil && !slices.ContainsFunc(p.Rows, func(row Row) bool { return row.Name == name }) {
		r.err = ErrSmallGroup
	}
}

// asItIs is for names that do not change.
func asItIs(name string) string { return name }

// byGroup makes a plot of figures by place or level, the largest group first. The first
// figure is the size of a group: those of fewer than SmallestGroup stand together. Where
// they are fewer than that all together, the smallest of the others joins them, so that
// nobody finds them by taking what is told from the whole. The second figure decides
// between groups of one size.
func (r *reader) byGroup(id string, title bantin.Words, name Column, part store.StatisticsPart, unify func(string) string, figures ...store.Figure) Plot {
	p := Plot{ID: id, Title: title, Name: &name}
	for _, f := range figures {
		p.Columns = append(p.Columns, columnOf(f))
	}
	if r.err != nil {
		return p
	}
	points, err := r.view.Parts(r.ctx, r.filter(part), figures...)
	if err != nil {
		r.err = err
		return p
	}
	p.Rows = together(points, func(name string) string { return cmp.Or(unify(name), NameNone) }, figures)
	slices.SortFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Values[0], a.Values[0]), cmp.Compare(b.Values[1], a.Values[1]), cmp.Compare(a.Name, b.Name))
	})
	p.joinSmall()
	return p
}

// together makes a row of the points of each name as it is now. What was counted under
// several names is added up within each span first; then the length of a list is that of
// the last span in which it was counted, and readers are those of the best one.
func together(points []store.StatisticsPoint, unify func(string) string, figures []store.Figure) (list []Row) {
	type cell struct {
		name   string
		figure store.Figure
		span   string
	}
	sums, last := map[cell]int64{}, map[store.Figure]string{}
	for _, p := range points {
		sums[cell{unify(p.Name), p.Figure, p.Span}] += p.N
		last[p.Figure] = max(last[p.Figure], p.Span)
	}
	rows := map[string]*Row{}
	for c, n := range sums {
		if c.figure != store.FigureReaders && c.span != last[c.figure] {
			continue // the list has another length now
		}
		if rows[c.name] == nil {
			rows[c.name] = &Row{Name: c.name, Values: make([]int64, len(figures))}
		}
		value := &rows[c.name].Values[slices.Index(figures, c.figure)]
		*value = max(*value, n)
	}
	for _, row := range rows {
		list = append(list, *row)
	}
	return list
}

// joinSmall puts the small groups at the end of a sorted list together.
func (p *Plot) joinSmall() {
	other := Row{Name: NameOther, Values: make([]int64, len(p.Columns))}
	joined := 0
	for len(p.Rows) > 0 {
		last := p.Rows[len(p.Rows)-1]
		if last.Values[0] >= SmallestGroup && (joined == 0 || other.Values[0] >= SmallestGroup) {
			break
		}
		for i, n := range last.Values {
			other.Values[i] += n
		}
		p.Rows = p.Rows[:len(p.Rows)-1]
		joined++
	}
	if joined > 0 {
		p.Rows = append(p.Rows, other)
	}
}

// byName makes a plot of readers by feed or program, the most read first.
func (r *reader) byName(id string, title bantin.Words, name Column, part store.StatisticsPart, none string) Plot {
	p := Plot{ID: id, Title: title, Name: &name, Columns: []Column{columnOf(store.FigureReaders)}}
	if r.err != nil {
		return p
	}
	f := r.filter(part)
	f.Digest = ""
	points, err := r.view.Parts(r.ctx, f, store.FigureReaders)
	if err != nil {
		r.err = err
		return p
	}
	p.Rows = together(points, func(name string) string { return cmp.Or(name, none) }, []store.Figure{store.FigureReaders})
	slices.SortFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Values[0], a.Values[0]), cmp.Compare(a.Name, b.Name))
	})
	return p
}
