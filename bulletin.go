package bantin

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Bulletin is one announcement of the association, as it is stored and shown.
// Its JSON form is a contract: fields may be added and never change.
//
// A bulletin keeps its ID and FeedID for ever, whatever happens to its title,
// its file or the site's address. Text fields hold NFC without the control
// characters that XML 1.0 forbids (section 2.2); HTML is sanitised.
type Bulletin struct {
	ID       string   `json:"id"`                 // [a-z0-9-]+, the last part of its page's address
	FeedID   string   `json:"-"`                  // urn:uuid:…, the same in all feed formats (RFC 4287 4.2.6)
	Source   string   `json:"source"`             // id of the source it was first read from
	SourceID string   `json:"source_id"`          // what the source calls it: a path, a story number
	Origins  []string `json:"origins,omitempty"`  // every address it was found at, canonical
	URL      string   `json:"url,omitempty"`      // where it was first published, if that is elsewhere
	Title    string   `json:"title"`              // one line of plain text
	Lead     string   `json:"lead,omitempty"`     // plain text: the first paragraph that sums it up
	HTML     string   `json:"-"`                  // body after the lead, sanitised; own images are "/images/…"
	Text     string   `json:"text,omitempty"`     // the body as plain text, paragraphs apart by a blank line
	Author   string   `json:"author,omitempty"`   // as the bulletin signs itself
	Language string   `json:"language,omitempty"` // BCP 47; empty where the site's language holds

	Published          time.Time `json:"published,omitzero"`            // when its author published it
	PublishedPrecision Precision `json:"published_precision,omitempty"` // how exactly Published is known
	Updated            time.Time `json:"updated,omitzero"`              // when its author last changed it, as far as known

	Event     *Event     `json:"event,omitempty"`
	Places    []string   `json:"places,omitempty"`   // slugs of the units of the bulletin's own day
	Clusters  []string   `json:"clusters,omitempty"` // clusters it names
	Topics    []string   `json:"topics,omitempty"`   // ids of configured topics
	Urgent    bool       `json:"urgent,omitempty"`   // its author, from the office, says that it cannot wait
	LegalRefs []LegalRef `json:"legal_refs,omitempty"`

	Images      []Image      `json:"images,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`

	// Categories are what its source calls its subjects: names of which a configured topic
	// takes those that are its own.
	Categories []string `json:"-"`

	Encoding  string `json:"encoding,omitempty"` // as found, where it was not UTF-8
	Revision  int    `json:"revision"`           // 1 at first, one more for each change of what readers see
	Seq       int64  `json:"seq,omitempty"`      // its place in the order of arrival of news; 0: no news (held, or history)
	Change    int64  `json:"change"`             // number of its last change: arrival, revision, withdrawal, correction
	Withdrawn bool   `json:"withdrawn,omitempty"`
	Held      Note   `json:"held,omitempty"` // why it waits for a person
	Warnings  []Note `json:"warnings,omitempty"`

	ChangedAt time.Time `json:"-"` // when Change was given: strictly rising with it
	ArrivedAt time.Time `json:"-"` // when it was first stored
}

// NewsWindow is how old a bulletin may be at the first read of its source to be
// news. What is older is history.
const NewsWindow = 31 * 24 * time.Hour

// Precision says how exactly a time is known.
type Precision string

// The precisions of a time of publication.
const (
	PrecisionDay    Precision = "day"
	PrecisionMinute Precision = "minute"
)

// Publishable reports whether readers may see the bulletin.
func (b *Bulletin) Publishable() bool { return !b.Withdrawn && b.Held == "" }

// PublicationTime is when the bulletin was published; where that is not known,
// when it arrived.
func (b *Bulletin) PublicationTime() time.Time {
	if b.Published.IsZero() {
		return b.ArrivedAt
	}
	return b.Published
}

// SortByPublication orders bulletins by the time of their publication, the
// newest first; of the same time, the last that arrived.
func SortByPublication(list []Bulletin) {
	slices.SortStableFunc(list, func(a, b Bulletin) int {
		return cmp.Or(b.PublicationTime().Compare(a.PublicationTime()), cmp.Compare(b.Seq, a.Seq))
	})
}

// Summary is what stands for the bulletin where it is not shown whole: its
// lead, else the beginning of its text, cut after a word at limit characters.
// Letterheads, recipients and signatures are no part of it (see [Prose]).
func (b *Bulletin) Summary(limit int) string {
	text := b.Text
	if len(text) > maxSummarised {
		text = strings.ToValidUTF8(text[:maxSummarised], "")
	}
	s := Prose(b.Lead + "\n\n" + text)
	if b.Lead != "" && strings.HasPrefix(s, b.Lead) {
		s = b.Lead
	}
	return Shorten(strings.Join(strings.Fields(s), " "), limit)
}

// maxSummarised is how many bytes of a text a summary is made of: more than a
// letterhead and a summary have.
const maxSummarised = 8 << 10

// Shorten cuts s after a word so that it has at most limit characters, and
// marks the cut with an ellipsis.
func Shorten(s string, limit int) string {
	runes := []rune(s)
	if limit <= 0 || len(runes) <= limit {
		return s
	}
	cut := string(runes[:limit-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.–-") + "…"
}

// LegalRef is a document that the bulletin cites, such as 387/QĐ-TTg.
type LegalRef struct {
	Ref   string `json:"ref"`
	Kind  string `json:"kind,omitempty"`
	Date  Day    `json:"date,omitzero"`
	Count int    `json:"count"`
}

// Image is a picture of a bulletin. Src is empty where only the caption is
// left, "/images/NAME" for a picture that we serve, else an absolute URL.
// As JSON, which is for operators, src is Elsewhere where there is no Src.
type Image struct {
	Src     string `json:"src,omitempty"`
	Caption string `json:"caption,omitempty"`

	// Elsewhere is where a picture lies that could not be fetched: what readers open does
	// not show it, since it would ask that host.
	Elsewhere string `json:"-"`

	Alt    string `json:"-"`
	Type   string `json:"-"` // media type, of our own pictures
	Width  int    `json:"-"` // pixels; 0: not known
	Height int    `json:"-"`
	Length int64  `json:"-"` // bytes; 0: not known
}

// MarshalJSON implements json.Marshaler.
func (i Image) MarshalJSON() ([]byte, error) {
	type plain Image
	i.Src = cmp.Or(i.Src, i.Elsewhere)
	return json.Marshal(plain(i))
}

// Attachment is a file that belongs to a bulletin.
type Attachment struct {
	Src    string `json:"src"`
	Type   string `json:"type,omitempty"`
	Length int64  `json:"length,omitempty"`
	Title  string `json:"title,omitempty"` // what people call it: the name of its file
}
