package nukeviet

import (
	"errors"

	"bantin/fetch"
)

// maxRepeats is how many pages in a row may show nothing but stories that were met:
// stories that appear meanwhile push them down, and a site that answers every place with
// one page has no end.
const maxRepeats = 3

// maxPages is how many pages of a list are read: 40 years of a busy site.
const maxPages = 20_000

// maxBadPages is how many pages of a list in a row may be unreadable before the list
// counts as ended by that.
const maxBadPages = 3

// followList reads a list downwards from a place and gives each page to act, with
// the place of the next one, until act wants no more. Stories that appear meanwhile
// push the others down, so that these are met twice. When stories vanish, others
// move up past the next place: a page that does not begin with the last story met,
// or a newer one, is read again from further up. A page that the site answers with
// something unreadable is left out and noted as a gap.
func (v *visit) followList(place int, before []row, act func(rows []row, next int) (bool, error)) error {
	last := lowestNumber(before)
	steps, bad, step := 0, 0, v.site.pageStep()
	met, repeats := map[string]bool{}, 0
	meet(met, before)
	for range maxPages {
		l, next, err := v.site.page(v.ctx, place)
		if isAnswered(err) {
			v.addGap(place, last)
			if bad++; bad == maxBadPages {
				return err
			}
			place += step
			continue
		}
		if err != nil {
			return err
		}
		if len(l.rows) == 0 {
			return nil
		}
		if next < 0 { // the page has no rows of a list
			return nil
		}
		if gap := bad == 0 && last > 0 && highestNumber(l.rows) < last; gap && place > 0 && steps < 3 && next-place > 1 {
			steps++
			place = max(0, place-(next-place))
			continue
		}
		if l.cut && next-place == 1 { // a list by pages has no second look at what was lost
			v.addGap(place, last)
		}
		steps, bad, step = 0, 0, next-place
		if meet(met, l.rows) {
			repeats = 0
		} else if repeats++; repeats == maxRepeats {
			return nil
		}
		deeper := lowestNumber(l.rows)
		more, err := act(l.rows, next)
		if err != nil || !more {
			return err
		}
		if last == 0 || deeper < last {
			last = deeper
		}
		place = next
	}
	return nil
}

// meet adds rows to those that were met, and reports whether one is new.
func meet(met map[string]bool, rows []row) (isNew bool) {
	for _, r := range rows {
		isNew = isNew || !met[r.id]
		met[r.id] = true
	}
	return isNew
}

// isAnswered reports whether an error is that of one page: the site is there, and
// what it sent is an error, breaks off, is too large or cannot be decoded.
func isAnswered(err error) bool {
	var failure *fetch.Error
	return errors.As(err, &failure) && (failure.Status != 0 || failure.Begun) && failure.RetryAt.IsZero()
}
