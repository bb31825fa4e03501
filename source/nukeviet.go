package source

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/source/document"
)

// nukeviet is a site made with NukeViet 2.0, 3.x or 4.x, told apart by the links
// of its pages. The address is that of its list of news, or of one category.
//
// A look costs one request while nothing is new: the list (2.0), the sitemap,
// else the feed, else the list (3.x, 4.x). New stories are read from the oldest
// to the newest, so that a read that was broken off is gone on with: all that is
// older than a known story is known. A story is read again when the list says
// something else of it, and now and then for some weeks after it came; what the
// list no longer shows is looked for by its own address, and once that was in
// vain on two looks a day apart it has vanished.
//
// Whatever has not the form of a story (maintenance, log-in, an empty answer, a
// page that was cut off) changes nothing.
type nukeviet struct {
	spec      Spec
	documents *document.Options
	base      *url.URL
}

func newNukeViet(spec Spec) (Source, error) {
	if err := checkSite(spec); err != nil {
		return nil, err
	}
	base, err := url.Parse(spec.URL)
	if err != nil {
		return nil, err
	}
	return &nukeviet{spec: spec, documents: spec.documents(), base: base}, nil
}

func (n *nukeviet) ID() string { return n.spec.ID }

// Read yields what is new from the oldest on, then what changed or vanished,
// then, where the Spec says Since, what is older from the newest on.
func (n *nukeviet) Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error] {
	return sequence(func(give func(Item) error) error {
		v := &visit{nukeviet: n, ctx: ctx, seen: seen, yield: give, now: n.spec.Now()}
		return v.run()
	})
}

// Errors of a story.
var (
	errNoStory  = errors.New("the site has no such story")
	errNotStory = errors.New("the page is no story: maintenance, a log-in, or cut off")
)

// row is what a list says of a story.
type row struct {
	id        string // the story's number
	address   string // its page
	title     string
	published time.Time // zero: it does not say
	precision bantin.Precision
	kind      byte // of list: what two kinds say is not compared
}

// mark changes when a list says something else of the story.
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

// listing is what one look at a list gives.
type listing struct {
	rows  []row // as they stand there, the newest first
	links map[string]bool
	whole bool              // it holds all that a first read wants
	next  int               // the place of the list behind it
	notes map[string]string // to be remembered once its rows are read
	same  bool              // it is as it was (304)
}

// generation is what differs between the generations of NukeViet.
type generation interface {
	// look lists the newest stories with one request.
	look(ctx context.Context, notes map[string]string) (listing, error)
	// page lists the stories at a place of the list: rows from the top, or a
	// number of a page. next is the place behind it, or -1.
	page(ctx context.Context, place int) (l listing, next int, err error)
	// story reads a story by the way that costs the site least: errNoStory,
	// errNotStory, or a SiteError.
	story(ctx context.Context, r row) (*story, error)
	// row makes the row of a story of which only the number and page are known.
	row(id, address string) row
}

// visit is one read of a site.
type visit struct {
	*nukeviet
	ctx   context.Context // of the visit alone
	seen  map[string]string
	met   met
	yield func(Item) error
	now   time.Time
	notes map[string]string
	first time.Time // when the site was first read
	site  generation
	read  int
	bad   int // stories in a row that were none

	backwards bool // what is read now is history, whatever day it says
}

func (v *visit) run() (err error) {
	if v.notes, err = v.spec.memory(v.ctx); err != nil {
		return err
	}
	v.first = v.spec.firstRead(v.notes)
	front, err := v.recognise()
	if err != nil {
		return err
	}
	newest := front
	if newest == nil {
		l, err := v.site.look(v.ctx, v.notes)
		if err != nil {
			return err
		}
		newest = &l
	}
	if err := v.remember(map[string]string{"first": strconv.FormatInt(v.first.Unix(), 10)}); err != nil {
		return err
	}
	if err := v.news(newest); err != nil {
		return err
	}
	if err := v.again(newest); err != nil {
		return err
	}
	if err := v.remember(newest.notes); err != nil {
		return err
	}
	if v.spec.Since.IsZero() || !v.spec.Since.In(v.spec.Location).Before(v.first.Add(-newsSpan)) {
		return nil
	}
	return v.back(newest)
}

