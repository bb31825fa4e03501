package nukeviet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
	precision bantin.Precision
	kind      byte // of list; rows of two kinds are not compared
}

// mark is a hash that changes when the list says something else of the story.
func (r *row) mark() string {
	sum := sha256.Sum256([]byte(r.title + "\n" + r.address + "\n" + r.published.UTC().Format(time.RFC3339)))
	return string(r.kind) + hex.EncodeToString(sum[:5])
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
}

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
	// row makes the row of a story of which only the number and page are known.
	row(id, address string) row
}
