package nukeviet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"time"

	"bantin"
)

// Errors of a story.
var (
	errNoStory  = errors.New("the site has no such story")
	errNotStory = errors.New("not a story: maintenance, a login page, or truncated")
)

// row is a story as a list shows it.
type row struct {
	id        string // the story's number
	address   string // its page
	title     string
	published time.Time // zero: the list does not say
	mentioned time.Time // where a list has no times: a day in its words, which only tells how far down it is
	precision bantin.Precision
	kind      byte // of list; rows of two kinds are not compared
}

// mark is a hash that changes when the list says something else of the story.
func (r *row) mark() string {
	sum := sha256.Sum256([]byte(r.title + "\n" + r.address + "\n" + r.published.UTC().Format(time.RFC3339)))
	return string(r.kind) + hex.EncodeToString(sum[:5])
}

// roughly is the time of the story, or a day that its list mentions: good enough to
// tell where a list may end, and not to tell how old the story is.
func (r *row) roughly() time.Time {
	if r.published.IsZero() {
		return r.mentioned
	}
	return r.published
}

func (r *row) number() int64 {
	n, err := strconv.ParseInt(r.id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// listing is one page of a list.
type listing struct {
	rows        []row // in the order of the page, the newest first
	links       map[string]bool
	complete    bool              // it holds all that a first read wants
	next        int               // the place of the list behind it
	notes       map[string]string // to be stored once its rows are read
	notModified bool              // status 304
	cut         bool              // the page ends before its end
}

// isCut reports whether a page has a beginning and no end.
func isCut(page []byte) bool {
	const begin = 2 << 10
	return bytes.Contains(bytes.ToLower(page[:min(len(page), begin)]), []byte("<html")) && !htmlEnd.Match(page)
}

var htmlEnd = regexp.MustCompile(`(?i)</(?:html|body)\s*>`)

// generation is what differs between the generations of NukeViet.
type generation interface {
	// look lists the newest stories with one request.
	look(ctx context.Context, notes map[string]string) (listing, error)
	// page lists the stories at a place of the list: rows from the top, or a
	// number of a page. next is the place behind it, or -1.
	page(ctx context.Context, place int) (l listing, next int, err error)
	// story reads a story in the way that costs the site least: errNoStory,
	// errNotStory, or a SiteError.
	story(ctx context.Context, r row) (*story, error)
	// pageStep is how far two pages of the list are apart, as places.
	pageStep() int
	// row makes the row of a story of which only the number and page are known.
	row(id, address string) row
}
