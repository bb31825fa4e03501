package collect

import (
	"bantin"
	"bantin/source/extract"
)

// sameStory says whether a new text under the same name is a revision. It is another
// bulletin where it shares under a third of its words with what it replaces; in the
// office's own files also where the title names a later issue, or the date moved and a
// fifth of the text is new: an office that overwrites one file each week.
func (c *Collector) sameStory(before, after *bantin.Bulletin) bool {
	const third = 1.0 / 3
	if extract.Similar(words(before), words(after)) < third {
		return false
	}
	if h := c.home(after.Source); h == nil || !h.IsOffice {
		return true
	}
	return !extract.IssueRose(before.Title, after.Title) && !(dateMoved(before, after) && changedShare(before, after) >= aFifth)
}

const aFifth = 0.2

// revisionNote tells that a file of the office was overwritten with what may be meant
// as news and is taken for a revision.
func (c *Collector) revisionNote(before, after *bantin.Bulletin) bantin.Note {
	if h := c.home(after.Source); h == nil || !h.IsOffice {
		return ""
	}
	if before.Title == after.Title && !dateMoved(before, after) && changedShare(before, after) < aFifth {
		return "" // a slip that was mended
	}
	return bantin.NewNote(
		"tệp được ghi đè: coi là bản sửa của tin này; nếu là tin mới, dùng `bantin bulletins renew` với mã của tin",
		"the file was overwritten and is taken for a revision; if it is a new bulletin, use `bantin bulletins renew` with this id")
}

func dateMoved(before, after *bantin.Bulletin) bool {
	return !before.Published.IsZero() && !after.Published.IsZero() && bantin.DayOf(before.Published) != bantin.DayOf(after.Published)
}

// changedShare is the share of either text that the other does not have.
func changedShare(before, after *bantin.Bulletin) float64 {
	a, b := before.Lead+"\n"+before.Text, after.Lead+"\n"+after.Text
	return 1 - min(extract.Similar(a, b), extract.Similar(b, a))
}

func words(b *bantin.Bulletin) string { return b.Title + "\n" + b.Lead + "\n" + b.Text }
