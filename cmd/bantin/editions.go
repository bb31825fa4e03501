package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/mailer"
)

// editionCommands are the subcommands of `bantin editions`.
type editionCommands struct{ *app }

func (a editionCommands) command() *cobra.Command {
	var digest string
	var limit int
	list := &cobra.Command{
		Use:     "list",
		Short:   a.text("Liệt kê các kỳ, kỳ mới nhất đứng trước", "List editions, newest first"),
		Example: asTyped("bantin editions list --digest hang-tuan -n 5"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.listEditions(ctx, w, digest, limit) }),
	}
	list.Flags().StringVar(&digest, "digest", "", a.text("chỉ các kỳ của bản tin tổng hợp `ID`", "only editions of the digest `ID`"))
	list.Flags().IntVarP(&limit, "limit", "n", 20, a.text("nhiều nhất `N` kỳ", "at most `N` editions"))
	var deliveries bool
	var status string
	show := &cobra.Command{
		Use:     "show ID",
		Short:   a.text("Xem một kỳ (BẢN-TIN-SỐ)", "Show one edition (DIGEST-NUMBER)"),
		Example: asTyped("bantin editions show hang-tuan-12", "bantin editions show hang-tuan-12 --status failed"),
		PreRunE: func(*cobra.Command, []string) error { return wantStatus(status) },
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			return a.showEdition(ctx, w, args[0], deliveries || status != "", bantin.DeliveryStatus(status))
		}),
	}
	show.Flags().BoolVar(&deliveries, "deliveries", false, a.text("liệt kê cả từng thư", "also list the deliveries"))
	show.Flags().StringVar(&status, "status", "", a.text("chỉ các thư có `STATUS`: queued, sent, deferred, failed hoặc skipped", "only deliveries of this `STATUS`: queued, sent, deferred, failed or skipped"))
	completeValues(show, "status", "queued", "sent", "deferred", "failed", "skipped")
	return a.group("editions", "Xem các kỳ; dừng, hủy hoặc gửi lại", "Look at editions, and stop, end or repeat them", append([]*cobra.Command{list, show, a.messageCommand(), a.auditCommand()}, a.steerCommands()...)...)
}

