package document

import "bytes"

// Word writes documents of several formats under one name, and offices rename them: what is
// in a document of Word tells how it is read, and its name only where that is not known.

const (
	zipBegins = "PK\x03\x04"
	rtfBegins = `{\rtf`
	oleBegins = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	// oleWord is the name of the stream of Word 97 documents, in UTF-16. A .docx with a
	// password is such a file too, without it.
	oleWord = "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00"
)

// wordKind is the extension of what a document of Word is, whatever its name says: ".docx",
// ".odt", ".rtf" or ".doc". Of a file that is none, it is the extension of the name, in
// small letters.
func wordKind(name string, raw []byte) string {
	extension := extensionOf(name)
	switch extension {
	case ".docx", ".docm", ".doc", ".rtf", ".odt", ".dot", ".dotx", ".bin", ".dat", "":
	default:
		return extension
	}
	has := func(begins, within string) bool {
		return bytes.HasPrefix(raw, []byte(begins)) && bytes.Contains(raw, []byte(within))
	}
	switch {
	case has(zipBegins, "word/document.xml"):
		return ".docx"
	case has(zipBegins, "application/vnd.oasis.opendocument.text"):
		return ".odt"
	case has(rtfBegins, ""):
		return ".rtf"
	case has(oleBegins, oleWord):
		return ".doc"
	case extension == ".docm":
		return ".docx"
	}
	return extension
}
