package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
)

func (a editionCommands) approveCommand() *cobra.Command {
	var version int
	c := a.steerCommand(bantin.ActionApprove, "approve ID", "Duyệt một bản thảo: nó được gửi", "Approve a draft: it is sent",
		func(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
			return a.approveEdition(ctx, w, id, version)
		})
	c.Example = asTyped("bantin editions approve hang-tuan-12 --version 3")
	c.Flags().IntVar(&version, "version", 0, a.text("bản đã xem (`N`); có người sửa sau đó thì không duyệt", "the version that you saw (`N`); where it was changed since, it is not approved"))
	return c
}

func (a editionCommands) approveEdition(ctx context.Context, w *deps, id string, version int) (bantin.Edition, error) {
	e, err := w.editor.Approve(ctx, id, version, operator())
	switch {
	case errors.Is(err, store.ErrChanged):
		now, lookErr := w.db.Editions().Get(ctx, id)
		if lookErr != nil {
			return e, lookErr
		}
		a.note("Bản thảo đã được sửa, nay là bản %d: `bantin digest compose %s` cho xem.", "The draft was changed and is version %d now: `bantin digest compose %s` shows it.", now.Version, now.Digest)
		return e, &toldError{err}
	case errors.Is(err, store.ErrNobody):
		return e, a.tellNobody(ctx, w, e.Digest, err)
	case err != nil:
		return e, err
	}
	if e.Status == bantin.EditionOpen {
		if err := w.editor.Freeze(ctx, &e); err != nil {
			return e, err
		}
		if e, err = w.db.Editions().Get(ctx, id); err != nil {
			return e, err
		}
	}
	a.tellWhoSends(&e)
	return e, nil
}

// tellNobody says why nobody would get an edition.
func (a editionCommands) tellNobody(ctx context.Context, w *deps, digest string, cause error) error {
	d, err := w.digest(digest)
	if err != nil {
		return err
	}
	why, err := w.editor.WhyNobody(ctx, &d.Digest, w.now())
	if err != nil {
		return err
	}
	a.note("Không có người nhận (%s): vẫn là bản thảo.", "Nobody gets it (%s): it stays a draft.", why.In(a.language))
	return &toldError{fmt.Errorf("approve: %w", cause)}
}
