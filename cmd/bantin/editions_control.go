package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/store"
)

// steerCommands are what a person can do to an edition.
func (a editionCommands) steerCommands() []*cobra.Command {
	return []*cobra.Command{
		a.steerCommand("pause ID", "Tạm dừng một kỳ: trong một giây không thư nào bắt đầu gửi nữa, ở bất cứ tiến trình nào", "Stop an edition: no message begins any more within a second, in whatever process", a.pauseEdition),
		a.resumeCommand(),
		a.steerCommand("cancel ID", "Hủy hẳn một kỳ: thư chưa đưa đi thì bỏ, tin của nó vào kỳ sau", "End an edition for good: what was not handed over is skipped, its news comes with the next one", a.cancelEdition),
		a.retryCommand(),
	}
}

func (a editionCommands) steerCommand(use, vi, en string, do func(context.Context, *deps, string) (bantin.Edition, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: a.text(vi, en), Example: asTyped("bantin editions " + strings.Replace(use, "ID", "hang-tuan-12", 1)),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error { return a.steer(ctx, w, args[0], do) }),
	}
}

func (a editionCommands) retryCommand() *cobra.Command {
	var failed bool
	c := a.steerCommand("retry --failed ID", "Gửi lại các thư hỏng của một kỳ, cùng Message-ID", "Send the failed deliveries of an edition again, under their Message-ID", func(ctx context.Context, w *deps, id string) (bantin.Edition, error) {
		if !failed {
			return bantin.Edition{}, wrongUsage("cho biết gửi lại gì: `bantin editions retry --failed ID`", "say what to retry: `bantin editions retry --failed ID`")
		}
		return a.retryEdition(ctx, w, id)
	})
	c.Flags().BoolVar(&failed, "failed", false, a.text("các thư hỏng, không thư nào khác", "retry the failed deliveries only"))
	return c
}

// steer does something to an edition and prints what it is then.
func (a editionCommands) steer(ctx context.Context, w *deps, id string, do func(context.Context, *deps, string) (bantin.Edition, error)) error {
	e, err := do(ctx, w, id)
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
	c := a.steerCommand("resume ID", "Cho gửi tiếp một kỳ đã tạm dừng hoặc bị giữ lại", "Let an edition go on that was paused or is held",
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
	if err == nil && e.Counts.Unsettled() > 0 && e.Status == bantin.EditionSending {
		a.note("`bantin run` sẽ gửi tiếp, hoặc: bantin digest send %s", "`bantin run` continues it; or run: bantin digest send %s", e.Digest)
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
	if err == nil {
		a.note("%d thư được xếp hàng gửi lại.", "Queued %d messages again.", again)
	}
	return e, err
}

// wrongState says what to do where an edition stands otherwise than a command
// expects.
func wrongState(e *store.StateError) bantin.Words {
	vi, en := "", ""
	switch {
	case e.Status == bantin.EditionDone && e.Act == store.ActionCancel:
		vi, en = "đã gửi xong, không còn gì để hủy", "everything of it was sent"
	case e.Status == bantin.EditionDone:
		vi, en = "đã gửi xong; `bantin editions retry --failed "+e.Edition+"` gửi lại các thư hỏng", "everything of it was sent; `bantin editions retry --failed "+e.Edition+"` sends what failed again"
	case e.Status == bantin.EditionCancelled:
		vi, en = "đã hủy hẳn; tin của nó sẽ vào kỳ sau (`bantin digest send`)", "that is for good; its news comes with the next one (`bantin digest send`)"
	case e.Status == bantin.EditionHeld:
		vi, en = "đang bị giữ lại, không gửi gì; `bantin editions resume "+e.Edition+"` để gửi tiếp", "nothing of it is sent; `bantin editions resume "+e.Edition+"` lets it go on"
	}
	return bantin.Words{VI: fmt.Sprintf("Kỳ %s %s.", e.Edition, vi), EN: en}
}
