package office

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// composeNext replaces what is composed of the next edition. Where somebody changed it
// since the form was shown, nothing is stored, and the page shows both.
func (o *office) composeNext(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	c, err := readComposition(r.PostForm)
	if err != nil {
		return err
	}
	change, err := o.compositionChange(r, v, d, c)
	if err != nil {
		return err
	}
	err = o.act(r, v, bantin.Action{What: bantin.ActionCompose, Object: d.ID, Note: change.Edition}, func(ctx context.Context) error {
		_, err := o.Store.Compositions().Put(ctx, d.ID, change)
		return err
	})
	if errors.Is(err, store.ErrChanged) {
		return o.showDigest(w, r, v, d, http.StatusConflict, &c)
	}
	if err != nil {
		return composeRefused(err)
	}
	return o.digestDone(w, r, v, d, bantin.ActionCompose)
}

// compositionChange is what a form asks for. A program that names no version changes what
// is there now.
func (o *office) compositionChange(r *http.Request, v *visit, d *Digest, c bantin.Composition) (store.CompositionChange, error) {
	change := store.CompositionChange{Composition: c, Who: v.session.Who, Always: droppedAlways(r.PostForm, c.Drop), Restore: names(r.PostForm["restore"]), Edition: r.PostForm.Get("edition")}
	now, err := o.Store.Compositions().Current(r.Context(), d.ID)
	if err != nil {
		return change, err
	}
	change.File = now.File // linkFile changes it
	if r.PostForm.Has("version") {
		change.Version, err = strconv.Atoi(r.PostForm.Get("version"))
		if err != nil {
			return change, errBadForm
		}
	} else {
		change.Version, change.Edition = now.Version, now.Edition
	}
	if change.Edition == "" { // one for all editions need not stand in the next one too
		change.Drop = slices.DeleteFunc(slices.Clone(change.Drop), func(id string) bool { return slices.Contains(change.Always, id) })
	} else {
		for _, id := range change.Always { // a draft has its bulletins already
			if !slices.Contains(change.Drop, id) {
				change.Drop = append(change.Drop, id)
			}
		}
	}
	return change, nil
}

// composeRefused puts what is wrong with what was composed in words.
func composeRefused(err error) error {
	words := bantin.Words{}
	unreadable := (*UnreadableError)(nil)
	switch {
	case errors.As(err, &unreadable):
		words = unreadable.Words
	case errors.Is(err, bantin.ErrNotFound):
		words = bantin.Words{VI: "Không có tin ấy: " + quoted(err) + ".", EN: "There is no such bulletin: " + quoted(err) + "."}
	case errors.Is(err, store.ErrUnpublished):
		words = bantin.Words{VI: "Bạn đọc không thấy tin " + quoted(err) + ": nó bị giữ lại hoặc đã rút.", EN: "Readers do not see the bulletin " + quoted(err) + ": it is held or was withdrawn."}
	case errors.Is(err, bantin.ErrGreetingTooLong):
		words = bantin.Words{VI: "Lời ngỏ quá dài.", EN: "The greeting is too long."}
	case errors.Is(err, bantin.ErrSubjectTooLong):
		words = bantin.Words{VI: "Tiêu đề thư quá dài.", EN: "The subject is too long."}
	case errors.Is(err, bantin.ErrTooManyPinned):
		words = bantin.Words{VI: "Quá nhiều tin đứng đầu hoặc bỏ ra.", EN: "Too many bulletins are pinned or left out."}
	case errors.Is(err, store.ErrTimeTaken):
		return &refusal{http.StatusConflict, bantin.Words{VI: "Phút đó bản tin này đã có kỳ khác; hãy chọn giờ khác.", EN: "The digest has an edition in that minute; choose another time."}}
	case errors.Is(err, store.ErrNoNews):
		return &refusal{http.StatusConflict, bantin.Words{VI: "Không có tin mới: không lập kỳ nào.", EN: "There is no news: no edition was made."}}
	case errors.Is(err, store.ErrNobody):
		return &refusal{http.StatusConflict, bantin.Words{VI: "Không có người nhận: không gửi gì.", EN: "Nobody would get it: nothing is sent."}}
	default:
		return err
	}
	return &refusal{http.StatusUnprocessableEntity, words}
}

