package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
)

// databaseCommands are the subcommands of `bantin database`.
type databaseCommands struct{ *app }

func (a databaseCommands) command() *cobra.Command {
	copying := &cobra.Command{
		Use:   "copy URL",
		Short: a.text("Chép mọi thứ sang cơ sở dữ liệu khác: postgres://…, hoặc một thư mục cho SQLite", "Copy everything to another database: postgres://…, or a folder for SQLite"),
		Example: asTyped(
			"bantin database copy postgres://bantin@db.example.org/bantin",
			"bantin database copy /var/lib/bantin-moi"),
		Long: a.text(`Chép mọi thứ từ cơ sở dữ liệu đang dùng sang nơi khác: postgres://USER@HOST/NAME, hoặc
một thư mục cho SQLite. Hãy dừng mọi "bantin run" trước. Bản chép không gửi thư nào cho tới
"deliveries resume". Bị ngắt giữa chừng thì chạy lại lệnh để chép tiếp.`,
			`Copy everything from the configured database to another one: postgres://USER@HOST/NAME, or a
folder for SQLite. Stop all daemons first. The copy mails nothing until "deliveries resume".
Run the command again to continue an interrupted copy.`),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error { return a.copyDatabase(ctx, w, args[0]) }),
	}
	return a.group("database", "Chuyển giữa các cơ sở dữ liệu", "Copy everything to another database", copying)
}

// copied is what the command prints as JSON: a line a table.
type copied struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

func (a databaseCommands) copyDatabase(ctx context.Context, w *deps, target string) (err error) {
	lock, err := w.db.Nodes().LockDaemon("bantin database copy")
	if err != nil {
		return err
	}
	defer lock.Close()
	to, err := a.openTarget(ctx, w, target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := w.note(ctx, bantin.ActionCopy, bantin.Redacted(target), ""); err != nil { // copied, too
		return err
	}
	var rows int64
	tables := 0
	var printed error
	err = w.db.CopyTo(ctx, to, func(p store.CopyProgress) {
		if !p.Checked {
			a.printProgress("%s: %d dòng", "%s: %d rows", p.Table, p.Rows)
			return
		}
		tables, rows = tables+1, rows+p.Rows
		if a.json {
			printed = errors.Join(printed, a.printJSON(copied{p.Table, p.Rows}))
		}
	})
	a.clearProgress()
	if err := errors.Join(err, printed); err != nil {
		return err
	}
	if !a.json {
		a.say("Đã chép và đối chiếu %d dòng của %d bảng.", "Copied and compared %d rows of %d tables.", rows, tables)
	}
	a.note("Bản mới chưa gửi thư: đặt khóa database trỏ tới nó (hoặc bỏ khóa này và đặt data), rồi chạy `bantin deliveries resume`. Đừng để bản cũ gửi tiếp.",
		"The copy does not mail yet. Point the key database at it (or remove the key and set data), then run `bantin deliveries resume`. Keep the old database from mailing.")
	return nil
}

// openTarget opens what is copied to. A folder is where a data directory will
// be; it is not the one that is copied.
func (a databaseCommands) openTarget(ctx context.Context, w *deps, target string) (*store.DB, error) {
	if strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://") {
		return store.Open(ctx, w.config.Data, store.Options{URL: target})
	}
	if strings.Contains(target, "://") {
		return nil, wrongUsage("%q: cần postgres://… hoặc một thư mục", "database %q: want postgres://… or a folder", bantin.Redacted(target))
	}
	folder, err := filepath.Abs(target)
	if err != nil {
		return nil, err
	}
	if w.config.Database == "" && folder == filepath.Clean(w.config.Data) {
		return nil, wrongUsage("thư mục %s: đó chính là cơ sở dữ liệu đang dùng", "folder %s is the database itself", target)
	}
	return store.Open(ctx, folder, store.Options{})
}
