package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
	"bantin/web/office"
)

func (a contactCommands) undoCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "undo",
		Short:   a.text("Hủy lần nhập gần nhất: trả lại như trước; người được thêm thì bỏ, trừ ai đã có thư hay thay đổi", "Undo the last import: restore changed fields, remove added contacts that nothing touched since"),
		Example: asTyped("bantin contacts undo"),
		RunE:    a.does(a.undoImport),
	}
}

func (a contactCommands) undoImport(ctx context.Context, w *deps, _ []string) error {
	last, err := w.db.Imports().LastToUndo(ctx)
	if errors.Is(err, bantin.ErrNotFound) {
		a.note("Chưa có lần nhập danh sách nào thay đổi gì.", "No import has changed anything yet.")
		return &toldError{err}
	}
	if err != nil {
		return err
	}
	if last.Status == store.ImportUndone {
		a.note("Lần nhập cuối, %s lúc %s, đã được hủy.", "The last import, of %s at %s, was already undone.", last.File, a.formatTime(last.At, w.site.Location))
		return &toldError{errors.New("undone already")}
	}
	var done store.UndoResult
	err = w.recorded(ctx, bantin.ActionUndoImport, last.File, "", func() (err error) {
		done, err = w.db.Imports().Undo(ctx, last, w.site.Location, func(n int) { a.printProgress("%d người", "%d contacts", n) })
		return err
	})
	a.clearProgress()
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(office.UndoneJSON{File: last.File, Removed: done.Removed, Kept: done.Kept, Restored: done.Restored, Newer: done.Newer})
	}
	a.say("Đã hủy lần nhập %s lúc %s: bỏ %d người, trả lại %d người như trước", "Undid the import of %s at %s: %d contacts removed, %d restored",
		last.File, a.formatTime(last.At, w.site.Location), done.Removed, done.Restored)
	if done.Kept > 0 {
		a.say("  %d người được thêm vẫn giữ: đã có thư, đăng ký hay thay đổi khác", "  %d added contacts stay: they had mail, a subscription or a later change", done.Kept)
	}
	if done.Newer > 0 {
		a.say("  %d người đã có thay đổi mới hơn: giữ như vậy", "  %d contacts stay as they are: they were changed again since", done.Newer)
	}
	return nil
}
