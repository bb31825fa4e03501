package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"bantin"
	"bantin/picture"
	"bantin/place"
	"bantin/source/charset"
	"bantin/source/document/convert"
)

// readStandalone makes a bulletin of a document that is no text: its words, as far as a
// program that is installed beside bantin reads them. All but .odt and .rtf are held, with
// the document attached: their words come without the shape that they had.
func readStandalone(ctx context.Context, d *Draft, raw []byte, extension string) error {
	name := path.Base(d.name)
	switch extension {
	case ".odt", ".rtf", ".doc":
		err := readConverted(ctx, d, raw, extension)
		if err == nil && extension == ".doc" {
			d.Attach(name, raw)
		}
		if p := (*Problem)(nil); err == nil || extension != ".doc" && errors.As(err, &p) {
			return err
		}
		d.holdForProgram("LibreOffice", err)
	case ".pdf":
		text, err := d.options.Programs.PDFText(ctx, raw)
		if strings.ContainsFunc(text, isWordRune) {
			d.addWords(text)
			d.Hold("chữ lấy từ tệp PDF có thể lộn xộn; cần người xem lại", "the words of a PDF may be out of order; somebody must check them")
		} else if errors.Is(err, convert.ErrTimeout) {
			d.holdForProgram("", err)
		}
	}
	d.Title = charset.OneLine(strings.TrimSuffix(name, path.Ext(name)))
	before := len(d.Attachments) + len(d.Warnings)
	d.Attach(name, raw)
	if len(d.Attachments) == 0 && len(d.Warnings) > before {
		return problem("tệp không phải là loại mà tên nó nói", "the content of the file does not match its extension")
	}
	d.holdForText()
	return nil
}

// readConverted reads a document of which LibreOffice makes one of Word. The words of a .doc
// are held: the program may have missed some.
func readConverted(ctx context.Context, d *Draft, raw []byte, extension string) error {
	docx, err := d.options.Programs.DOCX(ctx, raw, extension)
	if err == nil {
		err = readDocx(d, docx)
	}
	if err == nil && extension == ".doc" {
		d.Hold("chữ lấy từ tệp .doc có thể thiếu; cần người xem lại, hoặc lưu lại thành .docx", "the words of a .doc may be incomplete; somebody must check them, or save it as .docx")
	}
	return err
}

// holdForProgram holds a document that no program has read, and says what to do.
func (d *Draft) holdForProgram(program string, err error) {
	why := words("không đọc được tệp", "the file cannot be read")
	switch {
	case errors.Is(err, convert.ErrNotInstalled):
		why = words("máy chủ chưa cài "+program, program+" is not installed on the server")
	case errors.Is(err, convert.ErrTimeout):
		why = words("đọc tệp quá lâu nên đã dừng", "reading the file took too long and was stopped")
	}
	d.Hold("chưa đọc được chữ trong tệp ("+why.VI+"); hãy lưu lại thành .docx, hoặc viết nội dung vào tệp cùng tên", "the words of the file are not read ("+why.EN+"); save it as .docx, or write the text into a file of the same name")
}

// addWords adds words that came without shape: a paragraph ends at an empty line.
func (d *Draft) addWords(text string) {
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = charset.OneLine(part); part != "" {
			d.blocks = append(d.blocks, paragraph(part))
		}
	}
}

// Attach keeps a document and attaches it to the bulletin.
func (d *Draft) Attach(name string, raw []byte) {
	if d.options.Files == nil {
		return
	}
	title := charset.OneLine(strings.ToValidUTF8(name, "\ufffd"))
	f, err := d.options.Files.Put(name, place.Fold(strings.TrimSuffix(title, path.Ext(title))), bytes.NewReader(raw))
	if err != nil {
		d.WarnAttachment(title, err)
		return
	}
	a := bantin.Attachment{Src: "/files/" + f.Name, Type: f.Type, Length: f.Length, Title: title}
	if !slices.ContainsFunc(d.Attachments, func(b bantin.Attachment) bool { return b.Src == a.Src }) {
		d.Attachments = append(d.Attachments, a)
	}
}

// WarnAttachment warns that a document is not attached.
func (d *Draft) WarnAttachment(name string, err error) {
	why := words(err.Error(), err.Error())
	switch {
	case errors.Is(err, picture.ErrFileTooLarge):
		why = words("lớn hơn 25 MB", "larger than 25 MB")
	case errors.Is(err, picture.ErrFileKind):
		why = words("nội dung không phải PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV hay văn bản", "not a PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV or text file")
	}
	d.Warn(fmt.Sprintf("bỏ qua tệp đính kèm %s: %s", Quote(name), why.VI), fmt.Sprintf("attachment %s is left out: %s", Quote(name), why.EN))
}
