package contact

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"bantin"
)

// FileError says why a file is no list that can be read at all.
type FileError struct {
	File  string
	Words bantin.Words
}

func (e *FileError) Error() string { return fmt.Sprintf("%s: %s", e.File, e.Words.EN) }

// Open reads the list in a file: XLSX or CSV, whichever it holds, whatever its
// name says. A file that holds neither is a *[FileError]. The Reader is to be
// closed.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	begin := make([]byte, 1024)
	n, err := io.ReadFull(f, begin)
	if n == 0 && err != nil && err != io.EOF {
		return nil, closing(f, fmt.Errorf("read contacts: %w", err))
	}
	begin = begin[:n]
	switch {
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		if isOpenDocument(f) {
			return nil, closing(f, saveAsExcel(f, "LibreOffice (.ods)", "LibreOffice (.ods)"))
		}
		r, err := openXLSX(f)
		return r, closing(f, err)
	case bytes.HasPrefix(begin, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, closing(f, oldExcel(f))
	}
	if vi, en := otherKind(begin); vi != "" {
		return nil, closing(f, saveAsExcel(f, vi, en))
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, closing(f, fmt.Errorf("read contacts: %w", err))
	}
	r, err := NewReader(f)
	if err != nil {
		return nil, closing(f, err)
	}
	r.close = f.Close
	return r, nil
}

// closing closes what an error leaves behind.
func closing(f *os.File, err error) error {
	f.Close() // it was only read
	return err
}

// oldExcel tells the two kinds of file that have the older container of Office:
// a workbook of before 2007, and one of today that a password protects, whose
// part is named in the container's directory (MS-OFFCRYPTO 2.3.4).
func oldExcel(f *os.File) error {
	name := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	found, err := contains(f, name)
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	if found {
		return &FileError{f.Name(), words("tệp Excel được bảo vệ bằng mật khẩu: hãy mở nó trong Excel, bỏ mật khẩu rồi lưu lại",
			"the Excel file is protected by a password: open it in Excel, take the password off and save it")}
	}
	return saveAsExcel(f, "Excel kiểu cũ (.xls)", "Excel of the old kind (.xls)")
}

// saveAsExcel refuses a file of another kind, and says step by step how it becomes one
// that can be read.
func saveAsExcel(f *os.File, vi, en string) error {
	return &FileError{f.Name(), words(
		"đây là tệp "+vi+". Mở nó trong Excel, chọn Tệp > Lưu dưới dạng (File > Save As), ở ô kiểu tệp chọn “Excel Workbook (*.xlsx)” hoặc “CSV UTF-8”, lưu lại rồi nhập tệp mới",
		"this is a file of "+en+". Open it in Excel, choose File > Save As, choose “Excel Workbook (*.xlsx)” or “CSV UTF-8” as the type, save it and import the new file")}
}

// otherKind names a kind of spreadsheet that is text and no CSV: the XML of Excel 2003,
// and a web page under the name .xls, as many programs export it.
func otherKind(begin []byte) (vi, en string) {
	text := strings.ToLower(strings.TrimLeft(string(bytes.ToValidUTF8(begin, nil)), "\ufeff \r\n\t"))
	switch {
	case strings.HasPrefix(text, "<?xml") && (strings.Contains(text, "urn:schemas-microsoft-com:office:spreadsheet") || strings.Contains(text, "excel.sheet")):
		return "Excel kiểu XML 2003 (SpreadsheetML)", "Excel in XML of 2003 (SpreadsheetML)"
	case strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<table") || strings.HasPrefix(text, "<?xml"):
		return "trang web (HTML) mang tên bảng tính", "a web page (HTML) under the name of a spreadsheet"
	case strings.HasPrefix(text, "{\\rtf"):
		return "văn bản RTF", "RTF text"
	case strings.HasPrefix(text, "%pdf"):
		return "PDF", "PDF"
	}
	return "", ""
}

// isOpenDocument reports whether an archive is one of OpenDocument (ODF 1.3, part 2,
// 3.3): its first file is called mimetype and says so.
func isOpenDocument(f *os.File) bool {
	head := make([]byte, 128)
	n, _ := f.ReadAt(head, 0) // a short one is none
	return bytes.Contains(head[:n], []byte("mimetypeapplication/vnd.oasis.opendocument"))
}

// contains looks for a word in what is left of a file, of at most maxFileBytes.
func contains(r io.Reader, word []byte) (bool, error) {
	r = io.LimitReader(r, maxFileBytes)
	buf := make([]byte, 0, 128<<10)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if bytes.Contains(buf, word) {
			return true, nil
		}
		keep := min(len(buf), len(word)-1)
		buf = buf[:copy(buf, buf[len(buf)-keep:])]
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}
