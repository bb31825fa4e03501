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
	var journal string
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: a.text("Đặt một bản sao lưu vào chỗ của cơ sở dữ liệu", "Put a backup in the place of the database"),
		Long: a.text(`Kiểm tra bản sao lưu FILE rồi đặt vào chỗ của cơ sở dữ liệu. Cơ sở dữ liệu cũ được giữ bên
cạnh. Hãy dừng "bantin run" trước. Sau đó mọi việc gửi thư bị giữ lại cho tới "deliveries resume". Với --journal, ai đã hủy đăng ký,
bị xóa hay bị chặn sau khi sao lưu thì vẫn như vậy.`,
			`Verify the backup FILE and put it in the place of the database, which is kept beside it. Stop
the daemon first. All mailing is held afterwards, until "deliveries resume". With --journal, who
unsubscribed, was erased or suppressed after the backup stays so.`),
		Example: asTyped("bantin restore /var/backups/bantin-2026-11-30.db --journal /var/backups/journal"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.restore(cmd.Context(), args[0], journal) },
	}
	c.Flags().StringVar(&journal, "journal", "", a.text("thư mục `DIR` có nhật ký, như data/journal hoặc bản chép của nó", "the folder `DIR` of the journal, such as data/journal or its copy"))
	return c
}

// restored is what the command prints as JSON.
type restored struct {
	store.BackupInfo
	Kept string `json:"kept,omitempty"` // where the database of before is
	Held bool   `json:"held"`

	Journal *store.Replayed `json:"journal,omitempty"`
}

func (a restoreCommand) restore(ctx context.Context, file, journal string) error {
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
	var replayed *store.Replayed
	prepare := func(ctx context.Context, db *store.DB, b store.BackupInfo) (err error) {
		if journal != "" {
			replayed, err = a.replay(ctx, &deps{config: c, db: db}, journal)
		}
		return err
	}
	r, err := store.Restore(ctx, c.Data, file, prepare)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(restored{r.Backup, r.Kept, true, replayed})
	}
	a.say("Đã khôi phục %s: %d người nhận, %d tin, %d kỳ.", "Restored %s: %d contacts, %d bulletins, %d editions.", file, r.Backup.Contacts, r.Backup.Bulletins, r.Backup.Editions)
	if replayed != nil {
		a.tellReplayed(replayed, &r.Backup, c)
	}
	if made := r.Backup.Made; replayed == nil && !made.IsZero() {
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

// replay brings the journal of a folder into a restored database.
func (a restoreCommand) replay(ctx context.Context, w *deps, dir string) (*store.Replayed, error) {
	if err := w.openTokens(ctx); err != nil {
		return nil, err
	}
	instance, err := w.db.Instance(ctx)
	if err != nil {
		return nil, err
	}
	journals, err := store.ReadJournal(dir, instance, append(w.tokens.FormerFingerprints(), w.tokens.Fingerprint()))
	if err != nil {
		return nil, err
	}
	r, err := w.db.Replay(ctx, journals, w.tokens.ErasedKey())
	return &r, err
}

// tellReplayed says what the journal knew, and what it did not.
func (a restoreCommand) tellReplayed(r *store.Replayed, b *store.BackupInfo, c *config.Config) {
	zone := c.Site.Location
	a.say("Nhật ký biết tới %s: thêm %d lần hủy đăng ký, %d người bị xóa, %d địa chỉ bị chặn; %d người đến sau khi sao lưu rồi đi sẽ không được nhập lại.",
		"The journal knows up to %s: %d more unsubscribed, %d erased, %d suppressed; %d who came after the backup and left are not imported again.",
		a.formatTime(r.Last, zone), r.Left, r.Erased, r.Suppressed, r.Unknown)
	if r.Last.Before(b.Made) {
		a.say("Nhật ký này cũ hơn bản sao lưu (%s): những gì sau đó thì không biết.", "This journal is older than the backup (%s): what happened since is not known.", a.formatTime(b.Made, zone))
	}
	if r.Unreadable > 0 {
		a.say("%d dòng của nhật ký không đọc được.", "%d lines of the journal cannot be read.", r.Unreadable)
	}
	for _, id := range r.Editions {
		a.say("Kỳ %s được lập sau khi sao lưu: không biết đã gửi cho những ai.", "Edition %s was made after the backup: to whom it went is not known.", id)
	}
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
