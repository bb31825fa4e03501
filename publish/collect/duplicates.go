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
	// sketchSize is how many hashes a bulletin is found by.
	sketchSize = 4
	// minRuns is what a text must have to be told from others by what it says.
	minRuns = 20
	// maxDaysApart is how far apart two sources publish one story.
	maxDaysApart = 10 * 24 * time.Hour
)

// similarity is by what a story of another source is found. Where there is only
// one source it is nothing, and costs nothing.
func (c *Collector) similarity(b *bantin.Bulletin) []int64 {
	if len(c.Known) < 2 {
		return nil
	}
	return sketch(b)
}

func sketch(b *bantin.Bulletin) []int64 {
	s := story(b)
	if len(s.Runs) < minRuns {
		return nil
	}
	return s.MinHash(sketchSize)
}

// story is what two tellings have in common: not the title.
func story(b *bantin.Bulletin) extract.Shingles { return extract.Shingle(b.Lead + "\n" + b.Text) }

// sketchRecent makes the bulletins of the last month comparable that came while there
// was one source only, once for each Collector.
func (c *Collector) sketchRecent(ctx context.Context) error {
	if len(c.Known) < 2 || !c.compared.CompareAndSwap(false, true) {
		return nil
	}
	err := c.DB.Bulletins().IndexSimilarity(ctx, 31*24*time.Hour, sketch)
	if err != nil {
		c.compared.Store(false)
	}
	return err
}

// compareStories says whether two sources tell one story. It is the same where four
// fifths of what either says is in both, with the same numbers: a form letter
// of another week or province has others. Where one holds most of the other
// (a shortened telling) a person must say.
func compareStories(before, after *bantin.Bulletin) store.Similarity {
	const (
		sameRuns       = 0.8
		sameNumbers    = 0.8
		containedShare = 0.7
	)
	if farApart(before.Published, after.Published) || differentPlaces(before.Places, after.Places) {
		return store.NotDuplicate
	}
	a, b := story(before), story(after)
	if min(len(a.Runs), len(b.Runs)) < minRuns {
		return store.NotDuplicate
	}
	resemblance, share := a.Resemblance(b)
	switch {
	case resemblance >= sameRuns && a.NumberOverlap(b) >= sameNumbers:
		return store.Duplicate
	case share >= containedShare && resemblance < sameRuns:
		return store.PossibleDuplicate
	}
	return store.NotDuplicate
}

func farApart(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() > maxDaysApart
}

// differentPlaces tells that two texts name places and none that both name.
func differentPlaces(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(slug string) bool { return slices.Contains(b, slug) })
}

// duplicateReason is why a bulletin waits that may be the one of this id.
func duplicateReason(id string) bantin.Note {
	return bantin.NewNote(
		"có thể là cùng một tin với "+id+" của nguồn khác; nếu đúng, dùng `bantin bulletins merge "+id+"` với mã của tin này, nếu không, dùng `bantin bulletins release`",
		"perhaps the same story as "+id+" of another source; if it is, `bantin bulletins merge "+id+"` with the id of this one, if not, `bantin bulletins release`")
}
