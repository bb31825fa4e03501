package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bantin"
)

// content is what readers see of a revision. Its JSON is what is stored.
type content struct {
	URL         string              `json:"url,omitempty"`
	Title       string              `json:"title"`
	Lead        string              `json:"lead,omitempty"`
	HTML        string              `json:"html,omitempty"`
	Text        string              `json:"text,omitempty"`
	Author      string              `json:"author,omitempty"`
	Language    string              `json:"language,omitempty"`
	Published   time.Time           `json:"published,omitzero"`
	Precision   bantin.Precision    `json:"precision,omitempty"`
	Updated     time.Time           `json:"updated,omitzero"`
	Event       *bantin.Event       `json:"event,omitempty"`
	Places      []string            `json:"places,omitempty"`
	Clusters    []string            `json:"clusters,omitempty"`
	Topics      []string            `json:"topics,omitempty"`
	Urgent      bool                `json:"urgent,omitempty"`
	LegalRefs   []bantin.LegalRef   `json:"legal_refs,omitempty"`
	Images      []storedImage       `json:"images,omitempty"`
	Attachments []bantin.Attachment `json:"attachments,omitempty"`
}

// remarks are about a revision and not in it: other remarks make no revision.
type remarks struct {
	Origins  []string      `json:"origins,omitempty"`
	Encoding string        `json:"encoding,omitempty"`
	Warnings []bantin.Note `json:"warnings,omitempty"`

	Categories []string `json:"categories,omitempty"`
}

// storedImage writes the fields of an image that its public JSON leaves out.
type storedImage struct {
	Src     string `json:"src,omitempty"`
	Caption string `json:"caption,omitempty"`

	Elsewhere string `json:"-"` // stands in Src

	Alt    string `json:"alt,omitempty"`
	Type   string `json:"type,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	Length int64  `json:"length,omitempty"`
}

// encoded is a revision as it is stored, and a hash of what readers see.
type encoded struct {
	content, remarks, hash string
	files                  []string // hashes of what it shows
}

func encode(b *bantin.Bulletin) (encoded, error) {
	c := content{
		URL: b.URL, Title: b.Title, Lead: b.Lead, HTML: b.HTML, Text: b.Text, Author: b.Author, Language: b.Language,
		Published: b.Published, Precision: b.PublishedPrecision, Updated: b.Updated, Event: b.Event,
		Places: b.Places, Clusters: b.Clusters, Topics: b.Topics, Urgent: b.Urgent, LegalRefs: b.LegalRefs, Attachments: b.Attachments,
	}
	for _, im := range b.Images {
		im.Src, im.Elsewhere = cmp.Or(im.Src, im.Elsewhere), ""
		c.Images = append(c.Images, storedImage(im))
	}
	said, err := jsonText(c)
	if err != nil {
		return encoded{}, err
	}
	remarked, err := jsonText(remarks{b.Origins, b.Encoding, b.Warnings, b.Categories})
	if err != nil {
		return encoded{}, err
	}
	return encoded{said, remarked, hashOf(said), fileHashes(b)}, nil
}

// hashOf hashes a text piece by piece: whole, it would be copied.
func hashOf(text string) string {
	sum, piece := sha256.New(), make([]byte, sha256.BlockSize*16)
	for text != "" {
		n := copy(piece, text)
		_, _ = sum.Write(piece[:n]) // a hash takes all
		text = text[n:]
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// jsonText is what json.Marshal gives, without copying it once more.
func jsonText(v any) (string, error) {
	var b strings.Builder
	err := json.NewEncoder(&b).Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// decode is the other way.
func decode(b *bantin.Bulletin, said, remarked string) error {
	var c content
	if err := json.Unmarshal([]byte(said), &c); err != nil {
		return fmt.Errorf("content of bulletin %s: %w", b.ID, err)
	}
	var r remarks
	if err := json.Unmarshal([]byte(remarked), &r); err != nil {
		return fmt.Errorf("remarks on bulletin %s: %w", b.ID, err)
	}
	b.URL, b.Title, b.Lead, b.HTML, b.Text, b.Author, b.Language = c.URL, c.Title, c.Lead, c.HTML, c.Text, c.Author, c.Language
	b.Published, b.PublishedPrecision, b.Updated, b.Event = c.Published, c.Precision, c.Updated, c.Event
	b.Places, b.Clusters, b.LegalRefs, b.Attachments = c.Places, c.Clusters, c.LegalRefs, c.Attachments
	b.Topics, b.Urgent = c.Topics, c.Urgent
	b.Origins, b.Encoding, b.Warnings, b.Categories = r.Origins, r.Encoding, r.Warnings, r.Categories
	for _, im := range c.Images {
		b.Images = append(b.Images, bantin.Image(im))
	}
	b.OmitForeignPictures()
	return nil
}
