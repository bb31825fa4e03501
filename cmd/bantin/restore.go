package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/config"
	"bantin/store"
)

// restoreCommand is `bantin restore`.
type restoreCommand struct{ *app }

func (a restoreCommand) command() *cobra.Command {
	var journal []string
	c := &cobra.Command{
		Use:   "restore [FILE]",
		Short: a.text("Đặt một bản sao lưu vào chỗ của cơ sở dữ liệu", "Put a backup in the place of the database"),
		Long: a.text(`Kiểm tra bản sao lưu FILE rồi đặt vào chỗ của cơ sở dữ liệu. Cơ sở dữ liệu cũ được giữ bên
cạnh. Hãy dừng "bantin run" trước. Sau đó mọi việc gửi thư bị giữ lại cho tới "deliveries resume". Với --journal, ai đã hủy đăng ký,
bị xóa hay bị chặn sau khi sao lưu thì vẫn như vậy, và ai đã nhận kỳ nào thì không nhận lại. Với PostgreSQL hãy khôi phục bằng công cụ của
nó, rồi chạy lệnh này chỉ với --journal.`,
			`Verify the backup FILE and put it in the place of the database, which is kept beside it. Stop
the daemon first. All mailing is held afterwards, until "deliveries resume". With --journal, who
unsubscribed, was erased or suppressed after the backup stays so, and nobody gets an edition again
that they got since. On PostgreSQL restore with its own tools, then run this with --journal alone.`),
		Example: asTyped("bantin restore /var/backups/bantin-2026-11-30.db --journal /var/backups/journal"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return a.restore(cmd.Context(), args[0], journal)
			case len(journal) > 0:
				return a.replayHere(cmd.Context(), journal)
			}
			return wrongUsage("thiếu FILE: viết `bantin restore FILE`", "FILE is missing: write `bantin restore FILE`")
		},
	}
	c.Flags().StringArrayVar(&journal, "journal", nil, a.text("thư mục `DIR` có nhật ký, như data/journal hoặc bản chép của nó; lặp lại cho từng máy", "the folder `DIR` of the journal, such as data/journal or its copy; repeat it for each machine"))
	return c
}

// restored is what the command prints as JSON.
type restored struct {
	store.BackupInfo
	Kept string `json:"kept,omitempty"` // where the database of before is
	Held bool   `json:"held"`

	Journal *store.Replayed `json:"journal,omitempty"`
}

func (a restoreCommand) restore(ctx context.Context, file string, journal []string) error {
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
		w := &deps{config: c, db: db}
		if len(journal) > 0 {
			if replayed, err = a.replay(ctx, w, journal); err != nil {
				return err
			}
		}
		return w.note(ctx, bantin.ActionRestore, b.File, "")
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
		a.tellReplayed(replayed, r.Backup.Made, c)
	}
	if made := r.Backup.Made; replayed == nil && !made.IsZero() {
		a.say("Bản này làm lúc %s; những gì sau đó (%s) thì nó không biết.", "It was made at %s; it does not know what happened since (%s).",
			a.formatTime(made, c.Site.Location), time.Since(made).Round(time.Minute))
	}
	if r.Kept != "" {
		a.say("Cơ sở dữ liệu cũ được giữ ở %s.", "The database of before is kept at %s.", r.Kept)
	}
	a.tellHeld()
	return nil
}

// replay brings the journal of a folder into a restored database.
func (a restoreCommand) replay(ctx context.Context, w *deps, dirs []string) (*store.Replayed, error) {
	if err := w.openTokens(ctx); err != nil {
		return nil, err
	}
	instance, err := w.db.KnownInstance(ctx)
	if err != nil {
		return nil, err
	}
	journals, err := store.ReadJournal(dirs, instance, append(w.tokens.FormerFingerprints(), w.tokens.Fingerprint()))
	if err != nil {
		return nil, err
	}
	r, err := w.db.Replay(ctx, journals, w.tokens.ErasedKey())
	return &r, err
}

