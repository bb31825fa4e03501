package contact

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"

	"bantin"
)

// WriteCSV writes contacts as a list that [NewReader] reads and that Excel opens
// as it is: with a byte order mark, and guarded against cells that a spreadsheet
// would take for formulas. It stops at the first error of contacts.
func WriteCSV(w io.Writer, contacts iter.Seq2[bantin.Contact, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	out := csv.NewWriter(w)
	if err := out.Write(headings()); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	for c, err := range contacts {
		if err != nil {
			return err
		}
		row := cells(&c)
		for i := range row {
			row[i] = guard(row[i])
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write contacts: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	return nil
}

func headings() []string { return []string{"email", "name", "place", "level", "language", "tags"} }

func cells(c *bantin.Contact) []string {
	return []string{c.Email, c.Name, c.Place, string(c.Level), string(c.Language), strings.Join(c.Tags, ", ")}
}

// formulaSigns begin a formula in one spreadsheet or another.
const formulaSigns = "=+-@\t\r"

// guard puts an apostrophe before what a spreadsheet would run.
func guard(cell string) string {
	if cell != "" && strings.ContainsRune(formulaSigns, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// unguard takes it off again, so that a list that was written reads the same.
func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formulaSigns, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// Rejects writes rejected rows as a list to mend and import again: their own
// headings and cells, with the line and the reason behind them.
type Rejects struct {
	out     *csv.Writer
	columns int
	lang    bantin.Language
}

// NewRejects begins the list of what r rejects; reasons are in lang.
func NewRejects(w io.Writer, r *Reader, lang bantin.Language) (*Rejects, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write rejected contacts: %w", err)
	}
	rejects := &Rejects{csv.NewWriter(w), len(r.header), lang}
	header := append(append([]string{}, r.header...), lang.Say("dòng", "line"), lang.Say("lý do", "reason"))
	return rejects, rejects.write(header)
}

// Add writes one row. Each is flushed, so that nothing is lost with the program.
func (rejects *Rejects) Add(e *RowError) error {
	row := make([]string, max(rejects.columns, len(e.Fields)), rejects.columns+len(e.Fields)+2)
	for i, field := range e.Fields {
		row[i] = guard(strings.ToValidUTF8(field, "\ufffd"))
	}
	return rejects.write(append(row, fmt.Sprint(e.Line), e.Reason.In(rejects.lang)))
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
