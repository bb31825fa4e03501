package contact

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"bantin"
)

// The limits of a workbook, in bytes. A million rows of six columns take some
// 40 MB, and unpacked 300. What is not the rows of a sheet is kept in memory
// while the list is read; pictures and the like are of no use here.
const (
	maxFileBytes     = 64 << 20
	maxUnpackedBytes = 1 << 30
	maxOtherBytes    = 64 << 20
	maxPartBytes     = 16 << 20 // of XML beside the rows, which takes a multiple of that in memory
	maxParts         = 5000
	diskThreshold    = 4 << 20 // a part above this is unpacked to a file
)

// maxSharedStrings is how many texts a workbook may share between its cells. Each is
// some 100 bytes of memory: a million rows have about two million.
const maxSharedStrings = 3_000_000

// book is what is known of a workbook before its rows are read.
type book struct {
	file   *os.File
	zip    *zip.Reader
	sheets []sheetPart
}

// sheetPart is a sheet and the file in the archive that has its rows.
type sheetPart struct {
	name string
	part *zip.File
}

// openBook looks at the archive. That it declares its true sizes is seen to by
// archive/zip: a part that goes on beyond is an error when it is read.
func openBook(f *os.File) (*book, error) {
	bad := func(vi, en string, args ...any) (*book, error) {
		return nil, &FileError{f.Name(), bantin.Words{VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)}}
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	if info.Size() > maxFileBytes {
		return bad("tệp Excel lớn hơn %d MB: hãy chia nhỏ, hoặc lưu thành CSV UTF-8 (dài bao nhiêu cũng được)",
			"the Excel file is larger than %d MB: split it, or save it as CSV UTF-8, which may have any length", maxFileBytes>>20)
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return bad("tệp Excel bị hỏng hoặc chưa tải hết (%v)", "the Excel file is damaged or was not copied whole (%v)", err)
	}
	var all, beside, largest uint64
	for _, part := range archive.File {
		all += part.UncompressedSize64
		if !ofRows(part) {
			beside += part.UncompressedSize64
			if strings.EqualFold(path.Ext(part.Name), ".xml") {
				largest = max(largest, part.UncompressedSize64)
			}
		}
	}
	if len(archive.File) > maxParts || all > maxUnpackedBytes || beside > maxOtherBytes || largest > maxPartBytes {
		return bad("tệp Excel bung ra quá lớn (%d MB, %d phần): hãy xóa hình và trang tính không cần, hoặc lưu thành CSV UTF-8",
			"the Excel file unpacks to far too much (%d MB in %d parts): take out pictures and sheets, or save it as CSV UTF-8", all>>20, len(archive.File))
	}
	b := &book{file: f, zip: archive}
	if err := b.readSheets(); err != nil {
		return bad("không phải tệp Excel .xlsx (%v)", "this is no Excel file of the kind .xlsx (%v)", err)
	}
	switch texts, err := b.countSharedStrings(); {
	case err != nil:
		return bad("tệp Excel bị hỏng hoặc chưa tải hết (%v)", "the Excel file is damaged or was not copied whole (%v)", err)
	case texts > maxSharedStrings:
		return bad("tệp Excel có hơn %d triệu ô chữ khác nhau, quá nhiều: hãy lưu thành CSV UTF-8 (dài bao nhiêu cũng được)",
			"the Excel file has more than %d million different texts, too many: save it as CSV UTF-8, which may have any length", maxSharedStrings/1_000_000)
	}
	return b, nil
}

// countSharedStrings tells how many texts the cells share (ISO/IEC 29500-1 18.4.8).
func (b *book) countSharedStrings() (n int, err error) {
	part := b.part("xl/sharedStrings.xml")
	if part == nil || part.UncompressedSize64 <= diskThreshold {
		return 0, nil
	}
	r, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for in := bufio.NewReaderSize(r, 64<<10); n <= maxSharedStrings; {
		text, err := in.ReadSlice('>')
		switch {
		case errors.Is(err, bufio.ErrBufferFull): // within a long text
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, err
		default:
			if name, _ := tagName(text); name == "si" || name == "si/" {
				n++
			}
		}
	}
	return n, nil
}

// ofRows reports whether a part is unpacked to a file and not into memory.
func ofRows(part *zip.File) bool {
	name := strings.ToLower(part.Name)
	return part.UncompressedSize64 > diskThreshold && (strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml")
}

// readSheets finds the visible sheets and their parts (ISO/IEC 29500-1 12.3).
func (b *book) readSheets() error {
	var workbook struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"` // its namespace is another one in Strict Open XML
		} `xml:"sheets>sheet"`
	}
	if err := b.decode("xl/workbook.xml", &workbook); err != nil {
		return err
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.decode("xl/_rels/workbook.xml.rels", &relations); err != nil {
		return err
	}
	targets := map[string]string{}
	for _, r := range relations.List {
		if r.Type == "" || path.Base(r.Type) == "worksheet" { // a sheet may be a chart, or a dialog of a macro
			targets[r.ID] = r.Target
		}
	}
	for _, s := range workbook.Sheets {
		name := strings.TrimPrefix(targets[s.ID], "/")
		if !strings.HasPrefix(targets[s.ID], "/") {
			name = path.Join("xl", name)
		}
		if part := b.part(name); part != nil && s.State != "hidden" && s.State != "veryHidden" {
			b.sheets = append(b.sheets, sheetPart{s.Name, part})
		}
	}
	if len(b.sheets) == 0 {
		return fmt.Errorf("it has no sheet")
	}
	return nil
}

func (b *book) part(name string) *zip.File {
	for _, part := range b.zip.File {
		if strings.EqualFold(strings.ReplaceAll(part.Name, `\`, "/"), name) {
			return part
		}
	}
	return nil
}

func (b *book) decode(name string, into any) error {
	part := b.part(name)
	if part == nil {
		return fmt.Errorf("it has no %s", name)
	}
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	const most = 4 << 20
	return xml.NewDecoder(io.LimitReader(r, most)).Decode(into)
}
