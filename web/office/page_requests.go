package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"bantin"
	"bantin/web"
)

// requestsPage lists what people asked of the office about what it holds of them, the most
// urgent first, with what to do about each.
type requestsPage struct {
	page
	Open, Closed []requestRow
	Email        string // of the form, as a link gave it
	Kinds        []option
	Within       string // the time in which a request is to be answered
	Now          string // for the form, in the site's zone
}

// requestRow is a request in the list.
type requestRow struct {
	ID                 int64
	Who, What, Note    string
	Arrived, Due, Left string
	IsLate             bool
	Href, Step         string // what to do; "" where nothing is held of the address
	Done               string // when and by whom; "" for an open one
}

const shownDone = 50

// RequestJSON is a request as `requests list --json` prints it.
type RequestJSON struct {
	bantin.DataRequest
	Key string `json:"key,omitempty"` // of the contact on these pages; "" where there is none
}

func (o *office) requests(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	p := &requestsPage{page: o.newPage(r, v, "contacts", ""), Email: r.URL.Query().Get("email")}
	p.Title = p.Say("Yêu cầu về dữ liệu cá nhân", "Requests about personal data")
	p.Within, p.Now = p.span(o.AnswerWithin), o.Now().In(o.Site.Location).Format("2006-01-02T15:04")
	for _, k := range bantin.RequestKinds() {
		p.Kinds = append(p.Kinds, option{string(k), k.Words().In(p.Language), string(k) == r.URL.Query().Get("kind")})
	}
	open, err := o.Store.DataRequests().Open(ctx)
	if err != nil {
		return err
	}
	done, err := o.Store.DataRequests().Done(ctx, shownDone)
	if err != nil {
		return err
	}
	values := make([]any, 0, len(open)+len(done))
	for i := range open {
		key, err := o.keyOf(ctx, open[i].Email)
		if err != nil {
			return err
		}
		p.Open = append(p.Open, o.requestRow(p, &open[i], key))
		values = append(values, RequestJSON{open[i], key})
	}
	for i := range done {
		p.Closed = append(p.Closed, o.requestRow(p, &done[i], ""))
		values = append(values, RequestJSON{DataRequest: done[i]})
	}
	return o.show(w, r, "requests", p, values...)
}

// keyOf names the contact with an address; "" where there is none.
func (o *office) keyOf(ctx context.Context, address string) (string, error) {
	c, err := o.Store.Contacts().Get(ctx, address)
	if errors.Is(err, bantin.ErrNotFound) {
		return "", nil
	}
	return ContactKey(o.Tokens, c.ID), err
}

func (o *office) requestRow(p *requestsPage, r *bantin.DataRequest, key string) requestRow {
	row := requestRow{ID: r.ID, Who: r.Email, What: r.Kind.Words().In(p.Language), Note: r.Note,
		Arrived: p.When(r.Arrived, o.Site.Location), Due: p.When(r.Due, o.Site.Location), IsLate: r.Open() && r.Due.Before(o.Now())}
	if row.Who == "" {
		row.Who = p.Say("(đã xóa)", "(erased)")
	}
	switch {
	case !r.Open():
		row.Done = p.When(r.Done, o.Site.Location)
		if r.DoneBy != "" {
			row.Done += ", " + r.DoneBy
		} else {
			row.Done += ", " + p.Say("khi xóa hẳn người này", "when they were erased")
		}
		if r.Answer != "" && r.DoneBy != "" {
			row.Done += ": " + r.Answer
		}
	case row.IsLate:
		row.Left = p.Say("đã quá hạn", "overdue")
	default:
		row.Left = p.Until(o.Now(), r.Due)
	}
	if key == "" {
		return row
	}
	row.Href = "/office/contacts/" + key
	switch r.Kind {
	case bantin.RequestAccess:
		row.Href, row.Step = row.Href+"/data", p.Say("Tải dữ liệu về người này", "Download what is held of them")
	case bantin.RequestCorrect:
		row.Href, row.Step = row.Href+"#correct", p.Say("Sửa", "Correct it")
	case bantin.RequestErase:
		row.Href, row.Step = row.Href+"#erase", p.Say("Xóa hẳn", "Erase them")
	}
	return row
}

// requestNeeds are the requests that need somebody now.
func (o *office) requestNeeds(ctx context.Context, p *page) ([]need, error) {
	open, err := o.Store.DataRequests().Open(ctx)
	var list []need
	for i := range open {
		r := &open[i]
		if !r.Presses(o.Now()) {
			continue
		}
		what := p.Say("Một người", "A person")
		if r.Email != "" {
			what = r.Email
		}
		why := fmt.Sprintf(p.Say("Hạn trả lời: %s (%s).", "To be answered by %s (%s)."), p.When(r.Due, o.Site.Location), p.Until(o.Now(), r.Due))
		if r.Due.Before(o.Now()) {
			why = fmt.Sprintf(p.Say("Đã quá hạn trả lời: %s.", "It is overdue: it was to be answered by %s."), p.When(r.Due, o.Site.Location))
		}
		list = append(list, need{what + " " + r.Kind.Words().In(p.Language), why, "/office/requests", p.Say("Xem và trả lời", "Look and answer")})
	}
	return list, err
}

// personData writes all that is held of a contact as a file, as they get it themselves.
func (o *office) personData(w http.ResponseWriter, r *http.Request, v *visit) error {
	if r.PathValue("data") != "data" {
		return o.notFound(w, r, v)
	}
	if err := o.wantFresh(v); err != nil {
		return err
	}
	c, err := o.contactOf(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	return o.act(r, v, bantin.Action{What: bantin.ActionExport, Object: c.Email}, func(ctx context.Context) error {
		body, err := web.ContactData(ctx, o.Store, &c)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Disposition", `attachment; filename="bantin.json"`)
		write(w, http.StatusOK, "application/json; charset=utf-8", body)
		return nil
	})
}
