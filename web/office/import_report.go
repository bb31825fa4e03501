package office

import "bantin"

// ImportList is an uploaded list to import.
type ImportList struct {
	File     string // its path; its name is what imports of the list are known by
	Who      string
	Language bantin.Language // of the reasons in the file of rejected rows
	Dry      bool            // tell what would change, and change nothing
	Complete bool            // who came by this list and is not on it any more is ended
}

// ImportReport tells what an import did or would do. It is stored as JSON; Printed is what
// programs read.
type ImportReport struct {
	DryRun                                         bool
	Rows, Added, Changed, Untouched, Rejected      int
	Repeated, Left, Erased, Missing, Ended, Warned int
	Incomplete                                     bool     // nobody is ended, because rows were rejected
	Gone                                           []string // the first addresses that are missing
	Sheet, File                                    string   // the sheet that was read, the file of rejected rows
	Notes                                          []bantin.Words
	Problems, Warnings                             []ImportRow // the first of them
	Digests                                        []ImportReach
}

// ImportRow is what is to be said of a row.
type ImportRow struct {
	Line                 int
	Column, Value, Shown string // Shown: the cell as people read it
	What                 bantin.Words
}

// ImportReach tells how many of a list get a digest, and how many do not for want of a
// level or a place.
type ImportReach struct {
	Digest  string `json:"digest"`
	Rows    int    `json:"rows"`
	NoLevel int    `json:"no_level,omitempty"`
	NoPlace int    `json:"no_place,omitempty"`
}

type importProblem struct {
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"`
}

type importWarning struct {
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

type importNote struct {
	Row    int    `json:"row,omitempty"`
	Column string `json:"column,omitempty"`
	What   string `json:"what"`
}

// PrintedImport is an import as `contacts import --json` prints it.
type PrintedImport struct {
	DryRun    bool            `json:"dry_run,omitempty"`
	Rows      int             `json:"rows"`
	Added     int             `json:"added"`
	Changed   int             `json:"changed"`
	Untouched int             `json:"untouched"`
	Rejected  int             `json:"rejected"`
	Repeated  int             `json:"repeated,omitempty"`
	Left      int             `json:"left,omitempty"`
	Erased    int             `json:"erased,omitempty"`
	Missing   int             `json:"gone,omitempty"`
	Gone      []string        `json:"gone_addresses,omitempty"`
	Ended     int             `json:"ended,omitempty"`
	Sheet     string          `json:"sheet,omitempty"`
	Problems  []importProblem `json:"problems,omitempty"`
	Warnings  []importWarning `json:"warnings,omitempty"`
	Notes     []importNote    `json:"notes,omitempty"`
	File      string          `json:"rejected_file,omitempty"`
	Digests   []ImportReach   `json:"digests,omitempty"`
	Token     string          `json:"token,omitempty"` // on the office's pages: what the list is done by
}

// Printed is the report for programs, which read the same in every language.
func (r *ImportReport) Printed() *PrintedImport {
	out := &PrintedImport{DryRun: r.DryRun, Rows: r.Rows, Added: r.Added, Changed: r.Changed, Untouched: r.Untouched, Rejected: r.Rejected, Repeated: r.Repeated,
		Left: r.Left, Erased: r.Erased, Missing: r.Missing, Gone: r.Gone, Ended: r.Ended, Sheet: r.Sheet, File: r.File, Digests: r.Digests}
	for _, bad := range r.Problems {
		out.Problems = append(out.Problems, importProblem{bad.Line, bad.Column, bad.Value, bad.What.EN})
	}
	for _, about := range r.Notes {
		out.Warnings = append(out.Warnings, importWarning{0, about.EN})
		out.Notes = append(out.Notes, importNote{What: about.EN})
	}
	for _, w := range r.Warnings {
		out.Warnings = append(out.Warnings, importWarning{w.Line, w.What.EN})
		out.Notes = append(out.Notes, importNote{w.Line, w.Column, w.What.EN})
	}
	return out
}
