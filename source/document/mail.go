package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"bantin"
	"bantin/mailbox"
	"bantin/source/charset"
	"bantin/source/document/mailtext"
	"bantin/source/extract"
)

// readMail reads a mail message. Its subject is the title, its HTML or text the body,
// with pictures where the HTML shows them, or after the text. If a Word document
// is attached (or an .odt, .rtf or .doc), or one mail, and has more text than the mail, that is the bulletin and
// the mail its cover letter. Everything else that is attached is an attachment.
// Heads of forwarded mails, answered mails and signatures are left out (package mailtext).
func readMail(ctx context.Context, d *Draft, raw []byte) error {
	m, err := mailbox.Read(raw)
	if err != nil {
		return MailProblem(err)
	}
	d.TakeFrontMatter()
	return d.AddMail(ctx, m)
}

// TakeFrontMatter has front matter count at the beginning of a plain text of the mail: its
// sender is believed.
func (d *Draft) TakeFrontMatter() { d.mailHeader = true }

// MailProblem makes a Problem of an error of mailbox.Read.
func MailProblem(err error) *Problem {
	switch {
	case errors.Is(err, mailbox.ErrTooManyParts):
		return problem(fmt.Sprintf("thư có hơn %d phần", mailbox.MaxParts), fmt.Sprintf("the mail has more than %d parts", mailbox.MaxParts))
	case errors.Is(err, mailbox.ErrTooDeep):
		return problem(fmt.Sprintf("thư có các phần lồng nhau hơn %d tầng", mailbox.MaxDepth), fmt.Sprintf("the parts of the mail are nested more than %d deep", mailbox.MaxDepth))
	case errors.Is(err, mailbox.ErrNoMail):
		return problem("tệp không phải là thư điện tử", "the file is not a mail message")
	}
	return &Problem{Err: err, Words: words("không đọc được thư", "cannot read the mail")}
}

// replyMarks are the prefixes of the subject of a reply or a forwarded mail.
var replyMarks = regexp.MustCompile(`(?i)^(?:(?:re|fwd?|tr|chuyển tiếp|trả lời)\s*:\s*)+`)

// AddMail adds the content of a mail.
func (d *Draft) AddMail(ctx context.Context, m *mailbox.Mail) error {
	d.foreign, d.entities = true, true
	d.Title, d.Author = replyMarks.ReplaceAllString(m.Subject, ""), m.Name
	d.setMailDate(m)
	if m.Damaged {
		d.Hold("thư bị hỏng hoặc bị cắt; cần người xem lại", "the mail is damaged or truncated; somebody must check it")
	}
	shown := d.referenced(m.Parts)
	answers := mailtext.IsAnswer(m.Subject)
	var document *mailbox.Part
	var mails []*mailbox.Part
	for i := range m.Parts {
		p := &m.Parts[i]
		switch {
		case p.IsText():
			if err := d.mailText(p, answers); err != nil {
				return err
			}
		case shown[p.ContentID]:
		case isPicture(p):
			d.mailImage(fmt.Sprintf("inside:%d", i), p)
		case isDocx(p) && (document == nil || !isDocx(document)):
			if document != nil {
				d.Attach(partName(document), document.Data)
			}
			document = p
		case document == nil && isConvertible(p):
			document = p
		case isMail(p):
			mails = append(mails, p)
		case p.Type == "text/calendar" || strings.HasSuffix(p.Type, "-signature"):
		default:
			d.Attach(partName(p), p.Data)
		}
	}
	if len(mails) > 0 {
		d.mailForwarded(ctx, mails)
	}
	if document != nil {
		d.mailDocument(ctx, document)
	}
	if len(d.blocks) == 0 && len(d.Attachments) > 0 {
		d.holdForText()
	}
	d.holdWordless()
	if isKindOnly(d.Title) {
		d.Hold("tiêu đề chỉ là "+Quote(d.Title)+"; cần người bổ sung", "the title is only "+Quote(d.Title)+"; somebody must complete it")
	}
	return nil
}

