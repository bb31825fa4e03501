package office

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"bantin"
	"bantin/contact"
	"bantin/web"
	"bantin/web/office/draw"
)

// editionPage is one edition: how far it is, how it was sent, what was refused, its
// deliveries, what a person can do.
type editionPage struct {
	page
	ID, Name   string
	At         string
	Stream     string // where progress is renewed from; "" where it is settled
	Progress   progress
	Plot       *draw.Plot // nil where nothing was sent
	Refusals   refusals
	Bulletins  []bulletinLink
	Query      string // address looked for
	Status     string // deliveries listed
	Statuses   []option
	Deliveries []deliveryRow
	NotFound   bool   // nobody has the address
	More       string // the next deliveries; "" at the end

	CanPause, CanResume, CanCancel, CanRetry bool
	CanApprove                               bool
	Version                                  int    // that is approved
	Compose                                  string // the page on which a draft is changed and looked at; "" for none
	IsHeld                                   bool
	File                                     *bantin.LinkedFile // that it links to; nil for none
	Preview                                  *mailPreview       // of a special edition that waits; nil for others
	Log                                      []logLine
}

type bulletinLink struct{ Title, Href string }

// deliveryRow is a delivery in the list.
type deliveryRow struct {
	Address, Status, Reply string
	Attempts               int
	Message                string // the page of its message; "" where none was sent
}

// logLine is an entry of the audit log.
type logLine struct{ At, Who, What string }

const deliveriesPerPage = 50

func (o *office) edition(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	e, rate, err := o.looks.take(ctx, r.PathValue("id"), o.Now(), o.Store.Editions().Get)
	if err != nil {
		return err
	}
	p := &editionPage{page: o.newPage(r, v, "editions", ""), ID: e.ID}
	row := o.editionRow(&p.page, &e)
	p.Title, p.Name, p.At = row.Title, row.Title, row.At
	p.Progress = o.progressOf(&p.page, &e, rate)
	if e.Status == bantin.EditionOpen || e.Status == bantin.EditionSending {
		p.Stream, p.Script = "/office/editions/"+url.PathEscape(e.ID)+"/events", true
	}
	p.mayDo(&e)
	if wantsJSON(r) {
		list := []bantin.Edition{e}
		o.explain(list, p.Language)
		return o.show(w, r, "", nil, &list[0])
	}
	for _, fill := range []func(context.Context, *editionPage, *bantin.Edition) error{o.fillPlot, o.fillRefusals, o.fillBulletins, o.fillLog} {
		if err := fill(ctx, p, &e); err != nil {
			return err
		}
	}
	if err := o.fillDeliveries(r, p, &e); err != nil {
		return err
	}
	if e.Composed != nil && e.Status != bantin.EditionCancelled {
		p.File = e.Composed.File
	}
	if d := o.waitingOf(&e); d != nil {
		preview, err := o.mailPreview(r, p.Language, d, e.ID, "/office/editions/"+url.PathEscape(e.ID))
		if err != nil {
			return err
		}
		p.Preview = &preview
	}
	return o.render(w, http.StatusOK, "edition", p)
}

// waitingOf is the digest of a special edition that waits for a person or its time; nil for
// other editions. The page of the digest shows the next regular one.
func (o *office) waitingOf(e *bantin.Edition) *Digest {
	if !e.IsSpecial || e.Status != bantin.EditionDraft && e.Status != bantin.EditionScheduled {
		return nil
	}
	for i := range o.Digests {
		if d := &o.Digests[i]; d.ID == e.Digest && d.Composing != nil {
			return d
		}
	}
	return nil
}

// editionPreviewHTML serves the HTML of the preview of a special edition for a frame.
func (o *office) editionPreviewHTML(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, err := o.Store.Editions().Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := o.waitingOf(&e)
	if d == nil {
		return o.notFound(w, r, v)
	}
	return o.previewHTML(w, r, d, e.ID)
}

// editionFile shows the office the file that an edition links to, before others can open it.
func (o *office) editionFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, err := o.Store.Editions().Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if e.Composed == nil || e.Composed.File == nil {
		return o.notFound(w, r, v)
	}
	content, err := o.Store.LinkedFiles().Open(r.Context(), e.Composed.File)
	if err != nil {
		return err
	}
	web.ServeLinkedFile(w, r, e.Composed.File, content)
	return nil
}

