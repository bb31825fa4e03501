package document

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
	"bantin/place"
	"bantin/source/charset"
	"bantin/source/document/convert"
)

// Options say how the documents of a source are read.
type Options struct {
	Location *time.Location // zone of the times that documents give
	Pictures *picture.Store // where pictures go; nil: only their captions are kept
	Files    *picture.Files // where attachments go; nil: they are not kept
	Web      *fetch.Client  // fetches pictures that files and mails show from elsewhere; nil: their addresses stay, which the store does not show
	Now      func() time.Time
	Programs *convert.Programs // that read what bantin does not; nil: none

	// Attempt has a picture decoded that is noted meanwhile, so that one that ends the
	// program is not decoded twice. An error says why it was not. Nil: nothing is noted.
	Attempt func(raw []byte, decode func()) error
}

// Draft is what a document says: a bulletin that has no identity yet. A format
// fills in its fields and adds paragraphs, Complete finds what the format did not
// say, and Finish makes the bulletin.
type Draft struct {
	bantin.Bulletin      // as far as the document says it; HTML, Text and Images come with Finish
	Incomplete      bool // a picture or an attachment is missing that may still come

	options  *Options
	name     string // path of the file in its folder, or address of the page
	base     string // what a page says that its addresses are relative to
	blocks   []block
	images   images
	budget   *budget // of what its HTML is written to
	decoder  charset.Decoder
	titled   bool // its author wrote the title into its front matter
	foreign  bool // its HTML was written by others and must be sanitised
	remarks  []bantin.Note
	entities bool // it was decoded from entities, so that it may not be NFC

	mailHeader bool // front matter in the text of this mail counts

	forwarded int // how deep this mail stands in others
}

// New makes an empty draft. The name is for its title, where nothing else gives
// one: the path of a file, or an address.
func New(o *Options, name string) *Draft {
	return &Draft{options: o, name: name, images: images{store: o.Pictures, attempt: o.Attempt, path: name}}
}

// maxWarnings is how many warnings one bulletin keeps.
const maxWarnings = 50

// Warn adds a warning, worded in both languages.
func (d *Draft) Warn(vi, en string) {
	switch n := len(d.Warnings); {
	case n < maxWarnings:
		d.Warnings = append(d.Warnings, bantin.NewNote(vi, en))
	case n == maxWarnings:
		d.Warnings = append(d.Warnings, bantin.NewNote("và còn những cảnh báo khác", "and more warnings"))
	}
}

// Remark adds a warning that says of nothing that it is missing.
func (d *Draft) Remark(vi, en string) {
	d.Warn(vi, en)
	d.remarks = append(d.remarks, bantin.NewNote(vi, en))
}

// Missing are the warnings which say that something of the document was not read.
func (d *Draft) Missing() []bantin.Note {
	return slices.DeleteFunc(slices.Clone(d.Warnings), func(n bantin.Note) bool { return slices.Contains(d.remarks, n) })
}

// Hold holds the bulletin for a person, with the first reason that is given.
func (d *Draft) Hold(vi, en string) {
	if d.Held == "" {
		d.Held = bantin.NewNote(vi, en)
	}
}

// holdForText holds a bulletin that has attachments and no text.
func (d *Draft) holdForText() {
	d.Hold("chỉ có tệp đính kèm, chưa có nội dung; cần người bổ sung", "it has an attachment and no text; somebody must complete it")
}

// Complete finds the title and the lead where the format gave none. A document that
// has neither title nor text is a Problem.
func (d *Draft) Complete() error {
	d.Title = charset.OneLine(d.Title)
	d.checkPublished()
	d.takeHeading()
	if d.Lead == "" {
		d.takeLead()
	}
	if d.Title == "" {
		d.Title = firstSentence(d.Lead)
	}
	if d.Title == "" && len(d.blocks) == 0 {
		return problem("tệp không có tiêu đề và nội dung", "the file has neither title nor text")
	}
	if d.Title == "" {
		name := path.Base(d.name)
		d.Title = charset.OneLine(strings.TrimSuffix(name, path.Ext(name)))
		if d.Title == "" {
			return problem("bản tin không có tiêu đề", "the bulletin has no title")
		}
		d.Hold("không tìm thấy tiêu đề, tạm lấy tên tệp; cần người bổ sung", "no title found, only the name of the file; somebody must complete it")
	}
	return nil
}

// TakeTitle makes the first sentence of the text the title, where there is none and no
// heading begins it: notes of a few words have none.
func (d *Draft) TakeTitle() {
	if d.Title != "" || len(d.blocks) == 0 || d.blocks[0].isHeading() {
		return
	}
	for _, b := range d.blocks {
		if title := charset.OneLine(b.text); b.tag == "p" && strings.ContainsFunc(title, isWordRune) {
			d.Title = firstSentence(title)
			return
		}
	}
}

