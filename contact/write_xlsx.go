package contact

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/xuri/excelize/v2"

	"bantin"
)

// maxSheetRows is what a sheet can have, its headings not counted.
const maxSheetRows = excelize.TotalRows - 1

// WriteXLSX writes contacts as a workbook that [Open] reads and that Excel opens
// as it is. Every cell is text, so that none is taken for a formula. It stops at
// the first error of contacts.
func WriteXLSX(w io.Writer, contacts iter.Seq2[bantin.Contact, error]) (err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	name := x.GetSheetName(0)
	out, err := x.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	const bold, wide = true, 28
	style, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: bold}})
	if err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	if err := errors.Join(out.SetColWidth(1, 2, wide), out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		writeRow(out, 1, headings(), excelize.RowOpts{StyleID: style})); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	number := 1
	for c, err := range contacts {
		if err != nil {
			return err
		}
		if number++; number > maxSheetRows+1 {
			return fmt.Errorf("write contacts: a sheet has no room for more than %d: write CSV", maxSheetRows)
		}
		if err := writeRow(out, number, cells(&c)); err != nil {
			return fmt.Errorf("write contacts: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	if _, err := x.WriteTo(w); err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	return nil
}

func writeRow(out *excelize.StreamWriter, number int, cells []string, opts ...excelize.RowOpts) error {
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = cell
	}
	at, err := excelize.CoordinatesToCellName(1, number)
	if err != nil {
		return err
	}
	return out.SetRow(at, row, opts...)
}