// quoted is what an error of the store names in quotation marks.
func quoted(err error) string {
	_, rest, _ := strings.Cut(err.Error(), `"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// digestDone shows the page of a digest after something was done, to a program what it is
// then.
func (o *office) digestDone(w http.ResponseWriter, r *http.Request, v *visit, d *Digest, what bantin.ActionKind) error {
	if wantsJSON(r) {
		return o.showDigest(w, r, v, d, http.StatusOK, nil)
	}
	return o.done(w, r, "/office/digests/"+url.PathEscape(d.ID), what)
}

// planSpecial plans an edition at a time of its own. It may link to an uploaded file.
func (o *office) planSpecial(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	dir, file, fields, err := o.receive(r)
	defer os.RemoveAll(dir)
	if err != nil {
		return err
	}
	r.PostForm = fields
	c, err := readComposition(r.PostForm)
	if err != nil {
		return err
	}
	at, err := parseFormTime(r.PostForm.Get("at"), o.zone(d.ID))
	switch {
	case err != nil:
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Giờ gửi: hãy viết như 2026-11-20T08:00.", EN: "Time: write it as 2026-11-20T08:00."}}
	case !at.After(o.Now()):
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Giờ gửi ấy đã qua.", EN: "That time is in the past."}}
	case len(c.Pin) == 0:
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Kỳ đặc biệt có những tin nào? Hãy chọn ít nhất một tin.", EN: "Which bulletins does the special edition have? Choose at least one."}}
	}
	c.Drop = nil
	var e bantin.Edition
	err = o.act(r, v, bantin.Action{What: bantin.ActionSpecial, Object: d.ID, Note: at.Format(time.RFC3339)}, func(ctx context.Context) (err error) {
		if file != "" {
			if c.File, err = o.KeepFile(ctx, file); err != nil {
				return err
			}
		}
		e, err = d.Composing.Special(ctx, at, c)
		return err
	})
	if err != nil {
		return composeRefused(err)
	}
	if wantsJSON(r) && e.ID != "" { // else it was done before by the same form
		return o.show(w, r, "", nil, &e)
	}
	return o.digestDone(w, r, v, d, bantin.ActionSpecial)
}

// parseFormTime reads a time of a form: RFC 3339, or without a zone in the digest's.
func parseFormTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04", text, zone)
}

// sendTest mails the preview to oneself, to an address, or to whom the digest names.
func (o *office) sendTest(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	to := []string{strings.TrimSpace(r.PostForm.Get("to"))}
	switch to[0] {
	case "tests":
		if to = d.Tests; len(to) == 0 {
			return &refusal{http.StatusConflict, bantin.Words{VI: "Khóa tests của bản tin này không có địa chỉ nào.", EN: "The key tests of this digest names nobody."}}
		}
	case "":
		to = []string{v.session.Who}
	}
	for _, address := range to {
		if _, err := mail.ParseAddress(address); err != nil {
			return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: address + " không phải địa chỉ thư điện tử.", EN: address + " is not an e-mail address."}}
		}
	}
	recipient := contact.AsStored(strings.TrimSpace(r.PostForm.Get("contact")))
	err = o.act(r, v, bantin.Action{What: bantin.ActionTestMail, Object: d.ID, Note: strings.Join(to, ", ")}, func(ctx context.Context) error {
		for _, address := range to {
			if err := d.Composing.SendTest(ctx, recipient, address); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return &refusal{http.StatusBadGateway, bantin.Words{VI: "Không gửi được thư thử: " + err.Error(), EN: "The test could not be sent: " + err.Error()}}
	}
	return o.digestDone(w, r, v, d, bantin.ActionTestMail)
}

// sendNow makes the next edition now; the daemon sends it.
func (o *office) sendNow(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	var e bantin.Edition
	err = o.act(r, v, bantin.Action{What: bantin.ActionSend, Object: d.ID}, func(ctx context.Context) (err error) {
		e, err = d.Composing.Send(ctx)
		return err
	})
	if err != nil {
		return composeRefused(err)
	}
	if wantsJSON(r) && e.ID != "" {
		return o.show(w, r, "", nil, &e)
	}
	if e.ID == "" || e.Status == bantin.EditionDraft { // done before by the same form, or to be approved
		return o.digestDone(w, r, v, d, bantin.ActionSend)
	}
	return o.done(w, r, "/office/editions/"+url.PathEscape(e.ID), bantin.ActionSend)
}

// approve lets a draft be sent; the form names the version that was looked at.
func (o *office) approve(ctx context.Context, r *http.Request, v *visit, id string) (bantin.Edition, error) {
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || version < 1 {
		return bantin.Edition{}, errBadForm
	}
	e, err := o.Approve(ctx, id, version, v.session.Who)
	switch {
	case errors.Is(err, store.ErrChanged):
		return e, &refusal{http.StatusConflict, bantin.Words{VI: "Bản thảo đã được sửa sau khi bạn xem. Hãy xem lại rồi duyệt bản mới.", EN: "The draft was changed after you looked at it. Look again, and approve the new version."}}
	case errors.Is(err, store.ErrNobody):
		return e, composeRefused(err)
	}
	return e, err
}
