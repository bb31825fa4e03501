package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// steerCommands are what a person can do to an edition.
func (a editionCommands) steerCommands() []*cobra.Command {
	return []*cobra.Command{
		a.steerCommand(bantin.ActionPause, "pause ID", "Tạm dừng một kỳ: trong một giây không thư nào bắt đầu gửi nữa, ở bất cứ tiến trình nào", "Stop an edition: no message begins any more within a second, in whatever process", a.pauseEdition),
		a.resumeCommand(),
		a.steerCommand(bantin.ActionCancel, "cancel ID", "Hủy hẳn một kỳ: thư chưa đưa đi thì bỏ, tin của nó vào kỳ sau", "End an edition for good: what was not handed over is skipped, its news comes with the next one", a.cancelEdition),
		a.retryCommand(),
		a.resendCommand(),
		a.approveCommand(),
	}
}

func (a editionCommands) steerCommand(what bantin.ActionKind, use, vi, en string, do func(context.Context, *deps, string) (bantin.Edition, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: a.text(vi, en), Example: asTyped("bantin editions " + strings.Replace(use, "ID", "hang-tuan-12", 1)),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error { return a.steer(ctx, w, what, args[0], do) }),
	}
}

func (a editionCommands) retryCommand() *cobra.Command {
	var failed bool
	c := a.steerCommand(bantin.ActionRetry, "retry --failed ID", "Gửi lại các thư hỏng của một kỳ, cùng Message-ID", "Send the failed deliveries of an edition again, under their Message-ID", func(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
		if !failed {
			return bantin.Edition{}, wrongUsage("cho biết gửi lại gì: `bantin editions retry --failed ID`", "say what to retry: `bantin editions retry --failed ID`")
		}
		return a.retryEdition(ctx, w, id)
	})
	c.Flags().BoolVar(&failed, "failed", false, a.text("các thư hỏng, không thư nào khác", "retry the failed deliveries only"))
	return c
}

// steer does something to an edition and prints what it is then.
func (a editionCommands) steer(ctx context.Context, w *deps, what bantin.ActionKind, id string, do func(context.Context, *deps, string) (bantin.Edition, error)) error {
	var e bantin.Edition
	err := w.recorded(ctx, what, id, "", func() (err error) {
		e, err = do(ctx, w, id)
		return err
	})
	if err != nil {
		return editionNotFound(err, id)
	}
	return a.editionLine(w, &e)
}

func (a editionCommands) pauseEdition(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
	return w.db.Editions().Pause(ctx, id)
}

func (a editionCommands) resumeCommand() *cobra.Command {
	var accept bool
	c := a.steerCommand(bantin.ActionResume, "resume ID", "Cho gửi tiếp một kỳ đã tạm dừng hoặc bị giữ lại", "Let an edition go on that was paused or is held",
		func(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
			return a.resumeEdition(ctx, w, id, accept)
		})
	c.Flags().BoolVar(&accept, "accept", false, a.text("các lời từ chối là đúng: kỳ này không bị giữ lại vì chúng nữa", "the refusals are right: it is not held for them again"))
	return c
}

func (a editionCommands) resumeEdition(ctx context.Context, w *deps, id string, accept bool) (bantin.Edition, error) {
	if err := w.db.Relays().ProbeNow(ctx); err != nil {
		return bantin.Edition{}, err
	}
	e, err := w.db.Editions().Resume(ctx, id, accept)
	if err == nil {
		a.tellWhoSends(&e)
	}
	return e, err
}

// cancelEdition skips what is left at once, except messages being sent: the node that
// has them skips the rest.
func (a editionCommands) cancelEdition(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
	const patience, look = 3 * time.Second, 100 * time.Millisecond
	e, err := w.db.Editions().Cancel(ctx, id)
	if err != nil {
		return e, err
	}
	for end := time.Now().Add(patience); ; {
		done, err := w.db.Editions().SkipCancelled(ctx, e.Row)
		if err != nil {
			return e, err
		}
		if done || time.Now().After(end) {
			break
		}
		select {
		case <-ctx.Done():
			return e, ctx.Err()
		case <-time.After(look):
		}
	}
	if e, err = w.db.Editions().Get(ctx, id); err == nil && e.Counts.Unsettled() > 0 {
		a.note("Còn thư đang gửi dở: tiến trình đang gửi sẽ bỏ qua phần còn lại.", "Some messages are being sent: the process that sends them skips the rest.")
	}
	return e, err
}

func (a editionCommands) retryEdition(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
	e, again, err := w.db.Editions().RetryFailed(ctx, id)
	switch {
	case err != nil:
		return e, err
	case again == 0:
		a.note("Không có thư nào hỏng; kỳ này được gửi tiếp.", "No message failed; the edition goes on.")
	default:
		a.note("%d thư được xếp hàng gửi lại.", "Queued %d messages again.", again)
	}
	if n := e.Counts.Failed; n > 0 {
		a.note("%d thư tới địa chỉ bị chặn gửi thì không gửi lại: xem `bantin suppressions list`.", "%d messages are not retried, their addresses must not be mailed: see `bantin suppressions list`.", n)
	}
	a.tellWhoSends(&e)
	return e, nil
}

// tellWhoSends says what sends the rest of an edition.
func (a editionCommands) tellWhoSends(e *bantin.Edition) {
	if e.Counts.Unsettled() > 0 && e.Status == bantin.EditionSending {
		a.note("`bantin run` sẽ gửi tiếp, hoặc: bantin digest send %s", "`bantin run` continues it; or run: bantin digest send %s", e.Digest)
	}
}

