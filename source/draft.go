package source

import (
	"bantin/source/charset"
	"bantin/source/extract"
	"errors"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"bantin"
)

// draft is what a format makes of a file, before it is a bulletin.
type draft struct {
	decoder charset.Decoder

	spec *Spec
	name string                                     // of the file in its folder
	root *os.Root                                   // the folder, for pictures; nil: there are none
	web  func(address string) (bantin.Image, error) // keeps a picture of a site; nil: its address stays

	pictures map[string]bantin.Image // as they were found, by what its text calls them
	inside   map[string]insider      // pictures within the file itself, by what its text calls them

	title, author, language string
	url                     string // canonical
	published, updated      time.Time
	precision               bantin.Precision
	event                   *bantin.Event
	places, clusters        []string
	withdrawn               bool
	attachments             []bantin.Attachment

	lead       string
	blocks     []block
	foreign    bool   // its HTML was written by others and wants sanitising
	copied     bool   // it is a page of a site, whose pictures may be there still
	entities   bool   // it was decoded from entities, so that it may not be NFC
	incomplete bool   // a picture is missing that may still come
	held       string // why a person must look at it first
	warnings   []string
}

// mostWarnings is what a person reads of one bulletin.
const mostWarnings = 50

// warn keeps a warning in the language of the site.
func (d *draft) warn(vi, en string) {
	switch n := len(d.warnings); {
	case n < mostWarnings:
		d.warnings = append(d.warnings, d.spec.Language.Say(vi, en))
	case n == mostWarnings:
		d.warnings = append(d.warnings, d.spec.Language.Say("và còn những cảnh báo khác", "and there are more warnings"))
	}
}

// hold keeps the bulletin for a person, and says why in the language of the site.
func (d *draft) hold(vi, en string) {
	if d.held == "" {
		d.held = d.spec.Language.Say(vi, en)
	}
}

// holdForText keeps a bulletin that is nothing but its attachments.
func (d *draft) holdForText() {
	d.hold("chỉ có tệp đính kèm, chưa có nội dung; cần người bổ sung", "it is an attachment without any text; a person must complete it")
}

// complete finds the title and the lead where the format gave none.
func (d *draft) complete() error {
	d.title = charset.OneLine(d.title)
	d.checkPublished()
	d.takeHeading()
	if d.lead == "" {
		d.takeLead()
	}
	if d.title == "" {
		d.title = firstSentence(d.lead)
	}
	if d.title == "" && len(d.blocks) == 0 {
		return problem("tệp không có tiêu đề và nội dung", "the file has neither title nor text")
	}
	if d.title == "" {
		name := path.Base(d.name)
		d.title = charset.OneLine(strings.TrimSuffix(name, path.Ext(name)))
		if d.title == "" {
			return problem("bản tin không có tiêu đề", "the bulletin has no title")
		}
		d.warn("không tìm thấy tiêu đề, tạm lấy tên tệp", "no title was found, the file name stands for it")
	}
	return nil
}

// takeHeading takes a heading at the beginning of the text for the title, or
// drops it where it only repeats that.
func (d *draft) takeHeading() {
	if len(d.blocks) == 0 || !d.blocks[0].heading() {
		return
	}
	heading := charset.OneLine(d.blocks[0].text)
	if d.title == "" {
		d.title = heading
	}
	if heading == d.title {
		d.blocks = d.blocks[1:]
	}
}

// takeLead takes the first paragraph for the lead. One with a link stays in the
// text, because a lead is plain.
func (d *draft) takeLead() {
	if len(d.blocks) > 0 && d.blocks[0].tag == "p" && !d.blocks[0].links {
		d.lead = charset.OneLine(d.blocks[0].text)
		d.blocks = d.blocks[1:]
	}
}

// titleLength is what a first sentence may have to stand for a title.
const titleLength = 160

// firstSentence is the beginning of a text, to be shown as its title.
func firstSentence(text string) string {
	if end := sentenceEnd.FindStringSubmatchIndex(text); end != nil {
		text = text[:end[2]]
	}
	return strings.TrimSuffix(bantin.Shorten(text, titleLength), ".")
}