// remember has notes kept once all before them is stored, unless they are.
func (v *visit) remember(notes map[string]string) error {
	fresh := map[string]string{}
	for name, value := range notes {
		if v.notes[name] != value {
			fresh[name], v.notes[name] = value, value
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return v.give(Item{Notes: fresh})
}

func (v *visit) give(item Item) error {
	return cmp.Or(v.yield(item), v.ctx.Err())
}

// mostBad is how many stories in a row may be none before the site is left
// alone: then it is the site and not a story.
const mostBad = 3

// mostWaits is how often a story that was edited waits for its pictures.
const mostWaits = 3

// take reads a story and yields what it says. known is what is remembered of it.
func (v *visit) take(r row, known memo) error {
	v.met.add(r.id)
	s, err := v.site.story(v.ctx, r)
	switch {
	case errors.Is(err, errNoStory):
		v.bad = 0
		return v.lost(r, known)
	case err != nil:
		return v.failed(r, known, err)
	}
	v.bad = 0
	return v.deliver(r, s, known)
}

// failed remembers to try a story again, and leaves a site alone that gives no
// more stories.
func (v *visit) failed(r row, known memo, cause error) error {
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	var failure *fetch.Error
	isStatus := errors.As(cause, &failure) && failure.Status != 0
	if v.bad++; v.bad >= mostBad || !isStatus && !errors.Is(cause, errNotStory) || isStatus && !failure.RetryAt.IsZero() {
		return &SiteError{Words: words("trang không trả về bản tin nào nữa", "the site gives no more stories"), Err: cause}
	}
	if !known.read.IsZero() {
		return nil // the good text stays; another look will come
	}
	known.tries++
	known.at, known.address = v.now, r.address
	err := v.give(Item{ID: r.id, Err: &Problem{Err: cause, Words: words("không đọc được bài "+r.address, "cannot read story "+r.address)}})
	if err != nil {
		return err
	}
	return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
}

// deliver yields a story that was read.
func (v *visit) deliver(r row, s *story, known memo) error {
	r.date(s)
	next := known
	next.read, next.lost, next.tries, next.at = v.now, time.Time{}, 0, time.Time{}
	next.digest, next.address = s.digest(r), r.address
	next.checks++
	if r.kind != 0 {
		next.mark = r.mark()
	}
	if r.precision == bantin.PrecisionMinute {
		next.published = r.published
	}
	if known.digest == next.digest {
		return v.give(Item{ID: r.id, Seen: true, Version: next.String()})
	}
	if !known.read.IsZero() && s.cut() {
		return nil // shorter than it was: the good text stays
	}
	d, err := v.draft(&r, s)
	if err != nil {
		return v.failed(r, known, errNotStory)
	}
	if d.Incomplete {
		if !known.read.IsZero() && known.tries < mostWaits {
			known.tries++ // a picture may come back: the good text stays meanwhile
			known.at = v.now
			return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
		}
		next.digest = "" // the next reading looks for the picture again
	}
	if next.key == "" {
		next.key = d.URL
	}
	item := Item{ID: r.id, Key: "url:" + next.key, Digest: s.digest(r), History: v.backwards || history(d.Published, v.first)}
	item.Bulletin = v.spec.bulletin(item, d)
	if item.History {
		next.checks = len(checkAfter()) // what is old does not change any more
	}
	item.Version = next.String()
	v.tell(&d.Published)
	return v.give(item)
}

func (v *visit) tell(published *time.Time) {
	v.read++
	if v.spec.Progress != nil {
		p := Progress{Read: v.read}
		if !published.IsZero() {
			p.Day = bantin.DayOf(published.In(v.spec.Location))
		}
		v.spec.Progress(p)
	}
}
