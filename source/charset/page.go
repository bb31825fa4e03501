package charset

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/unicode/norm"
)

// DecodePage is Decode of a page in HTML. What the page says of its encoding counts only
// where its bytes tell none, and only for encodings of other scripts: of a Western one,
// which pages name by habit, the letters may be those of an old Vietnamese one.
func (d *Decoder) DecodePage(raw []byte) (string, error) {
	var own Decoder
	raw = withoutNulls(raw)
	text, err := own.Decode(raw)
	if err != nil || !own.Unsure {
		d.remember(detected{encoding: own.Encoding, unsure: own.Unsure})
		return text, err
	}
	const head = 1024 // bytes, in which a page must name it (HTML 4.2.5.4)
	encoding, name, _ := charset.DetermineEncoding(raw[:min(len(raw), head)], "")
	if decoded, err := encoding.NewDecoder().Bytes(raw); isOtherScript(name) && err == nil && !bytes.Contains(decoded, []byte("\ufffd")) {
		d.remember(detected{encoding: name})
		return norm.NFC.String(DropForbidden(strings.ReplaceAll(string(decoded), "\r\n", "\n"))), nil
	}
	d.remember(detected{encoding: own.Encoding, unsure: true})
	return text, nil
}

// withoutNulls drops the few null bytes that a fault left in a page, as browsers do. Many of
// them are UTF-16, or no page.
func withoutNulls(raw []byte) []byte {
	n := bytes.Count(raw, []byte{0})
	if n == 0 || n*100 > len(raw) || !bytes.Contains(bytes.ToLower(raw[:min(len(raw), 4096)]), []byte("<html")) {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte{0}, nil)
}

// isOtherScript reports whether an encoding is of letters that are not Latin.
func isOtherScript(name string) bool {
	switch name {
	case "koi8-r", "koi8-u", "windows-1251", "iso-8859-5", "ibm866", "x-mac-cyrillic", "windows-1253", "iso-8859-7", "windows-1255", "windows-1256",
		"windows-874", "gbk", "gb18030", "big5", "euc-jp", "shift_jis", "euc-kr":
		return true
	}
	return false
}
