package collect

import (
	"slices"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// Imported tells what an import did.
type Imported struct {
	store.ImportCounts // by address: the first row of each counts
	Rows               int
	Sheet              string              // of a workbook
	Notes              []bantin.Words      // about the list as a whole
	Rejected           []*contact.RowError // the first of them
	Refused            int                 // how many in all
	Twice              int                 // rows whose address came before in the file
	Warnings           []RowWarning        // the first of them
	Warned             int                 // how many in all
	Gone               []string            // addresses that this list brought and no longer has, the first of them
	Missing            int                 // how many in all
	Ended              int                 // how many of them the office's list ends, where it is complete
	Incomplete         bool                // nobody is ended, because rows were rejected
	Digests            []DigestReach
	File               string // of the rejected rows; "" where there are none
}

// RowWarning is what was noticed about a row that was taken.
type RowWarning struct {
	Line   int
	Column string // the heading of the cell; "" where the row is meant
	Words  bantin.Words
}

// DigestReach tells how many people of the list get a digest, and how many do
// not for want of what the list does not say of them: a digest that goes by level
// reaches nobody of a list without one.
type DigestReach struct {
	Digest  string `json:"digest"`
	Rows    int    `json:"rows"`
	NoLevel int    `json:"no_level,omitempty"`
	NoPlace int    `json:"no_place,omitempty"`
}

func (r *DigestReach) count(c *bantin.Contact, why store.AudienceReason) {
	switch {
	case why.Included():
		r.Rows++
	case why == store.ExcludedByLevel && c.Level == "":
		r.NoLevel++
	case why == store.ExcludedByPlace && c.Place == "":
		r.NoPlace++
	}
}

// maxListed is how many rejected rows and warnings are kept for the report. More than
// these nobody reads there: FILE.rejected.csv has all.
const maxListed = 1000

func (d *Imported) reject(bad *contact.RowError) {
	d.Refused++
	if len(d.Rejected) < maxListed {
		d.Rejected = append(d.Rejected, bad)
	}
}

func (d *Imported) warn(line int, about ...contact.Note) {
	d.Warned += len(about)
	for _, w := range about {
		d.Warnings = append(d.Warnings, RowWarning{line, w.Column, w.Words})
	}
	if len(d.Warnings) >= 2*maxListed {
		d.sortWarnings()
	}
}

// sortWarnings keeps the first of the list: those of rows that come twice are
// noticed in the order of the addresses.
func (d *Imported) sortWarnings() {
	slices.SortStableFunc(d.Warnings, func(a, b RowWarning) int { return a.Line - b.Line })
	d.Warnings = d.Warnings[:min(len(d.Warnings), maxListed)]
}
