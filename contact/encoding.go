package contact

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"bantin"
)

// decodeList gives the text of CSV: UTF-8 and UTF-16 by their byte order marks, else
// UTF-8. A list whose beginning is not UTF-8 anywhere is in windows-1258, as Excel on
// a Vietnamese Windows saves "CSV". A list of UTF-8 with some bad bytes stays UTF-8:
// those cost their rows.
func decodeList(r io.Reader) (io.Reader, []bantin.Words, error) {
	const sample = 64 << 10
	in := bufio.NewReaderSize(r, sample)
	begin, err := in.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("read contacts: %w", err)
	}
	if isLegacy(begin) {
		note := words("danh sách ở mã windows-1258 (CSV của Excel trên Windows tiếng Việt); nếu tên có chữ sai, hãy lưu lại thành “CSV UTF-8”",
			"the list is in windows-1258 (CSV of Excel on a Vietnamese Windows); if names are garbled, save it as “CSV UTF-8”")
		return transform.NewReader(in, charmap.Windows1258.NewDecoder()), []bantin.Words{note}, nil
	}
	return transform.NewReader(in, unicode.BOMOverride(transform.Nop)), nil, nil
}

// isLegacy reports whether bytes beyond ASCII are nowhere those of UTF-8.
func isLegacy(begin []byte) bool {
	if bytes.HasPrefix(begin, []byte("\xff\xfe")) || bytes.HasPrefix(begin, []byte("\xfe\xff")) || bytes.IndexByte(begin, 0) >= 0 {
		return false
	}
	bad := 0
	for i := 0; i < len(begin); {
		r, n := utf8.DecodeRune(begin[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if utf8.FullRune(begin[i:]) {
				bad++
			}
		case n > 1:
			return false
		}
		i += n
	}
	return bad > 1
}
