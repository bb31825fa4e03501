package contact

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"bantin"
)

// Rejects writes rejected rows as a list to mend and import again: their own
// headings and cells, with the line and the reason behind them. A row of a group
// stands below the row that heads it. A list that was such a list before does not
// grow: its lines and reasons give way to new ones.
type Rejects struct {
	out   *csv.Writer
	reads *Reader
	width int
	lang  bantin.Language
	group []string // that was written last
}

// NewRejects begins the list of what r rejects; reasons are in lang.
func NewRejects(w io.Writer, r *Reader, lang bantin.Language) (*Rejects, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write rejected contacts: %w", err)
	}
	rejects := &Rejects{out: csv.NewWriter(w), reads: r, width: len(r.header), lang: lang}
	if isReported(r.header) {
		rejects.width -= 2
	}
	header := slices.Clone(r.header[:rejects.width])
	for i := range header { // they are of a stranger's file too
		header[i] = Guard(header[i])
	}
	header = append(header, lang.Say("dòng", "line"), lang.Say("lý do", "reason"))
	return rejects, rejects.write(header)
}

// isReported reports whether headings end with those that Rejects adds.
func isReported(header []string) bool {
	if len(header) < 3 {
		return false
	}
	line, reason := key(header[len(header)-2]), key(header[len(header)-1])
	return (line == "dong" || line == "line") && (reason == "ly do" || reason == "reason")
}

// Add writes one row. Each is flushed, so that nothing is lost with the program.
func (rejects *Rejects) Add(e *RowError) error {
	if e.Group != nil && !slices.Equal(e.Group, rejects.group) {
		rejects.group = e.Group
		if err := rejects.write(rejects.cells(e.Group)); err != nil {
			return err
		}
	}
	return rejects.write(append(rejects.cells(e.Fields), fmt.Sprint(e.Line), e.Reason.In(rejects.lang)))
}

// cells are those of a row, as wide as the headings at least.
func (rejects *Rejects) cells(fields []string) []string {
	if isReported(rejects.reads.header) && len(fields) > rejects.width {
		fields = fields[:rejects.width]
	}
	row := make([]string, max(rejects.width, len(fields)))
	for i, field := range fields {
		row[i] = Guard(strings.ToValidUTF8(field, "\ufffd"))
	}
	return row
}

func (rejects *Rejects) write(row []string) error {
	if err := rejects.out.Write(row); err != nil {
		return fmt.Errorf("write rejected contacts: %w", err)
	}
	rejects.out.Flush()
	if err := rejects.out.Error(); err != nil {
		return fmt.Errorf("write rejected contacts: %w", err)
	}
	return nil
}
