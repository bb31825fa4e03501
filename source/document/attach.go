package document

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"bantin"
	"bantin/picture"
	"bantin/place"
	"bantin/source/charset"
)

// readStandalone makes a bulletin that is a document without text, titled by its
// file name and held.
func readStandalone(d *Draft, raw []byte) error {
	name := path.Base(d.name)
	d.Title = charset.OneLine(strings.TrimSuffix(name, path.Ext(name)))
	before := len(d.Warnings)
	d.Attach(name, raw)
	if len(d.Attachments) == 0 && len(d.Warnings) > before {
		return problem("tệp không phải là loại mà tên nó nói", "the content of the file does not match its extension")
	}
	d.holdForText()
	return nil
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