func (a editionCommands) resendCommand() *cobra.Command {
	var contact string
	c := a.steerCommand(bantin.ActionResend, "resend ID", "Gửi lại một thư của kỳ cho một người chưa nhận được, cùng Message-ID", "Send one delivery of an edition again, under its Message-ID, to who did not get it",
		func(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
			return a.resendEdition(ctx, w, id, contact)
		})
	c.Example = asTyped("bantin editions resend hang-tuan-12 --contact lan@example.org")
	c.PreRunE = func(*cobra.Command, []string) error { return wantContact(contact) }
	c.Flags().StringVar(&contact, "contact", "", a.text("thư của người có địa chỉ `ADDRESS`", "the delivery to who has the `ADDRESS`"))
	return c
}

func (a editionCommands) resendEdition(ctx context.Context, w *deps, id, recipient string) (bantin.Edition, error) {
	e, err := w.db.Editions().Get(ctx, id)
	if err != nil {
		return e, err
	}
	now, err := w.db.Editions().Resend(ctx, id, contact.AsStored(recipient), operator())
	if err != nil {
		return e, w.recipientNotFound(ctx, err, &e, recipient)
	}
	a.note("Thư tới %s được xếp hàng gửi lại.", "Queued the message to %s again.", recipient)
	switch now.Status {
	case bantin.EditionSending, bantin.EditionOpen:
		a.note("`bantin run` sẽ gửi, hoặc: bantin digest send %s", "`bantin run` sends it; or run: bantin digest send %s", now.Digest)
	default:
		a.note("Kỳ này đang dừng: thư chỉ đi sau `bantin editions resume %s`.", "This edition has stopped: the message goes after `bantin editions resume %s`.", now.ID)
	}
	return now, nil
}

// resendRefused says why a delivery is not sent again.
func resendRefused(e *store.ResendError) bantin.Words {
	return bantin.Words{VI: map[store.ResendRefusal]string{
		store.ResendQueued:     fmt.Sprintf("Thư tới %s chưa gửi xong: không cần làm gì, nó sẽ được gửi.", e.Address),
		store.ResendSuppressed: fmt.Sprintf("Địa chỉ %s bị chặn, không được gửi: `bantin suppressions list` cho biết vì sao.", e.Address),
		store.ResendLeft:       fmt.Sprintf("%s đã ngừng nhận bản tin này.", e.Address),
		store.ResendGone:       fmt.Sprintf("Người nhận %s đã bị xóa.", e.Address),
		store.ResendMoved:      fmt.Sprintf("Người nhận nay dùng địa chỉ khác, mà thư của kỳ này đã gửi tới %s. Có thể lấy thư ấy ra: `bantin editions message %s --contact %s --out thu.eml`.", e.Address, e.Edition, e.Address),
		store.ResendMerged:     fmt.Sprintf("%s đã nhập làm một với người khác, người ấy có thư riêng trong kỳ này.", e.Address),
	}[e.Why]}
}

// wrongState says what to do where an edition stands otherwise than a command
// expects.
func wrongState(e *store.StateError) bantin.Words {
	vi, en := "", ""
	switch {
	case e.Act == store.ActionApprove && e.Status != bantin.EditionCancelled:
		vi, en = "không phải bản thảo: đã được duyệt, hoặc không cần duyệt", "it was approved already, or needs no approval"
	case e.Status == bantin.EditionDone && e.Act == store.ActionCancel:
		vi, en = "đã gửi xong, không còn gì để hủy", "everything of it was sent"
	case e.Status == bantin.EditionDone:
		vi, en = "đã gửi xong; `bantin editions retry --failed "+e.Edition+"` gửi lại các thư hỏng", "everything of it was sent; `bantin editions retry --failed "+e.Edition+"` sends what failed again"
	case e.Status == bantin.EditionCancelled && e.Act == store.ActionResend:
		vi, en = "đã hủy hẳn, không gửi lại được; tin của nó nằm trong kỳ sau", "that is for good; its news is in the next one"
	case e.Status == bantin.EditionCancelled:
		vi, en = "đã hủy hẳn; tin của nó sẽ vào kỳ sau (`bantin digest send`)", "that is for good; its news comes with the next one (`bantin digest send`)"
	case e.Status == bantin.EditionDraft:
		vi, en = "là bản thảo, chưa gửi ai; duyệt bằng `bantin editions approve "+e.Edition+"`, bỏ bằng `bantin editions cancel "+e.Edition+"`", "nobody has got it; approve it with `bantin editions approve "+e.Edition+"`, or give it up with `bantin editions cancel "+e.Edition+"`"
	case e.Status == bantin.EditionScheduled:
		vi, en = "đã hẹn giờ và chưa tới lúc; bỏ bằng `bantin editions cancel "+e.Edition+"`", "its time is to come; give it up with `bantin editions cancel "+e.Edition+"`"
	case e.Status == bantin.EditionHeld:
		vi, en = "đang bị giữ lại, không gửi gì; `bantin editions resume "+e.Edition+"` để gửi tiếp", "nothing of it is sent; `bantin editions resume "+e.Edition+"` lets it go on"
	}
	return bantin.Words{VI: fmt.Sprintf("Kỳ %s %s.", e.Edition, vi), EN: en}
}
