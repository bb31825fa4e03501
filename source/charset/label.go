package charset

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// DecodeLabelled decodes a text whose label names an old Vietnamese encoding that the
// registries of browsers do not have. It is not ok for other labels.
func DecodeLabelled(raw []byte, label string) (text string, ok bool) {
	name := ""
	switch strings.TrimPrefix(strings.ToLower(strings.TrimSpace(label)), "x-viet-") {
	case "viscii", "csviscii", "viscii1.1-1", "x-viscii":
		name = codeVISCII
	case "tcvn", "tcvn3", "tcvn-3", "tcvn5712", "tcvn-5712", "x-tcvn", "x-tcvn3", "abc":
		name = codeTCVN3
	case "vni", "x-vni":
		name = codeVNI
	default:
		return "", false
	}
	for _, c := range encodings() {
		if c.name == name {
			return norm.NFC.String(c.read(asBytes(string(raw)))), true
		}
	}
	return "", false
}
