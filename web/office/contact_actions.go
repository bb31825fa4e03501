package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// who is how the records of contacts name who acts.
func (v *visit) who() string {
	if v.token != nil {
		return store.TokenWho(v.session.Who)
	}
	return v.session.Who
}

// addContact adds a contact or changes one, as `contacts add` does: an empty field changes
// nothing, and what contacts set themselves stays.
func (o *office) addContact(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := contactOfForm(r.PostForm)
	if err != nil {
		return err
	}
	erased, err := o.Store.Contacts().IsErased(r.Context(), c.Email, o.Tokens.ErasedKey())
	if err != nil {
		return err
	}
	if erased { // before anything is written: the audit log has no address of theirs
		return &refusal{http.StatusConflict, bantin.Words{VI: "Người này đã yêu cầu xóa: không thêm lại. Họ có thể tự đăng ký.", EN: "This person asked to be erased, and is not added again. They can sign up themselves."}}
	}
	what := bantin.ActionKind(bantin.AuditAdded)
	if _, err := o.Store.Contacts().Get(r.Context(), c.Email); err == nil {
		what = bantin.ActionKind(bantin.AuditChanged)
	} else if !errors.Is(err, bantin.ErrNotFound) {
		return err
	}
	err = o.act(r, v, bantin.Action{What: what, Object: c.Email}, func(ctx context.Context) error {
		_, err := o.Store.Imports().ApplyBatch(ctx, store.ImportBatch{Contacts: []bantin.Contact{c}, Origin: bantin.OriginOffice, Secret: o.Tokens.ErasedKey(), Who: v.who()})
		return err
	})
	if err != nil {
		return err
	}
	if c, err = o.Store.Contacts().Get(r.Context(), c.Email); err != nil {
		return err
	}
	return o.done(w, r, "/office/contacts/"+ContactKey(o.Tokens, c.ID), what, ContactStory{Contact: c, Key: ContactKey(o.Tokens, c.ID)})
}

// maxField bounds a field of a form in bytes.
const maxField = 1000

// contactOfForm reads a contact as a list would.
func contactOfForm(form url.Values) (bantin.Contact, error) {
	get := func(name string) string { return oneLine(form.Get(name)) }
	c := bantin.Contact{Email: get("email"), Name: get("name"), Place: get("place"), Level: bantin.Level(get("level")), Language: bantin.Language(get("language"))}
	for tag := range strings.SplitSeq(strings.Join(form["tags"], ","), ",") {
		if tag = oneLine(tag); tag != "" {
			c.Tags = append(c.Tags, tag)
		}
	}
	for name, values := range form {
		if len(strings.Join(values, ",")) > maxField {
			return c, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Ô %q quá dài.", name), EN: fmt.Sprintf("The field %q is too long.", name)}}
		}
	}
	checked, wrong := contact.Check(c)
	if wrong != nil {
		return c, &refusal{http.StatusUnprocessableEntity, bantin.Words{
			VI: fmt.Sprintf("%s %q: %s.", wrong.Column, wrong.Value, wrong.Reason.VI),
			EN: fmt.Sprintf("%s %q: %s.", wrong.Column, wrong.Value, wrong.Reason.EN)}}
	}
	if c.Place != "" && checked.Contact.Place == "" {
		return c, &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: fmt.Sprintf("Không có tỉnh, thành phố %q.", c.Place), EN: fmt.Sprintf("There is no place %q.", c.Place)}}
	}
	return checked.Contact, nil
}

// eraseContact removes a contact for good. The audit log keeps no address.
func (o *office) eraseContact(w http.ResponseWriter, r *http.Request, v *visit) error {
	if r.PathValue("erase") != "erase" {
		return o.notFound(w, r, v)
	}
	if err := o.wantFresh(v); err != nil {
		return err
	}
	key := r.PathValue("key")
	err := o.act(r, v, bantin.Action{What: bantin.ActionErase, Object: "contact " + key}, func(ctx context.Context) error {
		c, err := o.contactOf(ctx, key)
		if err != nil {
			return err
		}
		return o.Store.Contacts().Erase(ctx, c.Email, o.Tokens.ErasedKey())
	})
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/contacts", bantin.ActionErase, map[string]string{"erased": key})
}

// longAct is how long a request may take that moves a whole list.
const longAct = 10 * time.Minute

// takesLong lets a request take longer than the server's limits.
func takesLong(w http.ResponseWriter) {
	until := time.Now().Add(longAct)
	control := http.NewResponseController(w)
	_ = errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)) // a writer without deadlines has no limits
}

// exportContacts writes all contacts as a file: CSV, or a workbook with ?format=xlsx.
func (o *office) exportContacts(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := o.wantFresh(v); err != nil {
		return err
	}
	name, mediaType, write := "contacts.csv", "text/csv; charset=utf-8", contact.WriteCSV
	if r.URL.Query().Get("format") == "xlsx" {
		name, mediaType, write = "contacts.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", contact.WriteXLSX
	}
	return o.act(r, v, bantin.Action{What: bantin.ActionExport, Note: name}, func(context.Context) error {
		takesLong(w)
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		if err := write(w, o.Store.Contacts().All(r.Context())); err != nil {
			o.Log.Warn("export of the contacts was cut short", "error", err)
			panic(http.ErrAbortHandler) // the browser sees that the file is not whole
		}
		return nil
	})
}

// undoImport takes the last import back, as `contacts undo` does. A form that names
// another import than the last one is refused.
func (o *office) undoImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	last, err := o.Store.Imports().LastToUndo(r.Context())
	if errors.Is(err, bantin.ErrNotFound) {
		return &refusal{http.StatusConflict, bantin.Words{VI: "Chưa có lần nhập danh sách nào thay đổi gì.", EN: "No import has changed anything yet."}}
	}
	if err != nil {
		return err
	}
	var undone store.UndoResult
	err = o.act(r, v, bantin.Action{What: bantin.ActionUndoImport, Object: last.File}, func(ctx context.Context) error {
		if n := r.PostForm.Get("import"); n != "" && n != fmt.Sprint(last.Number) || last.Status == store.ImportUndone {
			return &refusal{http.StatusConflict, bantin.Words{
				VI: fmt.Sprintf("Lần nhập cuối, %s, đã được hủy, hoặc có lần nhập mới hơn. Chưa có gì được thay đổi.", last.File),
				EN: fmt.Sprintf("The last import, of %s, was undone already, or there is a newer one. Nothing was changed.", last.File)}}
		}
		takesLong(w)
		undone, err = o.Store.Imports().Undo(ctx, last, o.Site.Location, func(int) {})
		return err
	})
	if err != nil {
		return err
	}
	return o.done(w, r, "/office/contacts", bantin.ActionUndoImport, UndoneJSON{last.File, undone.Removed, undone.Kept, undone.Restored, undone.Newer})
}

// UndoneJSON is an import that was undone, as `contacts undo --json` prints it.
type UndoneJSON struct {
	File     string `json:"file"`
	Removed  int    `json:"removed"`
	Kept     int    `json:"kept"`
	Restored int    `json:"restored"`
	Newer    int    `json:"newer"`
}
