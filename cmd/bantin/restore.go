package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"bantin/config"
	"bantin/store"
)

// restoreCommand is `bantin restore`.
type restoreCommand struct{ *app }

func (a restoreCommand) command() *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: a.text("Đặt một bản sao lưu vào chỗ của cơ sở dữ liệu", "Put a backup in the place of the database"),
		Long: a.text(`Kiểm tra bản sao lưu FILE rồi đặt vào chỗ của cơ sở dữ liệu. Cơ sở dữ liệu cũ được giữ bên
cạnh. Hãy dừng "bantin run" trước. Sau đó mọi việc gửi thư bị giữ lại cho tới "deliveries resume".`,
			`Verify the backup FILE and put it in the place of the database, which is kept beside it. Stop
the daemon first. All mailing is held afterwards, until "deliveries resume".`),
		Example: asTyped("bantin restore /var/backups/bantin-2026-11-30.db"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.restore(cmd.Context(), args[0]) },
	}
}

// restored is what the command prints as JSON.
type restored struct {
	store.BackupInfo
	Kept string `json:"kept,omitempty"` // where the database of before is
	Held bool   `json:"held"`
}

func (a restoreCommand) restore(ctx context.Context, file string) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	if c.Database != "" {
		return fmt.Errorf("restore: %w", store.ErrNotSQLite)
	}
	if err := checkOwner(c); err != nil {
		return err
	}
	r, err := store.Restore(ctx, c.Data, file)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(restored{r.Backup, r.Kept, true})
	}
	a.say("Đã khôi phục %s: %d người nhận, %d tin, %d kỳ.", "Restored %s: %d contacts, %d bulletins, %d editions.", file, r.Backup.Contacts, r.Backup.Bulletins, r.Backup.Editions)
	if made := r.Backup.Made; !made.IsZero() {
		a.say("Bản này làm lúc %s; những gì sau đó (%s) thì nó không biết.", "It was made at %s; it does not know what happened since (%s).",
			a.formatTime(made, c.Site.Location), time.Since(made).Round(time.Minute))
	}
	if r.Kept != "" {
		a.say("Cơ sở dữ liệu cũ được giữ ở %s.", "The database of before is kept at %s.", r.Kept)
	}
	a.note("Mọi việc gửi thư đang bị giữ. Những gì đã gửi sau khi sao lưu sẽ bị gửi lại nếu cho tiếp ngay: `bantin deliveries resume --as-sent` coi tin mới tới nay là đã gửi; `bantin deliveries resume` thì gửi.",
		"All mailing is held. What was mailed after the backup would be mailed again: `bantin deliveries resume --as-sent` counts what is new by now as sent; `bantin deliveries resume` mails it.")
	return nil
}

// checkOwner refuses to write files as root into a folder of the daemon's user, who could
// not use them.
func checkOwner(c *config.Config) error {
	owner, known := ownerOf(c.Data)
	if os.Geteuid() != 0 || !known || owner == 0 {
		return nil
	}
	return wrongUsage("%s là của người dùng khác: hãy chạy lệnh này bằng người dùng của bantin run, như sudo -u bantin bantin restore …",
		"%s belongs to another user: run this as the daemon's user, such as sudo -u bantin bantin restore …", c.Data)
}