// takeHeading makes a heading at the beginning of the text the title, or drops it
// where it repeats the title.
func (d *Draft) takeHeading() {
	if len(d.blocks) == 0 || !d.blocks[0].isHeading() {
		return
	}
	heading := charset.OneLine(d.blocks[0].text)
	d.Title = cmp.Or(d.Title, heading)
	if heading == d.Title {
		d.blocks = d.blocks[1:]
	}
}

// takeLead makes the first paragraph the lead. A paragraph with a link stays in the
// text, because a lead is plain text, and so does a letterhead, which sums up nothing.
func (d *Draft) takeLead() {
	if len(d.blocks) > 0 && d.blocks[0].tag == "p" && !d.blocks[0].rich && isLead(d.blocks[0].text) && !d.beginsFormally() {
		d.Lead = charset.OneLine(d.blocks[0].text)
		d.blocks = d.blocks[1:]
	}
}

// beginsFormally reports whether the text begins with a letterhead, or is a signature.
func (d *Draft) beginsFormally() bool {
	var top []string
	for _, b := range d.blocks[:min(len(d.blocks), 30)] {
		top = append(top, b.text)
	}
	return !strings.HasPrefix(bantin.Prose(strings.Join(top, "\n\n")), strings.TrimSpace(d.blocks[0].text))
}

// isLead reports whether a paragraph is short enough to sum up what follows.
func isLead(text string) bool {
	return len(text) <= maxLead || utf8.RuneCountInString(text) <= maxLead
}

// maxSentence is how many characters a title made of the first sentence may have.
const maxSentence = 160

// firstSentence is the beginning of a text, as a title.
func firstSentence(text string) string {
	if end := sentenceEnd.FindStringSubmatchIndex(text); end != nil {
		text = text[:end[2]]
	}
	return strings.TrimSuffix(bantin.Shorten(text, maxSentence), ".")
}

// sentenceEnd is a full stop after a word that is no abbreviation or initial and
// before a capital.
var sentenceEnd = regexp.MustCompile(`\p{Ll}\p{Ll}([.!?]) \p{Lu}`)

// holdDoubtful holds what a person must see first: a document of the office in which no
// words were found, such as a scan, and one whose title is only the name of its kind.
func (d *Draft) holdDoubtful() {
	switch extensionOf(d.name) {
	case ".md", ".markdown", ".txt":
		if d.Title != "" && d.titled {
			return // its author wrote that
		}
	default:
		d.holdWordless()
	}
	if isKindOnly(d.Title) || isStem(d.Title, d.name) {
		d.Hold("tiêu đề chỉ là "+Quote(d.Title)+"; cần người bổ sung", "the title is only "+Quote(d.Title)+"; somebody must complete it")
	}
}

// holdWordless holds a document without words.
func (d *Draft) holdWordless() {
	if d.Lead != "" {
		return
	}
	if _, text, _ := render(d.blocks); !strings.ContainsFunc(text, isWordRune) {
		d.Hold("không thấy chữ nào trong bài, có thể là ảnh chụp hoặc bản quét; cần người bổ sung",
			"no words were found in it, it may be a scan; somebody must complete it")
	}
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// programTitle is a title that a program made of the name of a file.
var programTitle = regexp.MustCompile(`(?i)^microsoft word - |^(?:new page|untitled|document|tài liệu)[\s-]*\d*$|^\S+\.(?:docx?|docm|odt|rtf|pdf|html?|txt|pptx?)$`)

// isStem reports whether a title is only the name of its file, such as BC_tuan-50.
func isStem(title, name string) bool {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return strings.ContainsAny(title, "_-0123456789") && !strings.ContainsFunc(title, unicode.IsSpace) && place.Fold(title) == place.Fold(stem)
}

// isKindOnly reports whether a title names only what kind of paper it stands on, or is the
// name of a file.
func isKindOnly(title string) bool {
	if programTitle.MatchString(title) {
		return true
	}
	switch strings.Trim(place.Fold(title), " .:-!*") {
	case "thong bao", "giay moi", "thu moi", "cong van", "ke hoach", "bao cao", "quyet dinh", "to trinh", "bien ban", "chi thi", "nghi quyet",
		"huong dan", "thu ngo", "tin tuc", "tin moi", "ban tin", "bai viet", "trang chu", "index", "home", "untitled document", "khong tieu de", "no subject", "(no subject)", "khong co tieu de":
		return true
	}
	return false
}

// Empty reports whether the document has no text.
func (d *Draft) Empty() bool { return d.Lead == "" && len(d.blocks) == 0 }

// Finish makes the bulletin of the draft: it writes and sanitises the HTML, and
// repairs the encoding. The source adds what identifies the bulletin.
func (d *Draft) Finish() *bantin.Bulletin {
	d.bound()
	b := d.Bulletin
	if b.URL != "" {
		b.Origins = []string{b.URL}
	}
	b.HTML, b.Text, b.Images = render(d.blocks)
	if d.foreign {
		b.HTML = sanitise(b.HTML)
	}
	d.repair(&b)
	d.normalise(&b)
	return &b
}
