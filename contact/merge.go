package contact

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// merge is a block of merged cells, from 1.
type merge struct{ left, top, right, bottom int }

// maxMerges bounds the merged blocks that are read; more are left as they are.
const maxMerges = 50000

// trailer is what stands behind the rows of a sheet, and how many those are.
type trailer struct {
	merges  []merge
	lastRow int // number of the last row
}

// readTrailer goes through the part of a sheet tag by tag, which costs a tenth of
// understanding it, for what stands behind its rows: which cells are merged. A
// library would have to read the whole sheet into memory for that. It also
// notes how many rows there are: a part that is damaged in its middle would
// else pass for one that ends there.
func readTrailer(part *zip.File) (trailer, error) {
	r, err := part.Open()
	if err != nil {
		return trailer{}, err
	}
	defer r.Close()
	return scanSheet(r)
}

// What a reader of XML takes into memory whole.
const (
	maxXMLText  = 4 << 20 // bytes of a text or comment
	maxRowCells = 16_384  // Excel has no more columns
)

// errOverlong says that a sheet is not one of Excel.
var errOverlong = errors.New("a row has too many cells, or a text is too long")

func scanSheet(r io.Reader) (b trailer, err error) {
	long, cells := 0, 0
	isComment := false
	for in := bufio.NewReaderSize(r, 64<<10); ; {
		text, err := in.ReadSlice('>')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if long += len(text); long > maxXMLText {
				return b, errOverlong
			}
			isComment = isComment || bytes.Contains(text, []byte("<!--"))
			continue // within a long text
		case errors.Is(err, io.EOF):
			return b, errors.New("its rows have no end")
		case err != nil:
			return b, err
		}
		long += len(text)
		if isComment = (isComment || bytes.Contains(text, []byte("<!--"))) && !bytes.HasSuffix(text, []byte("-->")); !isComment {
			long = 0
		}
		if long > maxXMLText || cells > maxRowCells {
			return b, errOverlong
		}
		switch name, tag := tagName(text); name {
		case "c", "c/":
			cells++
		case "row":
			cells = 0
			b.lastRow = max(b.lastRow, rowNumber(tag))
		case "sheetData/":
			return b, nil
		case "/sheetData":
			b.merges, err = readMerges(in)
			return b, err
		}
	}
}

// tagName gives the name of the tag that ends a text, without its prefix and
// with the slash that begins or ends it, and the tag.
func tagName(text []byte) (name string, tag []byte) {
	tag = bytes.TrimSuffix(text[bytes.LastIndexByte(text, '<')+1:], []byte(">"))
	word := tag
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		word = tag[:i]
	}
	if i := bytes.IndexByte(word, ':'); i >= 0 {
		if word[0] == '/' {
			return "/" + string(word[i+1:]), tag
		}
		word = word[i+1:]
	}
	return string(word), tag
}

// rowNumber reads the attribute r of an element row; 0 where it has none.
func rowNumber(tag []byte) int {
	_, value, _ := bytes.Cut(tag, []byte(` r="`))
	digits, _, _ := bytes.Cut(value, []byte(`"`))
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return n
}

// readMerges reads the elements mergeCell (ISO/IEC 29500-1 18.3.1.54).
func readMerges(r io.Reader) ([]merge, error) {
	var list []merge
	for d := xml.NewDecoder(io.MultiReader(bytes.NewReader([]byte("<behind>")), r)); ; {
		token, err := d.RawToken()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		begin, ok := token.(xml.StartElement)
		if !ok || begin.Name.Local != "mergeCell" || len(list) >= maxMerges {
			continue
		}
		for _, a := range begin.Attr {
			if m, ok := parseMerge(a.Value); ok && a.Name.Local == "ref" {
				list = append(list, m)
			}
		}
	}
}

func parseMerge(ref string) (merge, bool) {
	from, to, ok := bytes.Cut([]byte(ref), []byte(":"))
	if !ok {
		return merge{}, false
	}
	left, top, err := excelize.CellNameToCoordinates(string(from))
	if err != nil {
		return merge{}, false
	}
	right, bottom, err := excelize.CellNameToCoordinates(string(to))
	return merge{left, top, right, bottom}, err == nil && right >= left && bottom >= top
}
