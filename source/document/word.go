package document

import (
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
