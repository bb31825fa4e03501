package nukeviet

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/source/document"
)

// gap is a page of the list that could not be read. What else the list shows is
// taken; the gap is tried again after the waits of retryDelays, and then given up.
type gap struct {
	place int
	last  int64 // number of the last story that was met before it; 0: none
	tries int
	at    time.Time // of the last try
	back  bool      // it is one of a backfill
}

// maxGaps is how many are kept: more mean that the site has another trouble.
const maxGaps = 10

// String writes a gap; blanks are between its fields.
func (g gap) String() string {
	return fmt.Sprintf("%d %d %d %d %t", g.place, g.last, g.tries, g.at.Unix(), g.back)
}

// item is what a gap is called when it is told.
func (g gap) item() string { return fmt.Sprintf("list:%d", g.place) }

// readGaps reads what writeGaps wrote.
func readGaps(text string) (gaps []gap) {
	for part := range strings.SplitSeq(text, ";") {
		var g gap
		var at int64
		if n, _ := fmt.Sscan(part, &g.place, &g.last, &g.tries, &at, &g.back); n == 5 && g.place >= 0 {
			g.at = time.Unix(at, 0)
			gaps = append(gaps, g)
		}
	}
	return gaps
}

func writeGaps(gaps []gap) string {
	var parts []string
	for _, g := range gaps {
		parts = append(parts, g.String())
	}
	return strings.Join(parts, ";")
}

// addGap notes a page that could not be read.
func (v *visit) addGap(place int, last int64) {
	same := func(g gap) bool { return g.place == place && g.back == v.backfilling }
	if len(v.gaps) < maxGaps && !slices.ContainsFunc(v.gaps, same) {
		v.gaps = append(v.gaps, gap{place: place, last: last, tries: 1, at: v.now, back: v.backfilling})
	}
}

// fillGaps tries the gaps of earlier visits again whose time has come.
func (v *visit) fillGaps() error {
	gaps, delays := v.gaps, retryDelays()
	v.gaps = nil
	for _, g := range gaps {
		if g.at.Equal(v.now) || v.now.Sub(g.at) < delays[min(g.tries, len(delays)-1)] {
			v.gaps = append(v.gaps, g)
			continue
		}
		err := v.fillGap(g)
		if err != nil && !isAnswered(err) {
			v.gaps = append(v.gaps, g)
			return err
		}
		if g.tries++; err != nil && g.tries < len(delays) {
			g.at = v.now
			v.gaps = append(v.gaps, g)
			continue
		}
		if err != nil {
			continue // given up
		}
		if err := v.give(Item{ID: g.item(), Mended: true}); err != nil {
			return err
		}
	}
	return nil
}

// fillGap reads the list from a gap on, until behind it all is known or too old.
func (v *visit) fillGap(g gap) error {
	was := v.backfilling
	v.backfilling = g.back
	defer func() { v.backfilling = was }()
	oldest := v.oldestWanted()
	place := g.place
	met, repeats := map[string]bool{}, 0
	for range maxPages {
		l, next, err := v.site.page(v.ctx, place)
		if err != nil {
			return err
		}
		if meet(met, l.rows) {
			repeats = 0
		} else if repeats++; repeats == maxRepeats {
			return nil
		}
		wanted := 0
		for _, r := range l.rows {
			if t := r.published; !t.IsZero() && t.Before(oldest) || v.isKnown(r.id) {
				continue
			}
			wanted++
			if err := v.readStory(r, memo{}); err != nil {
				return err
			}
		}
		if past := g.last == 0 || lowestNumber(l.rows) < g.last; next <= place || past && wanted == 0 {
			return nil
		}
		place = next
	}
	return nil
}

// oldestWanted is how far back stories are wanted.
func (v *visit) oldestWanted() time.Time {
	oldest := v.First.Add(-bantin.NewsWindow)
	if done, _, _ := readCursor(v.Notes["back"]); !done.IsZero() && done.Before(oldest) {
		oldest = done
	}
	if since := v.options.Since; !since.IsZero() && since.In(v.options.Location).Before(oldest) {
		oldest = since.In(v.options.Location)
	}
	return oldest
}

// keepGaps has the gaps stored, and tells of those that were met now.
func (v *visit) keepGaps() error {
	for _, g := range v.gaps {
		if !g.at.Equal(v.now) {
			continue
		}
		err := v.give(Item{ID: g.item(), Err: &document.Problem{Words: words(
			fmt.Sprintf("không đọc được một trang của danh sách bản tin (vị trí %d); những trang khác vẫn được đọc, trang này sẽ được thử lại", g.place),
			fmt.Sprintf("one page of the list of news cannot be read (position %d); the others were read, and this one is tried again", g.place))}})
		if err != nil {
			return err
		}
	}
	return v.remember(map[string]string{"gaps": writeGaps(v.gaps)})
}