// sentenceEnd is a full stop that no abbreviation or initial has before it, and
// a capital behind it.
var sentenceEnd = regexp.MustCompile(`\p{Ll}\p{Ll}([.!?]) \p{Lu}`)

// bulletin makes the bulletin of the draft.
func (d *draft) bulletin(spec Spec, item Item) *bantin.Bulletin {
	b := &bantin.Bulletin{
		ID: NewID(item.Key), FeedID: FeedID(item.Key), Source: spec.ID, SourceID: item.ID,
		URL: d.url, Title: d.title, Lead: d.lead, Author: charset.OneLine(d.author), Language: d.language,
		Published: d.published, PublishedPrecision: d.precision, Updated: d.updated,
		Event: d.event, Places: d.places, Clusters: d.clusters,
		Withdrawn: d.withdrawn, Attachments: d.attachments, Warnings: d.warnings,
	}
	if d.url != "" {
		b.Origins = []string{d.url}
	}
	b.HTML, b.Text, b.Images = render(d.blocks)
	if d.foreign {
		b.HTML = sanitise(b.HTML)
	}
	b.Held = d.held
	d.settle(b)
	d.compose(b)
	return b
}

// text decodes a part of the document.
func (d *draft) text(raw []byte) (string, error) {
	text, err := d.decoder.Decode(raw)
	return text, textProblem(err)
}

// textProblem says in both languages why a file has no text.
func textProblem(err error) error {
	switch {
	case errors.Is(err, charset.ErrBinary):
		return problem("tệp nhị phân, không phải văn bản", "the file is binary, not text")
	case errors.Is(err, charset.ErrEmpty):
		return problem("tệp rỗng", "the file is empty")
	}
	return err
}

// settle repairs what was not decoded with the text, and keeps the bulletin for
// a person where the encoding is not sure.
func (d *draft) settle(b *bantin.Bulletin) {
	own := []*string{&b.Title, &b.Author}
	if d.entities {
		own = append(own, &b.Lead, &b.HTML, &b.Text)
	}
	for i := range b.Images {
		own = append(own, &b.Images[i].Caption)
	}
	for _, s := range own {
		*s = d.decoder.Repair(*s)
	}
	b.Encoding = d.decoder.Encoding
	if d.decoder.Unsure {
		b.Held = d.spec.Language.Say("không chắc chữ viết theo bảng mã nào; cần người xem lại",
			"it is not sure in which encoding the text is; a person must look at it")
	}
}

// compose brings to NFC what did not come through the door, or was decoded from
// entities behind it.
func (d *draft) compose(b *bantin.Bulletin) {
	beside := []*string{&b.Title, &b.Author}
	if d.entities {
		beside = append(beside, &b.Lead, &b.HTML, &b.Text)
	}
	for _, s := range beside {
		*s = norm.NFC.String(*s)
		if !d.decoder.Unsure {
			*s = charset.Tidy(*s)
		}
	}
}

// Prose is all that a bulletin says in words, title first, as far as places and
// clusters are to be found in it: title, lead, text, captions.
func Prose(b *bantin.Bulletin) string {
	parts := []string{b.Title, b.Lead, b.Text}
	for _, image := range b.Images {
		parts = append(parts, image.Caption)
	}
	return strings.Join(parts, "\n\n")
}

// setPublished takes text for the time of publication, if it is one.
func (d *draft) setPublished(text string) bool {
	t, precision, ok := extract.ParseTime(text, d.spec.Location)
	if ok {
		d.published, d.precision = t, precision
	}
	return ok
}

// checkPublished drops a day that somebody wrote by mistake, or a program for
// none: it would stand at the end of all feeds for ever. An office may date what
// it announces ahead.
func (d *draft) checkPublished() {
	const ahead = 2 // years
	if t := d.published; !t.IsZero() && (t.Year() <= 1970 || t.After(d.spec.now().AddDate(ahead, 0, 0))) {
		d.warnDay(t)
		d.published, d.precision = time.Time{}, ""
	}
}

func (d *draft) warnDay(t time.Time) {
	day := bantin.DayOf(t).String()
	d.warn("ngày đăng không thể đúng: "+day, "the day of publication cannot be right: "+day)
}
