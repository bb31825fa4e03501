package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bantin/store"
)

func (a *app) databaseCommand() *cobra.Command {
	copying := &cobra.Command{
		Use:   "copy URL",
		Short: "Copy everything to another database: postgres://…, or a folder for SQLite",
		Long: "Copy everything from the configured database to another one: postgres://USER@HOST/NAME, or a\n" +
			"folder for SQLite. Stop all daemons first. The copy mails nothing until `deliveries resume`. What was\n" +
			"interrupted goes on when the command is given again.",
		Args: cobra.ExactArgs(1),
		RunE: a.does(func(ctx context.Context, w *works, args []string) error { return a.copyDatabase(ctx, w, args[0]) }),
	}
	return group("database", "Move between databases", copying)
}

// copied is what the command prints as JSON: a line a table.
type copied struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

func (a *app) copyDatabase(ctx context.Context, w *works, target string) error {
	lock, err := w.db.LockDaemon("bantin database copy")
	if err != nil {
		return err
	}
	defer lock.Close()
	to, err := a.openTarget(ctx, w, target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	var rows int64
	tables := 0
	err = w.db.CopyTo(ctx, to, func(p store.CopyProgress) {
		if !p.Checked {
			a.progress("%s: %d dòng", "%s: %d rows", p.Table, p.Rows)
			return
		}
		tables, rows = tables+1, rows+p.Rows
		if a.json {
			err = errors.Join(err, a.line(copied{p.Table, p.Rows}))
		}
	})
	a.progressDone()
	if err != nil {
		return err
	}
	if !a.json {
		a.say("Đã chép và đối chiếu %d dòng của %d bảng.", "Copied and compared %d rows of %d tables.", rows, tables)
	}
	a.note("Bản mới chưa gửi thư: đặt khóa database trỏ tới nó (hoặc bỏ khóa này và đặt data), rồi chạy `bantin deliveries resume`. Đừng để bản cũ gửi tiếp.",
		"The copy mails nothing yet: point the key database at it (or leave it out and set data), then run `bantin deliveries resume`. Do not let the old one mail on.")
	return nil
}

// openTarget opens what is copied to. A folder is where a data directory will
// be; it is not the one that is copied.
func (a *app) openTarget(ctx context.Context, w *works, target string) (*store.DB, error) {
	if strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://") {
		return store.Open(ctx, w.config.Data, store.Options{URL: target})
	}
	if strings.Contains(target, "://") {
		return nil, &usageError{fmt.Errorf("database %q: want postgres://… or a folder", target)}
	}
	folder, err := filepath.Abs(target)
	if err != nil {
		return nil, err
	}
	if w.config.Database == "" && folder == filepath.Clean(w.config.Data) {
		return nil, &usageError{fmt.Errorf("folder %s: that is the database itself", target)}
	}
	return store.Open(ctx, folder, store.Options{})
}