func (a editionCommands) listEditions(ctx context.Context, w *deps, digest string, limit int) error {
	editions, err := w.db.Editions().List(ctx, digest, limit)
	if err != nil {
		return err
	}
	if len(editions) == 0 && !a.json {
		a.note("Chưa có kỳ nào.", "No editions yet.")
	}
	for i := range editions {
		if err := a.editionLine(w, &editions[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a editionCommands) editionLine(w *deps, e *bantin.Edition) error {
	a.explainStanding(w, e)
	if a.json {
		return a.printJSON(e)
	}
	c := e.Counts
	noun := a.language.Say("tin", "bulletins")
	if len(e.Bulletins) == 1 {
		noun = a.language.Say("tin", "bulletin")
	}
	a.say("%s  %s  %s: %d %s; %d đã gửi, %d còn chờ, %d hỏng, %d bỏ qua", "%s  %s  %s: %d %s; %d sent, %d waiting, %d failed, %d skipped",
		e.ID, a.formatTime(e.Due, w.zone(e.Digest)), a.standing(w, e), len(e.Bulletins), noun, c.Sent, c.Unsettled(), c.Failed, c.Skipped)
	return nil
}

// standing is the status of an edition with what it waits for.
func (a editionCommands) standing(w *deps, e *bantin.Edition) string {
	word := a.statusWord(e.Status)
	switch {
	case !e.Opens.IsZero():
		return word + a.language.Say(", gửi tiếp lúc ", ", continues at ") + a.formatTime(e.Opens, w.zone(e.Digest))
	case e.Held != nil && e.Held.Detail.Outcomes > 0 && e.Held.Detail.Doubtful == 0:
		return word + fmt.Sprintf(a.language.Say(" (%d/%d thư bị từ chối)", " (%d of %d refused)"), e.Held.Detail.Refused, e.Held.Detail.Outcomes)
	case e.Waiting != nil:
		return word + " (" + a.waitWord(e.Waiting) + ")"
	}
	return word
}

// waitWord says in a few words what an edition waits for.
func (a editionCommands) waitWord(w *bantin.Wait) string {
	if w.Domain != "" {
		return a.language.Say("chờ vì ", "waits for ") + w.Domain
	}
	words := map[bantin.WaitReason]bantin.Words{
		bantin.WaitQuota: {VI: "chờ hạn mức của tài khoản", EN: "waits for the limit of the account"},
		bantin.WaitRelay: {VI: "chờ máy chủ gửi thư", EN: "waits for the mail server"},
		bantin.WaitRetry: {VI: "chờ gửi lại", EN: "waits to try again"},
	}
	return words[w.Reason].In(a.language)
}

// explainStanding says in words why an edition is held or waits.
func (a editionCommands) explainStanding(w *deps, e *bantin.Edition) {
	if e.Held != nil {
		e.Held.What = mailer.HoldWords(e.Held).In(a.language)
	}
	if e.Waiting != nil {
		e.Waiting.What = mailer.WaitWords(e.Waiting, w.zone(e.Digest)).In(a.language)
	}
}

// tellStanding prints why an edition is held or waits, and what to do.
func (a editionCommands) tellStanding(e *bantin.Edition) {
	hold := e.Held
	if hold != nil {
		a.note("%s", "%s", hold.What)
	}
	if e.Waiting != nil && e.Waiting.Reason != bantin.WaitWindow {
		a.note("%s", "%s", e.Waiting.What)
		hold = e.Waiting.Hold
	}
	if hold != nil {
		a.note("%s", "%s", mailer.HoldAdvice(e.ID, hold).In(a.language))
	}
}

func (a editionCommands) statusWord(s bantin.EditionStatus) string {
	words := map[bantin.EditionStatus]bantin.Words{
		bantin.EditionDraft:     {VI: "bản thảo, chờ duyệt", EN: "draft, waits for approval"},
		bantin.EditionScheduled: {VI: "đã hẹn giờ", EN: "scheduled"},
		bantin.EditionOpen:      {VI: "chờ gửi", EN: "open"},
		bantin.EditionSending:   {VI: "đang gửi", EN: "sending"},
		bantin.EditionPaused:    {VI: "tạm dừng", EN: "paused"},
		bantin.EditionHeld:      {VI: "bị giữ lại", EN: "held"},
		bantin.EditionCancelled: {VI: "đã hủy", EN: "cancelled"},
		bantin.EditionDone:      {VI: "xong", EN: "done"},
	}
	return words[s].In(a.language)
}

func (a editionCommands) showEdition(ctx context.Context, w *deps, id string, deliveries bool, status bantin.DeliveryStatus) error {
	e, err := w.db.Editions().Get(ctx, id)
	if err != nil {
		return editionNotFound(err, id)
	}
	if err := a.editionLine(w, &e); err != nil {
		return err
	}
	if !a.json {
		for _, b := range e.Bulletins {
			fmt.Fprintln(a.out, "  "+b)
		}
		a.tellAccount(&e)
		a.tellStanding(&e)
	}
	if !deliveries {
		return nil
	}
	return w.db.Deliveries().Visit(ctx, &e, status, func(d bantin.Delivery) error {
		if d.Contact != "" {
			d.MessageID = w.messageID(&e, d.Contact)
		}
		return a.deliveryLine(d)
	})
}

// tellAccount says where the deliveries of an edition do not add up.
func (a editionCommands) tellAccount(e *bantin.Edition) {
	if e.Unaccounted == 0 {
		return
	}
	c := e.Counts
	a.say("  SỔ GỬI LỆCH: %d người nhận, mà %d đã gửi + %d hỏng + %d bỏ qua + %d còn chờ = %d. `bantin editions audit %s` cho biết lệch ở đâu.",
		"  THE LEDGER DIFFERS: %d recipients, and %d sent + %d failed + %d skipped + %d waiting = %d. `bantin editions audit %s` says where.",
		e.Recipients, c.Sent, c.Failed, c.Skipped, c.Unsettled(), c.Total(), e.ID)
}

func (a editionCommands) deliveryLine(d bantin.Delivery) error {
	if a.json {
		return a.printJSON(d)
	}
	_, err := fmt.Fprintf(a.out, "%-8s  %s  %d  %s\n", d.Status, d.Contact, d.Attempts, d.Reply)
	return err
}

// wantStatus refuses what deliveries cannot stand at; nothing is all of them.
func wantStatus(text string) error {
	switch bantin.DeliveryStatus(text) {
	case "", bantin.DeliveryQueued, bantin.DeliverySent, bantin.DeliveryDeferred, bantin.DeliveryFailed, bantin.DeliverySkipped:
		return nil
	}
	return wrongUsage("--status %q: chỉ có queued, sent, deferred, failed, skipped", "--status %q: want queued, sent, deferred, failed or skipped", text)
}
