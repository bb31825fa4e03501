package publish

import (
	"bantin"
	"bantin/contact"
	"bantin/store"
)

// Imported tells what an import did.
type Imported struct {
	store.Import // by address: the first row of each counts
	Rows         int
	Sheet        string              // of a workbook
	Notes        []bantin.Words      // about the list as a whole
	Rejected     []*contact.RowError // the first of them
	Refused      int                 // how many in all
	Twice        int                 // rows whose address came before in the file
	Warnings     []Warning           // the first of them
	Warned       int                 // how many in all
	Gone         []string            // addresses that this list brought and no longer has, the first of them
	Missing      int                 // how many in all
	Digests      []DigestReach
	File         string // of the rejected rows; "" where there are none
}

// Warning is what was noticed about a row that was taken.
type Warning struct {
	Line  int
	Words bantin.Words
}

// DigestReach tells how many people of the list get a digest.
type DigestReach struct {
	Digest string `json:"digest"`
	Rows   int    `json:"rows"`
}

// mostTold is how many rejected rows and warnings are kept to be told. More than
// these nobody reads there: FILE.rejected.csv has all.
const mostTold = 1000

func (d *Imported) reject(bad *contact.RowError) {
	d.Refused++
	if len(d.Rejected) < mostTold {
		d.Rejected = append(d.Rejected, bad)
	}
}

func (d *Imported) warn(row contact.Row) {
	for _, w := range row.Warnings {
		d.Warned++
		if len(d.Warnings) < mostTold {
			d.Warnings = append(d.Warnings, Warning{row.Line, w})
		}
	}
}
