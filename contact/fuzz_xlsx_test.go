package contact

import (
	"bytes"
	"testing"
)

// FuzzScanSheet: whatever a sheet holds, what is found behind its rows makes
// sense.
func FuzzScanSheet(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>email</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>`))
	f.Add([]byte(`<x:worksheet><x:sheetData><x:row spans="1:2" r="7"/></x:sheetData><x:mergeCell ref="B2:XFD1048576"/></x:worksheet>`))
	f.Add([]byte(`<x:worksheet><x:sheetData/></x:worksheet>`))
	f.Add([]byte(`<sheetData><row r="1048577"><c r="XFE1"><v>1e400</v></c></row></sheetData><mergeCell ref=":"/><mergeCell ref="ZZZZ1:A0"/>`))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		b, err := scanSheet(bytes.NewReader(sheet))
		if err != nil {
			return
		}
		if !bytes.Contains(sheet, []byte("sheetData")) {
			t.Error("the end of rows that are not there was found")
		}
		for _, m := range b.merges {
			if m.left < 1 || m.top < 1 || m.right < m.left || m.bottom < m.top {
				t.Errorf("merged cells %+v", m)
			}
		}
	})
}
