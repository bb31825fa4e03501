package main

import (
	"context"

	"github.com/spf13/cobra"

	"bantin/store"
)

// backupCommand is `bantin backup`.
type backupCommand struct{ *app }

func (a backupCommand) command() *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		Short:   a.text("Sao lưu cơ sở dữ liệu, cả khi chương trình đang chạy", "Back up the SQLite database while the daemon runs"),
		Example: asTyped("bantin backup /var/backups/bantin-$(date +%F).db"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.backup(ctx, w, args[0]) }),
	}
}

func (a backupCommand) backup(ctx context.Context, w *deps, file string) error {
	if err := w.db.Backup(ctx, file); err != nil {
		return err
	}
	if err := w.db.Tasks().Record(ctx, store.TaskBackup, "", nil); err != nil {
		w.log.Warn("state of a task cannot be stored", "task", store.TaskBackup, "error", err) // the backup is good all the same
	}
	if a.json {
		return a.printJSON(struct {
			File string `json:"file"`
		}{file})
	}
	a.say("Đã sao lưu vào %s", "Backed up to %s", file)
	return nil
}
