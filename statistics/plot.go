package statistics

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"bantin"
	"bantin/contact"
)

// Plot is a table of figures: over time, or by name.
type Plot struct {
	ID      string
	Title   bantin.Words
	Name    *Column // what its rows are named for; nil: they are spans of time
	Columns []Column
	Rows    []Row
}

// Column is a figure.
type Column struct {
	Key   string // of JSON
	Words bantin.Words
}

// Row is a span of time, or what Name names.
type Row struct {
	From, Until time.Time // days; zero in a plot by name
	Name        string
	Values      []int64 // a column each; Unknown where it was not counted
}

// Unknown stands for a figure that was not counted then.
const Unknown = -1

// Names of rows that are none of a list.
const (
	NameOther  = "other"  // groups that are too small to be told apart, together
	NameNone   = "none"   // contacts of whom it is not known
	NameDirect = "direct" // readers that fetch feeds for themselves
)

// WriteCSV writes a plot as a spreadsheet opens it: UTF-8 with a byte order mark, without
// which Excel takes Vietnamese letters for others, headings in the language of the names,
// and no cell that would be a formula.
func (p *Plot) WriteCSV(w io.Writer, names Names) error {
	l := names.Language
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write %s: %w", p.ID, err)
	}
	out := csv.NewWriter(w)
	head := []string{l.Say("từ ngày", "from"), l.Say("đến ngày", "until")}
	if p.Name != nil {
		head = []string{p.Name.Words.In(l)}
	}
	for _, c := range p.Columns {
		head = append(head, c.Words.In(l))
	}
	_ = out.Write(head) // Flush tells
	for i := range p.Rows {
		r := &p.Rows[i]
		cells := []string{r.From.Format(time.DateOnly), r.Until.Format(time.DateOnly)}
		if p.Name != nil {
			cells = []string{contact.Guard(names.Row(p, r))}
		}
		for _, n := range r.Values {
			cell := ""
			if n != Unknown {
				cell = strconv.FormatInt(n, 10)
			}
			cells = append(cells, cell)
		}
		_ = out.Write(cells)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write %s: %w", p.ID, err)
	}
	return nil
}

// Lines gives the rows as JSON, an object each.
func (p *Plot) Lines() (list []any) {
	for i := range p.Rows {
		list = append(list, line{p, &p.Rows[i]})
	}
	return list
}

// line is a row with the keys of its plot, in the order of its columns.
type line struct {
	plot *Plot
	row  *Row
}

// MarshalJSON leaves out what is not known.
func (l line) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	put := func(key string, value any) {
		text, _ := json.Marshal(value) // text and numbers
		fmt.Fprintf(&b, `,%q:%s`, key, text)
	}
	put("plot", l.plot.ID)
	if l.plot.Name == nil {
		put("from", l.row.From.Format(time.DateOnly))
		put("until", l.row.Until.Format(time.DateOnly))
	} else {
		put(l.plot.Name.Key, l.row.Name)
	}
	for i, n := range l.row.Values {
		if n != Unknown {
			put(l.plot.Columns[i].Key, n)
		}
	}
	return append(append([]byte{'{'}, b.Bytes()[1:]...), '}'), nil
}

// Column gives the values of a column by its key; nil where there is none.
func (p *Plot) Column(key string) (values []int64) {
	for i, c := range p.Columns {
		if c.Key != key {
			continue
		}
		for _, r := range p.Rows {
			values = append(values, r.Values[i])
		}
	}
	return values
}

// Sum adds up what is known of a column.
func (p *Plot) Sum(key string) (sum int64) {
	for _, n := range p.Column(key) {
		sum += max(0, n)
	}
	return sum
}
