package collect

import (
	"context"
	"slices"
	"time"

	"bantin"
	"bantin/source/extract"
	"bantin/store"
)

// The same story comes by the office's folder and by its site, or by the sites
// of two associations, often under another title. Only bulletins of different
// sources are compared: one source that repeats itself means to.

const (
	// sketched is how many hashes a bulletin is found by.
	sketched = 4
	// fewestRuns is what a text must have to be told from others by what it says.
	fewestRuns = 20
	// twinDays is how far apart two sources publish one story.
	twinDays = 10 * 24 * time.Hour
)

// likeness is by what a story of another source is found. Where there is only
// one source it is nothing, and costs nothing.
func (c *Collector) likeness(b *bantin.Bulletin) []int64 {
	if len(c.Known) < 2 {
		return nil
	}
	return sketch(b)
}

func sketch(b *bantin.Bulletin) []int64 {
	s := story(b)
	if len(s.Runs) < fewestRuns {
		return nil
	}
	return s.MinHash(sketched)
}

// story is what two tellings have in common: not the title.
func story(b *bantin.Bulletin) extract.Shingles { return extract.Shingle(b.Lead + "\n" + b.Text) }

// liken makes the bulletins of the last month comparable that came while there
// was one source only, once for each Collector.
func (c *Collector) liken(ctx context.Context) error {
	if len(c.Known) < 2 || !c.likened.CompareAndSwap(false, true) {
		return nil
	}
	err := c.DB.Bulletins().IndexSimilarity(ctx, 31*24*time.Hour, sketch)
	if err != nil {
		c.likened.Store(false)
	}
	return err
}

// twins says whether two sources tell one story. It is the same where four
// fifths of what either says is in both, with the same numbers: a form letter
// of another week or province has others. Where one holds most of the other
// (a shortened telling) a person must say.
func twins(before, after *bantin.Bulletin) store.Similarity {
	const (
		sameRuns    = 0.8
		sameNumbers = 0.8
		mostOfOne   = 0.7
	)
	if apart(before.Published, after.Published) || elsewhere(before.Places, after.Places) {
		return store.NotDuplicate
	}
	a, b := story(before), story(after)
	if min(len(a.Runs), len(b.Runs)) < fewestRuns {
		return store.NotDuplicate
	}
	resemblance, share := a.Resemblance(b)
	switch {
	case resemblance >= sameRuns && a.NumberOverlap(b) >= sameNumbers:
		return store.Duplicate
	case share >= mostOfOne && resemblance < sameRuns:
		return store.PossibleDuplicate
	}
	return store.NotDuplicate
}

func apart(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() > twinDays
}

// elsewhere tells that two texts name places and none that both name.
func elsewhere(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(slug string) bool { return slices.Contains(b, slug) })
}

// duplicateReason is why a bulletin waits that may be the one of this id.
func duplicateReason(id string) bantin.Note {
	return bantin.NewNote(
		"có thể là cùng một tin với "+id+" của nguồn khác; nếu đúng, dùng `bantin bulletins merge "+id+"` với mã của tin này, nếu không, dùng `bantin bulletins release`",
		"perhaps the same story as "+id+" of another source; if it is, `bantin bulletins merge "+id+"` with the id of this one, if not, `bantin bulletins release`")
}
