package office

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/mailer/bounce"
	"bantin/store"
)

// returnsPage shows which addresses are suppressed and why, and what receivers say against
// our server.
type returnsPage struct {
	page
	Total        string // of suppressed addresses
	Reasons      []tally
	Alarms       []tally
	Suppressions []suppressionRow // the last ones
}

// suppressionRow is an address that nothing is mailed to.
type suppressionRow struct{ Address, Since, Reason, Edition string }

const (
	shownSuppressions = 50
	alarmDays         = 90
)

// What is done to suppressions.
const (
	actionUnsuppress     = bantin.ActionKind(bantin.AuditUnsuppressed)
	actionUnsuppressMany = bantin.ActionUndoSuppressions
)

func (o *office) returns(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	p := &returnsPage{page: o.newPage(r, v, "returns", "")}
	p.Title = p.Say("Thư trả lại", "Returns")
	reasons, err := o.Store.Suppressions().CountReasons(ctx)
	if err != nil {
		return err
	}
	total := int64(0)
	for reason, n := range reasons {
		total += n
		p.Reasons = append(p.Reasons, tally{Name: p.suppression(reason), n: n})
	}
	p.Total, p.Reasons = p.Count(total), p.most(p.Reasons)
	alarms, err := o.Store.Returns().Alarms(ctx, o.Now().AddDate(0, 0, -alarmDays))
	if err != nil {
		return err
	}
	for _, a := range alarms {
		p.Alarms = append(p.Alarms, tally{Name: p.reason(bounce.Reason(a.Reason)), Note: a.Diagnostic, n: a.Count})
	}
	p.Alarms = p.most(p.Alarms)
	last, err := o.Store.Suppressions().Last(ctx, shownSuppressions)
	if err != nil {
		return err
	}
	values := make([]any, 0, len(last))
	for _, s := range last {
		p.Suppressions = append(p.Suppressions, suppressionRow{s.Address, p.When(s.At, o.Site.Location), p.suppression(s.Reason), s.Edition})
		values = append(values, map[string]any{"email": s.Address, "reason": s.Reason, "since": s.At, "edition": s.Edition, "by": s.Origin})
	}
	return o.show(w, r, "returns", p, values...)
}

// suppression says why an address is suppressed.
func (p page) suppression(reason string) string {
	if reason == store.OriginOffice {
		return p.Say("văn phòng ghi tay", "added by the office")
	}
	return p.reason(bounce.Reason(reason))
}

// removeSuppression takes one address off the list.
func (o *office) removeSuppression(w http.ResponseWriter, r *http.Request, v *visit) error {
	address := contact.AsStored(strings.TrimSpace(r.PostForm.Get("email")))
	err := o.act(r, v, bantin.Action{What: actionUnsuppress, Object: address}, func(ctx context.Context) error {
		err := o.Store.Suppressions().Remove(ctx, address)
		if errors.Is(err, bantin.ErrNotFound) {
			return &refusal{http.StatusNotFound, bantin.Words{VI: "Địa chỉ " + address + " không bị chặn.", EN: "The address " + address + " is not suppressed."}}
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/returns", actionUnsuppress)
}

// undoSuppressions takes off the list what refusals and bounces have led to since a time.
// Complaints and what was added by hand stay.
func (o *office) undoSuppressions(w http.ResponseWriter, r *http.Request, v *visit) error {
	since, err := formTime(r.PostForm.Get("since"), o.Site.Location)
	if err != nil {
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy viết thời điểm như 2026-12-07T07:00.", EN: "Write the time as 2026-12-07T07:00."}}
	}
	f := store.SuppressionFilter{Since: since, Domain: strings.TrimSpace(r.PostForm.Get("domain"))}
	var undone store.UndoneSuppressions
	err = o.act(r, v, bantin.Action{What: actionUnsuppressMany, Object: f.Domain, Note: since.Format(time.RFC3339)}, func(ctx context.Context) error {
		undone, err = o.Store.Suppressions().Undo(ctx, f, false)
		return err
	})
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/returns", actionUnsuppressMany, map[string]any{"removed": undone.Removed, "forgotten": undone.Forgotten, "retry": undone.Retry})
}

// formTime reads a time of a form: RFC 3339, or of a zone, or the beginning of a day there.
func formTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04", text, zone)
}
