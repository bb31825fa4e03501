package office

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"

	"bantin"
	"bantin/store"
	"bantin/web"
)

// linkFile serves POST /office/digests/{id}/file: the next edition links to the uploaded
// file, in place of the one before; without a file, to none.
func (o *office) linkFile(w http.ResponseWriter, r *http.Request, v *visit) error {
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
	if file == "" && fields.Get("remove") == "" {
		return &refusal{http.StatusUnprocessableEntity, bantin.Words{VI: "Hãy chọn một tệp.", EN: "Choose a file."}}
	}
	now, err := o.Store.Compositions().Current(r.Context(), d.ID)
	if err != nil {
		return err
	}
	change := store.CompositionChange{Composition: now.Composition, Version: now.Version, Edition: now.Edition, Who: v.session.Who}
	if fields.Has("version") {
		if change.Version, err = strconv.Atoi(fields.Get("version")); err != nil {
			return errBadForm
		}
		change.Edition = fields.Get("edition")
	}
	err = o.act(r, v, bantin.Action{What: bantin.ActionCompose, Object: d.ID, Note: change.Edition}, func(ctx context.Context) (err error) {
		change.File = nil
		if file != "" {
			if change.File, err = o.KeepFile(ctx, file); err != nil {
				return err
			}
		}
		_, err = o.Store.Compositions().Put(ctx, d.ID, change)
		return err
	})
	if errors.Is(err, store.ErrChanged) {
		return &refusal{http.StatusConflict, changedWords}
	}
	if err != nil {
		return composeRefused(err)
	}
	return o.digestDone(w, r, v, d, bantin.ActionCompose)
}

// composedFile shows the office the file that the next edition links to.
func (o *office) composedFile(w http.ResponseWriter, r *http.Request, _ *visit) error {
	d, err := o.digestOf(r)
	if err != nil {
		return err
	}
	now, err := o.Store.Compositions().Current(r.Context(), d.ID)
	if err != nil {
		return err
	}
	if now.File == nil {
		return o.notFound(w, r, nil)
	}
	content, err := o.Store.LinkedFiles().Open(r.Context(), now.File)
	if err != nil {
		return err
	}
	web.ServeLinkedFile(w, r, now.File, content)
	return nil
}
