package document

import (
	"bytes"
	"errors"

	"bantin"
	"bantin/source/document/docx"
)

// readDocx reads a .docx or .docm file.
func readDocx(d *Draft, raw []byte) error {
	doc, err := docx.Read(raw, isCaptionText)
	if err != nil {
		if e := (*docx.Error)(nil); errors.As(err, &e) {
			return &Problem{Words: e.Words, Err: e.Err}
		}
		return err
	}
	for _, p := range doc.Pictures {
		d.images.embed(p.Source, p.Name, p.Open)
	}
	if doc.Hidden {
		d.warnHidden()
	}
	for _, kind := range doc.Missing {
		missing := missingWords[kind]
		d.Warn(missing.VI, missing.EN)
	}
	l := letter{Document: doc, draft: d}
	l.takeTitle()
	return d.AddHTML(doc.HTML())
}

// missingWords say what a page cannot show, and what to do about it.
var missingWords = map[docx.Missing]bantin.Words{
	docx.MissingChart: words("biểu đồ trong tệp Word không đưa lên trang được; hãy dán nó vào bài dưới dạng ảnh",
		"a chart of the Word file cannot be shown; paste it into the text as a picture"),
	docx.MissingDiagram: words("sơ đồ (SmartArt) trong tệp Word chỉ giữ được phần chữ; hãy dán nó vào bài dưới dạng ảnh",
		"of a diagram (SmartArt) of the Word file only the words are shown; paste it into the text as a picture"),
	docx.MissingObject: words("bảng tính hoặc tệp nhúng trong tệp Word không đưa lên trang được; hãy dán nó vào bài dưới dạng bảng hoặc ảnh",
		"a sheet or file embedded in the Word file cannot be shown; paste it into the text as a table or picture"),
	docx.MissingSymbol: words("có ký hiệu của phông chữ riêng không đọc được; nên xem lại bài", "a sign of a special font cannot be read; somebody should check the text"),
	docx.MissingChunk:  words("một phần chèn từ tệp khác không đọc được; hãy mở bằng Word và lưu lại", "a part inserted from another file cannot be read; open the file in Word and save it again"),
}

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
