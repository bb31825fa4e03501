package contact

import (
	"bytes"
	"fmt"
	"io"
	"os"

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
	begin := make([]byte, 8)
	n, err := io.ReadFull(f, begin)
	if n == 0 && err != nil && err != io.EOF {
		return nil, closing(f, fmt.Errorf("read contacts: %w", err))
	}
	begin = begin[:n]
	switch {
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		r, err := openXLSX(f)
		return r, closing(f, err)
	case bytes.HasPrefix(begin, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, closing(f, oldExcel(f))
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
	return &FileError{f.Name(), words("đây là tệp Excel kiểu cũ (.xls): hãy mở nó trong Excel và lưu thành .xlsx hoặc CSV UTF-8",
		"this is an Excel file of the old kind (.xls): open it in Excel and save it as .xlsx or CSV UTF-8")}
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