// tellReplayed says what the journal knew, and what it did not.
func (a restoreCommand) tellReplayed(r *store.Replayed, made time.Time, c *config.Config) {
	zone := c.Site.Location
	a.say("Nhật ký biết tới %s: thêm %d lần hủy đăng ký, %d người bị xóa, %d địa chỉ bị chặn; %d người đến sau khi sao lưu rồi đi sẽ không được nhập lại.",
		"The journal knows up to %s: %d more unsubscribed, %d erased, %d suppressed; %d who came after the backup and left are not imported again.",
		a.formatTime(r.Last, zone), r.Left, r.Erased, r.Suppressed, r.Unknown)
	if r.Last.Before(made) {
		a.say("Nhật ký này cũ hơn bản sao lưu (%s): những gì sau đó thì không biết.", "This journal is older than the backup (%s): what happened since is not known.", a.formatTime(made, zone))
	}
	if r.Unreadable > 0 {
		a.say("%d dòng của nhật ký không đọc được.", "%d lines of the journal cannot be read.", r.Unreadable)
	}
	for _, e := range r.Editions {
		a.tellEdition(&e)
	}
}

// tellEdition says what the journal knew of an edition.
func (a restoreCommand) tellEdition(e *store.ReplayedEdition) {
	if e.Held {
		a.say("Kỳ %[1]s: %[2]d người đã nhận; %[3]d người thì không biết, nên kỳ này bị giữ lại. `bantin editions resume %[1]s` gửi cho họ.",
			"Edition %[1]s: %[2]d have got it; of %[3]d it is not known, so it is held. `bantin editions resume %[1]s` mails those.", e.Edition, e.Sent, e.Doubtful)
	} else {
		a.say("Kỳ %s: đã gửi xong trước khi mất dữ liệu, %d người đã nhận; không ai nhận lại.", "Edition %s: it was done, %d have got it; nobody gets it again.", e.Edition, e.Sent)
	}
	if len(e.Missing) > 0 {
		a.say("  %d tin của kỳ này chưa có: hãy chạy `bantin collect` trước khi cho gửi tiếp.", "  %d of its bulletins are missing: run `bantin collect` before mailing goes on.", len(e.Missing))
	}
}

// replayHere brings the journal into the database as it is, which another tool restored.
func (a restoreCommand) replayHere(ctx context.Context, journal []string) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	if c.Database == "" {
		return wrongUsage("thiếu FILE: viết `bantin restore FILE --journal DIR`", "FILE is missing: write `bantin restore FILE --journal DIR`")
	}
	return a.with(ctx, func(w *deps) error {
		lock, err := w.db.Nodes().LockDaemon("bantin restore")
		if err != nil {
			return err
		}
		defer lock.Close()
		if err := w.db.CheckIdle(ctx); err != nil {
			return err
		}
		if err := w.db.Deliveries().HoldAll(ctx, store.HeldRestored); err != nil {
			return err
		}
		r, err := a.replay(ctx, w, journal)
		if err != nil {
			return err
		}
		if err := w.note(ctx, bantin.ActionRestore, strings.Join(journal, " "), ""); err != nil {
			return err
		}
		if a.json {
			return a.printJSON(restored{Held: true, Journal: r})
		}
		a.tellReplayed(r, time.Time{}, c)
		a.tellHeld()
		return nil
	})
}

// tellHeld says that nothing is mailed yet, and how it goes on.
func (a restoreCommand) tellHeld() {
	a.note("Mọi việc gửi thư đang bị giữ. Những gì đã gửi mà nhật ký không biết sẽ bị gửi lại nếu cho tiếp ngay: `bantin deliveries resume --as-sent` coi tin mới tới nay là đã gửi; `bantin deliveries resume` thì gửi.",
		"All mailing is held. What was mailed and is in no journal would be mailed again: `bantin deliveries resume --as-sent` counts what is new by now as sent; `bantin deliveries resume` mails it.")
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
