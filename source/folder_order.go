package source

import (
	"cmp"
	"slices"
)

// maxOrdered is how many bulletins of one read are put in order together. They are in
// memory meanwhile; a folder with more news at once has them in runs of that many.
const maxOrdered = 1000

// byDate yields the bulletins of one read in the order of their dates, those without one
// last, and of their names within a day: by arrival they become news, and names tell
// nothing about that. What is no news is yielded at once.
type byDate struct {
	yield   func(Item, error) bool
	waiting []Item
}

func (o *byDate) add(item Item) bool {
	if item.Bulletin == nil || item.History {
		return o.yield(item, nil)
	}
	if o.waiting = append(o.waiting, item); len(o.waiting) < maxOrdered {
		return true
	}
	return o.flush()
}

// flush yields what waits, and reports whether to go on.
func (o *byDate) flush() bool {
	list := o.waiting
	o.waiting = nil
	slices.SortStableFunc(list, func(a, b Item) int {
		at, bt := a.Bulletin.Published, b.Bulletin.Published
		switch {
		case at.IsZero() && !bt.IsZero():
			return 1
		case bt.IsZero() && !at.IsZero():
			return -1
		}
		return cmp.Or(at.Compare(bt), cmp.Compare(a.ID, b.ID))
	})
	for _, item := range list {
		if !o.yield(item, nil) {
			return false
		}
	}
	return true
}
