package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database while the daemon runs",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.backup(cmd.Context(), args[0]) },
	}
}

func (a *app) backup(ctx context.Context, file string) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.db.Backup(ctx, file); err != nil {
		return err
	}
	a.say("Đã sao lưu vào %s", "Backed up to %s", file)
	return nil
}
