package edition

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/schedule"
	"bantin/store"
)

// settleTimeout is how long an edition may take, counted within its hours and
// from the end of its first wave's wait, before the admin is told that it is
// not settled: the second retry of a greylisted message is over by then.
const settleTimeout = 2 * time.Hour

// expected gives by when an edition that begins then should be settled.
func expected(d *bantin.Digest) func(begins time.Time) time.Time {
	return func(begins time.Time) time.Time {
		long := settleTimeout
		if d.Canary > 0 {
			long += d.CanaryWait
		}
		w, err := schedule.ParseWindow(d.Between)
		if err != nil || d.Location == nil {
			return begins.Add(long) // at any hour
		}
		return w.After(begins, long, d.Location)
	}
}

// report writes what is owed to admins into the store; it is sent as a notice.
func (ed *Editor) report(ctx context.Context) error {
	owed, err := ed.DB.Notices().DueReports(ctx)
	if err != nil {
		return err
	}
	for _, o := range owed {
		e, err := ed.DB.Editions().Get(ctx, o.Edition)
		if err != nil {
			return err
		}
		r := store.NewReport(&e, o.Kind)
		r.Zone = o.Zone
		if o.Hold != nil {
			r.Why, r.Domain, r.Hold = o.Hold.Reason, o.Hold.Domain, o.Hold.Detail
			ed.logHold(&e, o.Hold)
		}
		if o.Kind == store.ReportSettled {
			r.Sources = ed.Sources
		}
		if r.Causes, err = ed.causes(ctx, e.Row); err != nil {
			return err
		}
		if o.Kind == store.ReportDraft || o.Kind == store.ReportUnapproved {
			if r.Draft, err = ed.draftReport(ctx, &e); err != nil {
				return err
			}
			o.To = ed.People
		}
		if err := ed.DB.Notices().ReportEdition(ctx, e.Row, r, o, ed.Site.Language); err != nil {
			return err
		}
		if o.Kind == store.ReportUnaccounted {
			ed.Log.Error("edition does not add up: see `bantin editions audit`", "edition", e.ID, "frozen", e.Recipients, "sent", e.Counts.Sent,
				"failed", e.Counts.Failed, "skipped", e.Counts.Skipped, "waiting", e.Counts.Unsettled(), "unaccounted", e.Unaccounted)
		}
		if o.Kind == store.ReportUnapproved {
			ed.Log.Warn("draft not approved in time", "edition", e.ID, "version", e.Version)
		}
		if o.Kind == store.ReportOverdue {
			ed.Log.Warn("edition not settled in time", "edition", e.ID, "status", e.Status, "waiting", e.Counts.Unsettled())
		}
	}
	return nil
}

// ownReportAfter is how long problems of sources wait for the report of an edition before
// a mail of their own tells them.
const ownReportAfter = 24 * time.Hour

// reportProblems tells what is wrong with items of sources where no report of an edition
// does, or none comes: to those whom reports go to, else to the site's contact.
func (ed *Editor) reportProblems(ctx context.Context) error {
	if len(ed.Sources) == 0 {
		return nil
	}
	var to []string
	for _, d := range ed.Digests {
		if address := d.Report; address != "" && !slices.Contains(to, address) {
			to = append(to, address)
		}
	}
	if len(to) > 0 {
		return ed.DB.Notices().ReportProblems(ctx, ed.Sources, to, ownReportAfter, ed.Site.Language)
	}
	if ed.Site.Contact == "" {
		return nil
	}
	return ed.DB.Notices().ReportProblems(ctx, ed.Sources, []string{ed.Site.Contact}, 0, ed.Site.Language)
}

// draftReport is a draft as those are told who may approve it.
func (ed *Editor) draftReport(ctx context.Context, e *bantin.Edition) (*store.DraftReport, error) {
	r := &store.DraftReport{Version: e.Version, Since: e.Created, HasOffice: len(ed.People) > 0}
	if e.Composed != nil {
		r.Subject = e.Composed.Subject
		if g := mailer.NewGreeting(e.Composed, ed.Site.Language); g != nil {
			r.Greeting = g.Text
		}
	}
	list, err := ed.DB.Editions().Bulletins(ctx, e.Row)
	if err != nil {
		return nil, err
	}
	for i := range list {
		r.Titles = append(r.Titles, list[i].Title)
	}
	if d, ok := ed.digest(e.Digest); ok {
		r.Recipients, err = ed.DB.Digests().CountAudience(ctx, d.ID, ed.Audience(&d.Digest, ed.DB.Now()), nil)
	}
	return r, err
}

// logHold says what is held, and why.
func (ed *Editor) logHold(e *bantin.Edition, h *bantin.Hold) {
	log := ed.Log.With("edition", e.ID, "reason", h.Reason, "refused", h.Detail.Refused, "outcomes", h.Detail.Outcomes, "reply", mailer.GeneralReply(h.Detail.Reply))
	if h.Domain != "" {
		log.Error("receiver refuses too much: its domain waits until `bantin editions resume`", "domain", h.Domain)
		return
	}
	log.Error("edition held until `bantin editions resume`", "server", h.Detail.By)
}

// How many reasons are told apart, and how many are told.
const (
	maxCauses      = 500
	reportedCauses = 10
)

// causes groups what servers said of the deliveries that failed or wait, the
// most frequent first.
func (ed *Editor) causes(ctx context.Context, edition int64) ([]store.FailureCause, error) {
	counts := map[string]int64{}
	err := ed.DB.Deliveries().VisitReplies(ctx, edition, func(reply string) {
		reply = mailer.GeneralReply(reply)
		if _, known := counts[reply]; !known && len(counts) >= maxCauses {
			reply = statusCodes(reply)
		}
		counts[reply]++
	})
	if err != nil {
		return nil, err
	}
	var list []store.FailureCause
	for _, reply := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, store.FailureCause{Reply: reply, Count: counts[reply]})
	}
	slices.SortStableFunc(list, func(a, b store.FailureCause) int { return cmp.Compare(b.Count, a.Count) })
	for len(list) > reportedCauses {
		last := len(list) - 1
		list[reportedCauses-1] = store.FailureCause{Reply: "…", Count: list[reportedCauses-1].Count + list[last].Count}
		list = list[:last]
	}
	return list, nil
}

// statusCodes is the beginning of a reply: its codes.
func statusCodes(reply string) string {
	words := strings.Fields(reply)
	return strings.Join(words[:min(len(words), 2)], " ")
}
