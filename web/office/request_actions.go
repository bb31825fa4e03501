package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// maxRequestNote bounds what is written down with a request, and its answer, in characters.
const maxRequestNote = 1000

// NewRequest checks a request that is to be written down and fills what is left out: it
// arrived now, and is due after the time that the configuration gives. Its mistakes are
// words for people.
func NewRequest(r bantin.DataRequest, now time.Time, within time.Duration) (bantin.DataRequest, *bantin.Words) {
	checked, wrong := contact.Check(bantin.Contact{Email: r.Email})
	if wrong != nil {
		return r, &bantin.Words{VI: fmt.Sprintf("%q: %s", r.Email, wrong.Reason.VI), EN: fmt.Sprintf("%q: %s", r.Email, wrong.Reason.EN)}
	}
	r.Email = checked.Contact.Email
	if r.Arrived.IsZero() {
		r.Arrived = now
	}
	if r.Due.IsZero() {
		r.Due = r.Arrived.Add(within)
	}
	switch {
	case !r.Kind.Known():
		return r, &bantin.Words{VI: fmt.Sprintf("Không có loại yêu cầu %q: chỉ có access (xem), correct (sửa), erase (xóa).", r.Kind), EN: fmt.Sprintf("There is no kind %q: want access, correct or erase.", r.Kind)}
	case r.Arrived.After(now.Add(time.Minute)):
		return r, &bantin.Words{VI: "Yêu cầu không thể đến trong tương lai.", EN: "A request cannot arrive in the future."}
	case r.Due.Before(r.Arrived):
		return r, &bantin.Words{VI: "Hạn trả lời phải sau lúc yêu cầu đến.", EN: "A request is due after it arrived."}
	}
	r.Note = bantin.Shorten(r.Note, maxRequestNote)
	return r, nil
}

// RequestObject names a request in the audit log, which keeps no address of who was erased.
func RequestObject(id int64) string { return "request " + strconv.FormatInt(id, 10) }

// addRequest writes a request down.
func (o *office) addRequest(w http.ResponseWriter, r *http.Request, v *visit) error {
	form := r.PostForm
	request := bantin.DataRequest{Kind: bantin.RequestKind(form.Get("kind")), Email: oneLine(form.Get("email")), Note: oneLine(form.Get("note")), By: v.session.Who}
	for name, at := range map[string]*time.Time{"arrived": &request.Arrived, "due": &request.Due} {
		if form.Get(name) == "" {
			continue
		}
		var err error
		if *at, err = formTime(form.Get(name), o.Site.Location); err != nil {
			return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy viết thời điểm như 2026-12-07T07:00.", EN: "Write the time as 2026-12-07T07:00."}}
		}
	}
	request, wrong := NewRequest(request, o.Now(), o.AnswerWithin)
	if wrong != nil {
		return &refusal{http.StatusUnprocessableEntity, *wrong}
	}
	err := o.act(r, v, bantin.Action{What: bantin.ActionRequest, Object: request.Email, Note: string(request.Kind)}, func(ctx context.Context) (err error) {
		request, err = o.Store.DataRequests().Add(ctx, request)
		return err
	})
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/requests", bantin.ActionRequest, request)
}

// finishRequest notes that a request was answered.
func (o *office) finishRequest(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return o.notFound(w, r, v)
	}
	var done bantin.DataRequest
	err = o.act(r, v, bantin.Action{What: bantin.ActionAnswered, Object: RequestObject(id)}, func(ctx context.Context) (err error) {
		done, err = o.Store.DataRequests().Finish(ctx, id, v.session.Who, bantin.Shorten(oneLine(r.PostForm.Get("answer")), maxRequestNote))
		return err
	})
	if errors.Is(err, store.ErrRequestDone) {
		return &refusal{http.StatusConflict, bantin.Words{VI: "Yêu cầu này đã được trả lời.", EN: "The request was answered already."}}
	}
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/requests", bantin.ActionAnswered, done)
}
