package main

import (
	"context"

	"github.com/spf13/cobra"

	"bantin/config"
	"bantin/store"
)

// backupCommand is `bantin backup`.
type backupCommand struct{ *app }

func (a backupCommand) command() *cobra.Command {
	var verify bool
	var journal string
	c := &cobra.Command{
		Use:   "backup [FILE]",
		Short: a.text("Sao lưu cơ sở dữ liệu, cả khi chương trình đang chạy", "Back up the SQLite database while the daemon runs"),
		Long: a.text(`Sao lưu cơ sở dữ liệu vào FILE, và ghi mã kiểm của nó vào FILE.sha256. Với --verify thì
kiểm tra một bản sao lưu theo mã kiểm ấy và đọc hết nó; không thay đổi gì. Với --journal thì
chép nhật ký data/journal vào một thư mục: ai đã hủy đăng ký, bị xóa, bị chặn kể từ lần sao lưu.`,
			`Back the database up to FILE, and write its checksum to FILE.sha256. With --verify, check a
backup against that checksum and read it through; this changes nothing. With --journal, copy the
journal data/journal into a folder: who unsubscribed, was erased or suppressed since a backup.`),
		Example: asTyped("bantin backup /var/backups/bantin-$(date +%F).db", "bantin backup --verify /var/backups/bantin-2026-11-30.db", "bantin backup --journal /var/backups/journal"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && (journal == "" || verify):
				return wrongUsage("thiếu FILE: viết `bantin backup FILE`", "FILE is missing: write `bantin backup FILE`")
			case verify:
				return a.verify(cmd.Context(), args[0])
			case len(args) > 0:
				if err := a.backup(cmd.Context(), args[0]); err != nil || journal == "" {
					return err
				}
			}
			return a.copyJournal(cmd.Context(), journal)
		},
	}
	c.Flags().BoolVar(&verify, "verify", false, a.text("kiểm tra một bản sao lưu đã có", "check a backup that is there"))
	c.Flags().StringVar(&journal, "journal", "", a.text("chép nhật ký vào thư mục `DIR`", "copy the journal into the folder `DIR`"))
	return c
}

// copyJournal copies the journal as far as it has grown.
func (a backupCommand) copyJournal(ctx context.Context, dir string) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	size, err := store.CopyJournal(ctx, c.Data, dir)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Journal string `json:"journal"`
			Bytes   int64  `json:"bytes"`
		}{dir, size})
	}
	a.say("Đã chép nhật ký vào %s", "Copied the journal to %s", dir)
	return nil
}

// backup opens the database as it is: one that is missing is not made, since a backup of
// an empty one would take the place of a good one.
func (a backupCommand) backup(ctx context.Context, file string) error {
	return a.withExisting(ctx, func(_ *config.Config, db *store.DB) error {
		if err := db.Backup(ctx, file); err != nil {
			return err
		}
		if err := db.Tasks().Record(ctx, store.TaskBackup, "", nil); err != nil {
			a.warnLogger().Warn("state of a task cannot be stored", "task", store.TaskBackup, "error", err) // the backup is good all the same
		}
		if a.json {
			return a.printJSON(struct {
				File string `json:"file"`
			}{file})
		}
		a.say("Đã sao lưu vào %s", "Backed up to %s", file)
		return nil
	})
}

func (a backupCommand) verify(ctx context.Context, file string) error {
	b, err := store.VerifyBackup(ctx, file)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(b)
	}
	a.say("%s dùng được: %d người nhận, %d tin, %d kỳ.", "%s is good: %d contacts, %d bulletins, %d editions.", file, b.Contacts, b.Bulletins, b.Editions)
	if !b.Checksum {
		a.note("Không có %s.sha256 nên chỉ xem được chính tệp ấy.", "There is no %s.sha256, so only the file itself was checked.", file)
	}
	return nil
}
