package contact

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

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
			row[i] = Guard(row[i])
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

// formulaSigns begin a formula in one spreadsheet or another; the wide ones do in Excel set
// to East Asian languages.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

func isFormula(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune(formulaSigns, first)
}

// Guard puts an apostrophe before what a spreadsheet would run.
func Guard(cell string) string {
	if isFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes it off again, so that a list that was written reads the same.
func unguard(cell string) string {
	if rest, marked := strings.CutPrefix(cell, "'"); marked && isFormula(rest) {
		return rest
	}
	return cell
}
