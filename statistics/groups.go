package statistics

import (
	"cmp"
	"slices"

	"bantin"
	"bantin/store"
)

// refuseSmall refuses a filter by a place or a level of too few people.
func (r *reader) refuseSmall() {
	points, err := r.view.Series(r.ctx, r.chosenOf(r.size()), r.size())
	if err != nil {
		r.err = err
		return
	}
	most := int64(0)
	for _, p := range points {
		most = max(most, p.N)
	}
	if most < SmallestGroup {
		r.err = ErrSmallGroup
	}
}

// chosenOf is chosen for a figure: the length of the list is not one of a digest.
func (r *reader) chosenOf(f store.Figure) store.StatisticsFilter {
	filter := r.chosen()
	if f == store.FigureContacts {
		filter.Digest = ""
	}
	return filter
}

// byGroup makes a plot of figures by place or level, the largest group first. The first
// figure is the size of a group: those of fewer than SmallestGroup stand together. Where
// they are fewer than that all together, the smallest of the others joins them, so that
// nobody finds them by taking what is told from the whole.
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
	groups := map[string]*Row{}
	for _, point := range points {
		key := cmp.Or(unify(point.Name), NameNone)
		if groups[key] == nil {
			groups[key] = &Row{Name: key, Values: make([]int64, len(figures))}
		}
		groups[key].Values[slices.Index(figures, point.Figure)] += point.N
	}
	for _, row := range groups {
		p.Rows = append(p.Rows, *row)
	}
	slices.SortFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Values[0], a.Values[0]), cmp.Compare(b.Values[1], a.Values[1]), cmp.Compare(a.Name, b.Name))
	})
	p.joinSmall()
	return p
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
	for _, point := range points {
		p.Rows = append(p.Rows, Row{Name: cmp.Or(point.Name, none), Values: []int64{point.N}})
	}
	slices.SortFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Values[0], a.Values[0]), cmp.Compare(a.Name, b.Name))
	})
	return p
}
