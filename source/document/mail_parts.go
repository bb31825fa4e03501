package document

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"path"
	"strings"

	"bantin/mailbox"
	"bantin/source/charset"
	"bantin/source/document/mailtext"
)

// What is attached to a mail is known by what is in it: names and types are often
// missing, or say something else.

// isDocx reports whether a part is a document of Word.
func isDocx(p *mailbox.Part) bool { return wordKind(partName(p), p.Data) == ".docx" }

// isConvertible reports whether a part is a document that is read through LibreOffice.
func isConvertible(p *mailbox.Part) bool {
	switch wordKind(partName(p), p.Data) {
	case ".odt", ".rtf", ".doc":
		return true
	}
	return false
}

// isPicture reports whether a part is a picture.
func isPicture(p *mailbox.Part) bool {
	kind := p.Type
	if !strings.HasPrefix(kind, "image/") && (p.Type == "application/octet-stream" || p.Type == "text/plain") {
		kind = http.DetectContentType(p.Data)
	}
	return strings.HasPrefix(kind, "image/") && kind != "image/svg+xml"
}

// isMail reports whether a part is another mail.
func isMail(p *mailbox.Part) bool {
	return p.Type == "message/rfc822" || p.Type == "message/global" || extensionOf(p.Name) == ".eml"
}

// partName is the name of a part, with the ending of what is in it where it has none that
// is known.
func partName(p *mailbox.Part) string {
	name := p.Name
	name = cmp.Or(name, "tep-dinh-kem")
	if IsAttachable(name) || extensionOf(name) == ".docx" {
		return name
	}
	for _, k := range []struct{ begins, has, extension string }{
		{"%PDF", "", ".pdf"}, {"PK\x03\x04", "word/document.xml", ".docx"}, {"PK\x03\x04", "xl/workbook.xml", ".xlsx"}, {"PK\x03\x04", "ppt/presentation.xml", ".pptx"},
		{"PK\x03\x04", "application/vnd.oasis.opendocument.text", ".odt"}, {"\xd0\xcf\x11\xe0", "", ".doc"}, {`{\rtf`, "", ".rtf"},
	} {
		if bytes.HasPrefix(p.Data, []byte(k.begins)) && bytes.Contains(p.Data, []byte(k.has)) {
			return strings.TrimSuffix(name, path.Ext(name)) + k.extension
		}
	}
	return name
}

// maxForwarded is how deep mails within mails are read.
const maxForwarded = 3

// mailForwarded makes a mail that is attached the bulletin, where it says more than the
// one that forwards it. Heads and addresses of it are not shown. Of several no one can
// tell which is meant.
func (d *Draft) mailForwarded(ctx context.Context, parts []*mailbox.Part) {
	if len(parts) > 1 {
		if d.hasFewWords() {
			d.Hold("trong thư có nhiều thư khác; hãy chuyển tiếp từng thư một", "several mails are in the mail; forward each by itself")
		}
		d.Warn("bỏ qua các thư đính kèm trong thư", "the mails that are attached to the mail are left out")
		return
	}
	p := parts[0]
	m, err := mailbox.Read(p.Data)
	inner := New(d.options, p.Name)
	inner.images.remote = d.images.remote
	inner.forwarded = d.forwarded + 1
	if err == nil && inner.forwarded <= maxForwarded {
		err = inner.AddMail(ctx, m)
	}
	if err != nil || inner.forwarded > maxForwarded || inner.length() <= d.length() && !d.isCoverLetter() {
		if d.hasFewWords() {
			d.Hold("không đọc được thư được chuyển tiếp; hãy gửi riêng thư ấy", "the forwarded mail cannot be read; send it by itself")
		}
		d.Warn("bỏ qua thư đính kèm "+Quote(p.Name), "the attached mail "+Quote(p.Name)+" is left out")
		return
	}
	d.become(inner)
	d.Attachments = append(d.Attachments, inner.Attachments...)
	if inner.Held != "" && d.Held == "" {
		d.Held = inner.Held
	}
}

// hasFewWords reports whether the text so far is no more than a cover letter.
func (d *Draft) hasFewWords() bool { return d.length() == 0 || d.isCoverLetter() }

// isCoverLetter reports whether the text only says that something is sent.
func (d *Draft) isCoverLetter() bool {
	_, text, _ := render(d.blocks)
	return len(text) < 2*maxCaption && mailtext.IsCover(strings.TrimSpace(text))
}

// length is how much text there is so far.
func (d *Draft) length() int {
	_, text, _ := render(d.blocks)
	return len(text)
}

// become takes over the text of a document that came with the mail, and keeps the pictures
// that stood beside it.
func (d *Draft) become(inner *Draft) {
	for _, b := range d.blocks {
		if b.tag == "figure" {
			inner.blocks = append(inner.blocks, b)
		}
	}
	d.blocks = inner.blocks
	if inner.budget.isSpent() {
		d.holdLong()
	}
	if inner.Title != "" {
		d.Title = inner.Title
	}
	d.decoder = charset.Decoder{Encoding: inner.decoder.Encoding, Unsure: d.decoder.Unsure || inner.decoder.Unsure}
	d.Incomplete = d.Incomplete || inner.Incomplete
	d.Warnings = append(d.Warnings, inner.Warnings...)
}
