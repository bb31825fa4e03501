package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database while the daemon runs",
		Args:  cobra.ExactArgs(1),
		RunE:  a.does(func(ctx context.Context, w *works, args []string) error { return a.backup(ctx, w, args[0]) }),
	}
}

func (a *app) backup(ctx context.Context, w *works, file string) error {
	if err := w.db.Backup(ctx, file); err != nil {
		return err
	}
	a.say("Đã sao lưu vào %s", "Backed up to %s", file)
	return nil
}
