package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// EditionReportKind says why the admin is told of an edition.
type EditionReportKind string

// The kinds of reports: of an edition each comes once.
const (
	ReportSettled EditionReportKind = "settled" // every delivery is final
	ReportOverdue EditionReportKind = "overdue" // it is not settled, and should be
	ReportHeld    EditionReportKind = "held"    // an alarm stopped it
	ReportBroken  EditionReportKind = "broken"  // the mail of some cannot be made
	ReportLate    EditionReportKind = "late"    // a due time is too far back: there is no edition
	ReportNobody  EditionReportKind = "nobody"  // nobody would get it: there is no edition

	ReportDraft      EditionReportKind = "draft"      // it waits for approval
	ReportUnapproved EditionReportKind = "unapproved" // nobody approved it in time; it still waits

	ReportUnaccounted EditionReportKind = "unaccounted" // it settled, and does not add up
)

// Report is what the admin is told, as it stood at that moment.
type Report struct {
	Kind     EditionReportKind    `json:"kind"`
	Digest   string               `json:"digest"`
	Title    string               `json:"title"`
	Due      time.Time            `json:"due"`
	Zone     string               `json:"zone,omitempty"`
	Edition  string               `json:"edition,omitempty"`
	Number   int                  `json:"number,omitempty"`
	Status   bantin.EditionStatus `json:"status,omitempty"`
	Opens    time.Time            `json:"opens,omitzero"`
	Why      bantin.HeldReason    `json:"why,omitempty"`
	Domain   string               `json:"domain,omitempty"` // that is held; "": the edition
	Hold     bantin.HoldDetail    `json:"hold,omitzero"`
	Detail   string               `json:"detail,omitempty"` // why a message cannot be made
	Counts   bantin.Counts        `json:"counts,omitzero"`
	Returned int64                `json:"returned,omitempty"`
	Causes   []FailureCause       `json:"causes,omitempty"`

	Problems     []bantin.Problem `json:"problems,omitempty"` // of sources, that no mail told before
	MoreProblems int              `json:"more_problems,omitempty"`
	Sources      []string         `json:"-"` // those whose problems it tells

	Draft *DraftReport `json:"draft,omitempty"` // of ReportDraft and ReportUnapproved

	Frozen      int64 `json:"frozen,omitempty"`
	Unaccounted int64 `json:"unaccounted,omitempty"` // see bantin.Edition
}

// DraftReport is a draft as it is told to those who may approve it.
type DraftReport struct {
	Version    int       `json:"version"`
	Subject    string    `json:"subject,omitempty"` // that the office composed
	Greeting   string    `json:"greeting,omitempty"`
	Titles     []string  `json:"titles,omitempty"`
	Recipients int       `json:"recipients"` // were it approved now
	Since      time.Time `json:"since"`
	HasOffice  bool      `json:"has_office,omitempty"` // there are pages on which it is approved
}

// NewReport is a report of an edition as it stands. Its zone, its detail and its
// causes are for the caller to add.
func NewReport(e *bantin.Edition, kind EditionReportKind) Report {
	return Report{Kind: kind, Digest: e.Digest, Title: e.Title, Due: e.Due, Edition: e.ID, Number: e.Number, Status: e.Status,
		Opens: e.Opens, Counts: e.Counts, Returned: e.Returned, Frozen: e.Recipients, Unaccounted: e.Unaccounted}
}

// FailureCause is what servers said, or we, of so many deliveries.
type FailureCause struct {
	Reply string `json:"reply"`
	Count int64  `json:"count"`
}

// DueReport is a report of an edition that is to be written.
type DueReport struct {
	Edition string
	Zone    string
	Kind    EditionReportKind
	Hold    *bantin.Hold // of ReportHeld
	To      []string     // who is told; none: whom the digest of the edition names

	about string
}

// DueReports gives the reports that the clock and the ledger ask for.
func (v Notices) DueReports(ctx context.Context) ([]DueReport, error) {
	list, err := v.dueHolds(ctx)
	if err != nil {
		return nil, err
	}
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var o DueReport
		var digest string
		var number int
		var edition int64
		err := rows.Scan(&edition, &digest, &number, &o.Zone, &o.Kind)
		o.Edition, o.about = bantin.EditionID(digest, number), fmt.Sprintf("edition %d", edition)
		list = append(list, o)
		return err
	}, `SELECT n, digest, number, zone, kind FROM (SELECT n, digest, number, zone, CASE
			WHEN status IN ('done', 'cancelled') AND done_at IS NOT NULL THEN 'settled'
			WHEN expected > 0 AND expected <= `+v.db.clock()+` THEN 'overdue'
			ELSE '' END AS kind FROM editions WHERE owes = 1
			UNION ALL SELECT n, digest, number, zone, 'draft' FROM editions WHERE status = 'draft'
			UNION ALL SELECT n, digest, number, zone, 'unapproved' FROM editions WHERE status = 'draft' AND approve_by <= `+v.db.clock()+`
			UNION ALL SELECT n, digest, number, zone, 'unaccounted' FROM editions WHERE unaccounted <> 0) AS o
		WHERE kind <> '' AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.about = 'edition ' || o.n AND r.kind = o.kind) ORDER BY n`)
	return list, wrap(err, "list reports to write")
}