// mayDo says which actions make sense.
func (p *editionPage) mayDo(e *bantin.Edition) {
	waits := e.Waiting != nil && e.Waiting.Hold != nil
	switch e.Status {
	case bantin.EditionOpen, bantin.EditionSending:
		p.CanPause, p.CanCancel, p.CanResume = true, true, waits
	case bantin.EditionDraft:
		p.CanApprove, p.CanCancel, p.Version = true, true, e.Version
		if !e.IsSpecial {
			p.Compose = "/office/digests/" + url.PathEscape(e.Digest)
		}
	case bantin.EditionScheduled:
		p.CanCancel = true
	case bantin.EditionPaused:
		p.CanResume, p.CanCancel = true, true
	case bantin.EditionHeld:
		p.CanResume, p.CanCancel = true, true
	}
	p.IsHeld = e.Status == bantin.EditionHeld || waits
	p.CanRetry = e.Counts.Failed > 0 && e.Status != bantin.EditionCancelled
}

func (o *office) fillBulletins(ctx context.Context, p *editionPage, e *bantin.Edition) error {
	list, err := o.Store.Editions().Bulletins(ctx, e.Row)
	for i := range list {
		p.Bulletins = append(p.Bulletins, bulletinLink{list[i].Title, o.Site.Link("/bulletins/" + list[i].ID)})
	}
	return err
}

// fillLog shows who did what to the edition.
func (o *office) fillLog(ctx context.Context, p *editionPage, e *bantin.Edition) error {
	list, err := o.Store.Actions().Of(ctx, e.ID)
	for _, a := range slices.Backward(list) {
		line := logLine{p.When(a.Time, o.zone(e.Digest)), a.Who, actionWords(a.What).In(p.Language)}
		if a.Note != "" {
			line.What += " (" + a.Note + ")"
		}
		p.Log = append(p.Log, line)
	}
	return err
}

// fillDeliveries lists deliveries of a status, or the one to an address.
func (o *office) fillDeliveries(r *http.Request, p *editionPage, e *bantin.Edition) error {
	q := r.URL.Query()
	p.Query, p.Status = q.Get("q"), q.Get("status")
	p.Statuses = []option{{"", p.Say("mọi thư", "all messages"), p.Status == ""}}
	for _, s := range []bantin.DeliveryStatus{bantin.DeliverySent, bantin.DeliveryQueued, bantin.DeliveryDeferred, bantin.DeliveryFailed, bantin.DeliverySkipped} {
		p.Statuses = append(p.Statuses, option{string(s), s.Words().In(p.Language), p.Status == string(s)})
	}
	if p.Query != "" {
		return o.findDelivery(r.Context(), p, e)
	}
	after, err := rowParameter(r, "after")
	if err != nil || p.Status == "" && after == 0 && !q.Has("status") {
		return err
	}
	list, err := o.Store.Deliveries().Page(r.Context(), e, bantin.DeliveryStatus(p.Status), after, deliveriesPerPage+1)
	if err != nil {
		return err
	}
	if len(list) > deliveriesPerPage {
		list = list[:deliveriesPerPage]
		p.More = "/office/editions/" + url.PathEscape(e.ID) + "?" + url.Values{"status": {p.Status}, "after": {strconv.FormatInt(list[len(list)-1].Row, 10)}}.Encode() + "#deliveries"
	}
	for i := range list {
		p.Deliveries = append(p.Deliveries, p.deliveryRow(&list[i].Delivery, list[i].HasMessage))
	}
	return nil
}

func (o *office) findDelivery(ctx context.Context, p *editionPage, e *bantin.Edition) error {
	d, err := o.Store.Deliveries().ToAddress(ctx, e.Row, contact.AsStored(p.Query))
	if errors.Is(err, bantin.ErrNotFound) {
		p.NotFound = true
		return nil
	}
	if err != nil {
		return err
	}
	p.Deliveries = []deliveryRow{p.deliveryRow(&bantin.Delivery{Contact: d.Address, Status: d.Status, Attempts: d.Attempts, Reply: d.Reply}, d.Segment != 0)}
	return nil
}

func (p *editionPage) deliveryRow(d *bantin.Delivery, hasMessage bool) deliveryRow {
	row := deliveryRow{Address: d.Contact, Status: d.Status.Words().In(p.Language), Reply: d.Reply, Attempts: d.Attempts}
	if d.Contact != "" && hasMessage {
		row.Message = "/office/editions/" + url.PathEscape(p.ID) + "/message?" + url.Values{"contact": {d.Contact}}.Encode()
	}
	return row
}

// actionWords says what was done to an edition.
func actionWords(what bantin.ActionKind) bantin.Words {
	return map[bantin.ActionKind]bantin.Words{
		bantin.ActionPause:  {VI: "tạm dừng", EN: "paused it"},
		bantin.ActionResume: {VI: "cho gửi tiếp", EN: "resumed it"},
		bantin.ActionCancel: {VI: "hủy", EN: "cancelled it"},
		bantin.ActionRetry:  {VI: "gửi lại các thư hỏng", EN: "retried what failed"},
		bantin.ActionResend: {VI: "gửi lại một thư", EN: "resent a message"},

		bantin.ActionApprove: {VI: "duyệt", EN: "approved it"},
	}[what]
}
