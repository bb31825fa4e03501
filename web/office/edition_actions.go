package office

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// steer makes the handler of an action on an edition.
func (o *office) steer(what bantin.ActionKind, do func(context.Context, *http.Request, *visit, string) (bantin.Edition, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		id := r.PathValue("id")
		e, err := o.Store.Editions().Get(r.Context(), id)
		if err != nil {
			return err
		}
		action := bantin.Action{What: what, Object: id, Note: r.PostForm.Get("contact")}
		err = o.act(r, v, action, func(ctx context.Context) error {
			e, err = do(ctx, r, v, id)
			return err
		})
		o.looks.forget(id)
		if err != nil {
			return err
		}
		return o.done(w, r, "/office/editions/"+url.PathEscape(id), what, &e)
	}
}

func (o *office) pause(ctx context.Context, _ *http.Request, _ *visit, id string) (bantin.Edition, error) {
	return o.Store.Editions().Pause(ctx, id)
}

// wantFreshIfHeld refuses those who signed in long ago where an edition, or one domain of it,
// goes on to many people who were refused; also where others may be sent to now, or it is
// paused beside.
func (o *office) wantFreshIfHeld(ctx context.Context, v *visit, e *bantin.Edition) error {
	domains, err := o.Store.Editions().HeldDomains(ctx, e.Row)
	if err != nil || e.Held == nil && len(domains) == 0 {
		return err
	}
	return o.wantFresh(v)
}

// resume lets an edition go on.
func (o *office) resume(ctx context.Context, r *http.Request, v *visit, id string) (bantin.Edition, error) {
	e, err := o.Store.Editions().Get(ctx, id)
	if err != nil {
		return e, err
	}
	if err := o.wantFreshIfHeld(ctx, v, &e); err != nil {
		return e, err
	}
	if err := o.Store.Relays().ProbeNow(ctx); err != nil {
		return e, err
	}
	return o.Store.Editions().Resume(ctx, id, r.PostForm.Get("accept") != "")
}

// cancel ends an edition. What senders have in hand they skip themselves.
func (o *office) cancel(ctx context.Context, _ *http.Request, _ *visit, id string) (bantin.Edition, error) {
	e, err := o.Store.Editions().Cancel(ctx, id)
	if err != nil {
		return e, err
	}
	if _, err := o.Store.Editions().SkipCancelled(ctx, e.Row); err != nil {
		return e, err
	}
	return o.Store.Editions().Get(ctx, id)
}

// retry queues what failed again; a held edition goes on with it.
func (o *office) retry(ctx context.Context, _ *http.Request, v *visit, id string) (bantin.Edition, error) {
	e, err := o.Store.Editions().Get(ctx, id)
	if err != nil {
		return e, err
	}
	if err := o.wantFreshIfHeld(ctx, v, &e); err != nil {
		return e, err
	}
	e, _, err = o.Store.Editions().RetryFailed(ctx, id)
	switch {
	case errors.Is(err, store.ErrNothingFailed):
		return e, &refusal{http.StatusConflict, bantin.Words{VI: "Không có thư nào hỏng để gửi lại.", EN: "No message failed, so there is nothing to retry."}}
	case errors.Is(err, store.ErrFailedSuppressed):
		return e, &refusal{http.StatusConflict, bantin.Words{VI: "Các thư hỏng đều tới địa chỉ đã bị chặn gửi: không gửi lại.", EN: "All that failed are to suppressed addresses: they are not retried."}}
	}
	return e, err
}

// resend queues the message to one contact again.
func (o *office) resend(ctx context.Context, r *http.Request, v *visit, id string) (bantin.Edition, error) {
	address := r.PostForm.Get("contact")
	e, err := o.Store.Editions().Resend(ctx, id, contact.AsStored(address), v.session.Who)
	refused := (*store.ResendError)(nil)
	switch {
	case errors.As(err, &refused):
		return e, &refusal{http.StatusConflict, resendWords(refused)}
	case errors.Is(err, bantin.ErrNotFound):
		return e, &refusal{http.StatusNotFound, bantin.Words{VI: "Kỳ này không có thư tới " + address + ".", EN: "This edition has no message to " + address + "."}}
	}
	return e, err
}

func resendWords(e *store.ResendError) bantin.Words {
	vi := map[store.ResendRefusal]string{
		store.ResendQueued:     "thư chưa gửi xong, không cần làm gì",
		store.ResendSuppressed: "địa chỉ này bị chặn gửi",
		store.ResendLeft:       "người này đã ngừng nhận bản tin",
		store.ResendGone:       "người này đã bị xóa",
		store.ResendMoved:      "người này nay dùng địa chỉ khác",
		store.ResendMerged:     "người này đã nhập làm một với người khác, và người ấy có thư riêng",
	}[e.Why]
	en := map[store.ResendRefusal]string{
		store.ResendQueued:     "the message is not finished yet, there is nothing to do",
		store.ResendSuppressed: "the address is suppressed",
		store.ResendLeft:       "they have left this digest",
		store.ResendGone:       "they were erased",
		store.ResendMoved:      "they have another address now",
		store.ResendMerged:     "they have become one with another contact, who has their own message",
	}[e.Why]
	return bantin.Words{VI: "Thư tới " + e.Address + " không gửi lại được: " + vi + ".", EN: "The message to " + e.Address + " is not sent again: " + en + "."}
}
