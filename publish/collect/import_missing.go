package collect

import (
	"context"
	"math"
	"strings"
)

// countMissing tells who came by this list before and is not on it any more, and gives
// them where the list is complete. Otherwise that changes nothing: people leave lists
// by mistake too.
func (l *listImport) countMissing(ctx context.Context) (missing []int64, err error) {
	if strings.HasSuffix(l.List.File, rejectedSuffix) {
		return nil, nil
	}
	before := l.number
	if l.Dry {
		before = math.MaxInt64
	}
	err = l.DB.Imports().VisitContacts(ctx, l.name(), before, func(id int64, email string) {
		if l.found.has(id) {
			return
		}
		l.done.Missing++
		if l.Complete {
			missing = append(missing, id)
		}
		if len(l.done.Gone) < maxListed {
			l.done.Gone = append(l.done.Gone, email)
		}
	})
	return missing, err
}

// end ends those whom a complete list does not name any more. Where rows were rejected
// nobody is: they may be of these people.
func (l *listImport) end(ctx context.Context, missing []int64) error {
	l.done.Incomplete = len(missing) > 0 && l.done.Refused > 0
	if len(missing) == 0 || l.done.Incomplete {
		return nil
	}
	if l.Dry {
		l.done.Ended = len(missing)
		return nil
	}
	for len(missing) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := missing[:min(endBatch, len(missing))]
		missing = missing[len(some):]
		n, err := l.DB.Imports().End(ctx, some, l.number, l.Who)
		if err != nil {
			return err
		}
		l.done.Ended += n
	}
	return nil
}

// endBatch are ended in one transaction.
const endBatch = 500