// setMailDate takes the day of a mail: a zone may be missing, or be written in letters
// that RFC 5322 does not have.
func (d *Draft) setMailDate(m *mailbox.Mail) {
	t, _, ok := extract.ParseTime(m.DateText, d.options.Location)
	if !ok {
		t, ok = m.Date, !m.Date.IsZero()
	}
	switch {
	case ok && extract.IsPlausible(t, d.options.Now()):
		d.Published, d.PublishedPrecision = t.In(d.options.Location), bantin.PrecisionMinute
	case strings.TrimSpace(m.DateText) != "":
		d.WarnValue("Date", m.DateText)
	}
}

// referenced finds the parts that the HTML of the mail shows by cid: (RFC 2392).
func (d *Draft) referenced(parts []mailbox.Part) map[string]bool {
	shown := map[string]bool{}
	for i := range parts {
		if parts[i].Type != "text/html" {
			continue
		}
		for _, p := range parts {
			if p.ContentID != "" && (bytes.Contains(parts[i].Data, []byte("cid:"+p.ContentID)) || bytes.Contains(parts[i].Data, []byte("cid:"+url.PathEscape(p.ContentID)))) {
				shown[p.ContentID] = true
				d.images.embed("cid:"+p.ContentID, p.Name, func() ([]byte, error) { return p.Data, nil })
			}
		}
	}
	return shown
}

// mailText adds one text part of the mail.
func (d *Draft) mailText(p *mailbox.Part, answers bool) error {
	if len(bytes.TrimSpace(p.Data)) == 0 {
		return nil
	}
	const most = 4 * maxHTML // of which a bulletin can be made
	if len(p.Data) > most {
		d.holdLong()
		p.Data = p.Data[:most]
	}
	if p.Type == "text/html" {
		return d.mailHTML(p.Data, answers)
	}
	text, err := d.decode(p.Data)
	if err != nil {
		return err
	}
	if d.mailHeader && len(d.blocks) == 0 && strings.HasPrefix(strings.TrimSpace(text), "---\n") {
		text = d.readHeader(strings.TrimSpace(text))
	}
	lines := strings.Split(text, "\n")
	if n := fitting(lines); n < len(lines) {
		d.holdLong()
		lines = lines[:n]
	}
	lines = mailtext.Own(lines, answers).Kept()
	if p.Flowed {
		for _, line := range lines {
			if line = charset.OneLine(line); line != "" {
				d.blocks = append(d.blocks, paragraph(line))
			}
		}
		return nil
	}
	for _, p := range split(lines) {
		d.blocks = append(d.blocks, paragraph(p.text))
	}
	return nil
}

// mailImage adds a picture that no HTML shows.
func (d *Draft) mailImage(src string, p *mailbox.Part) {
	d.images.embed(src, p.Name, func() ([]byte, error) { return p.Data, nil })
	if image := d.image(src); image.Src != "" {
		d.blocks = append(d.blocks, block{tag: "figure", image: image})
	}
}

// mailDocument makes an attached document the bulletin where it has more text than
// the mail. What cannot be read and is more than the mail holds it.
func (d *Draft) mailDocument(ctx context.Context, p *mailbox.Part) {
	inner := New(d.options, p.Name)
	inner.images.remote = d.images.remote
	var err error
	kind := wordKind(partName(p), p.Data)
	if kind == ".docx" {
		err = readDocx(inner, p.Data)
	} else {
		err = readConverted(ctx, inner, p.Data, kind)
	}
	if err != nil || inner.length() <= d.length() {
		if err != nil && d.hasFewWords() && kind != ".docx" {
			d.holdForProgram("LibreOffice", err)
		}
		d.Attach(partName(p), p.Data)
		return
	}
	d.become(inner)
	if kind == ".doc" {
		d.Attach(partName(p), p.Data)
	}
	if inner.Held != "" && d.Held == "" {
		d.Held = inner.Held
	}
}