// dueHolds gives the holds that nobody was told of.
func (v Notices) dueHolds(ctx context.Context) (list []DueReport, err error) {
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		o, h := DueReport{Kind: ReportHeld}, &bantin.Hold{}
		var digest string
		var number int
		var n int64
		err := rows.Scan(&digest, &number, &o.Zone, &n, &h.Domain, &h.Reason, asJSON(&h.Detail), asTime(&h.Since))
		o.Edition, o.about, o.Hold = bantin.EditionID(digest, number), fmt.Sprintf("hold %d", n), h
		list = append(list, o)
		return err
	}, `SELECT e.digest, e.number, e.zone, h.n, h.domain, h.reason, h.detail, h.since FROM holds h JOIN editions e ON e.n = h.edition
		WHERE h.ended = 0 AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.about = 'hold ' || h.n) ORDER BY h.n`)
	return list, wrap(err, "list holds to report")
}

// ReportEdition queues a report of an edition to whom its digest names; of a report
// that is not one of DueReports, due is the zero value. One of its kind that was
// queued once is not queued again.
func (v Notices) ReportEdition(ctx context.Context, edition int64, r Report, due DueReport, language bantin.Language) error {
	about := due.about
	if about == "" {
		about = fmt.Sprintf("edition %d", edition)
	}
	return v.db.write(ctx, "report edition "+r.Edition, func(tx *sql.Tx) error {
		address, err := get[string](ctx, tx, `SELECT report FROM editions WHERE n = $1`, edition)
		if err != nil {
			return err
		}
		to := due.To
		if len(to) == 0 {
			to = []string{address}
		}
		if err := v.db.report(ctx, tx, about, to, r, language); err != nil || r.Kind != ReportSettled {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE editions SET owes = 0 WHERE n = $1`, edition)
		return err
	})
}

// ReportDueTime does the same for a due time of a digest that got no edition.
func (v Notices) ReportDueTime(ctx context.Context, address string, r Report, language bantin.Language) error {
	return v.db.write(ctx, "report a due time of "+r.Digest, func(tx *sql.Tx) error {
		return v.db.report(ctx, tx, fmt.Sprintf("due %s %d", r.Digest, millis(r.Due)), []string{address}, r, language)
	})
}

func (db *DB) report(ctx context.Context, tx *sql.Tx, about string, to []string, r Report, language bantin.Language) error {
	if n, err := execCount(ctx, tx, `INSERT INTO reports (about, kind, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, about, r.Kind, millis(db.now())); n == 0 || err != nil {
		return err
	}
	to = slices.DeleteFunc(slices.Clone(to), func(address string) bool { return address == "" })
	if len(to) > 0 && len(r.Sources) > 0 {
		if err := db.takeProblems(ctx, tx, r.Sources, &r); err != nil {
			return err
		}
	}
	for i, address := range to {
		nonce := about + " " + string(r.Kind)
		if i > 0 {
			nonce += " " + bantin.AddressKey(address)
		}
		err := db.addNotice(ctx, tx, Notice{Kind: NoticeReport, Nonce: nonce, Address: address, Language: language, About: NoticeAbout{Digest: r.Digest, Report: &r}})
		if err != nil {
			return err
		}
	}
	return nil
}

// VisitReplies yields the reply of each delivery of an edition that failed or waits
// for another attempt. Chunks without any are not looked at.
func (v Deliveries) VisitReplies(ctx context.Context, edition int64, yield func(reply string)) error {
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var reply string
		err := rows.Scan(&reply)
		yield(reply)
		return err
	}, `SELECT d.reply FROM chunks k JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
		WHERE k.edition = $1 AND (k.failed > 0 OR k.deferred > 0 OR k.done = 0 AND k.counted <> k.fence) AND d.status IN ('failed', 'deferred')`, edition)
	return wrap(err, "read what servers said")
}
