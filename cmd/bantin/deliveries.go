package main

import (
	"context"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/publish/delivery"
	"bantin/store"
)

// deliveryCommands are the subcommands of `bantin deliveries`.
type deliveryCommands struct{ *app }

func (a deliveryCommands) command() *cobra.Command {
	hold := &cobra.Command{
		Use:     "hold",
		Short:   a.text("Dừng mọi việc gửi thư cho tới khi cho tiếp; thư đang gửi dở thì gửi nốt", "Hold all mailing until it is resumed; messages being sent are finished"),
		Example: asTyped("bantin deliveries hold"),
		RunE:    a.does(a.holdMail),
	}
	var asSent bool
	resume := &cobra.Command{
		Use:     "resume",
		Short:   a.text("Cho gửi thư tiếp, kể cả khi bản khôi phục hay bản chép tự giữ lại", "Resume mailing, also where a restored backup or a copy holds it by itself"),
		Example: asTyped("bantin deliveries resume", "bantin deliveries resume --as-sent"),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			if asSent {
				return w.recorded(ctx, bantin.ActionResumeMail, "", "as sent", func() error { return a.resumeAsSent(ctx, w) })
			}
			return w.recorded(ctx, bantin.ActionResumeMail, "", "", func() error { return a.resumeMail(ctx, w, args) })
		}),
	}
	resume.Flags().BoolVar(&asSent, "as-sent", false, a.text("coi mọi thư lẽ ra được gửi bây giờ là đã gửi, như sau khi khôi phục; không ghi tệp nào", "count all that would be mailed now as sent, as after a restore; no files are written"))
	return a.group("deliveries", "Dừng và cho tiếp mọi việc gửi thư", "Hold and resume all mailing", hold, resume)
}

// mailing is what the two commands print as JSON.
type mailing struct {
	Held bool             `json:"held"`
	Why  store.HoldReason `json:"why,omitempty"` // resume: why it was held
}

func (a deliveryCommands) holdMail(ctx context.Context, w *deps, _ []string) error {
	err := w.recorded(ctx, bantin.ActionHoldMail, "", "", func() error { return w.db.Deliveries().HoldAll(ctx, store.HeldByPerson) })
	if err != nil {
		return err
	}
	why, err := w.db.Deliveries().HoldReason(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(mailing{Held: true, Why: why})
	}
	a.say("Đã dừng mọi việc gửi thư; `bantin deliveries resume` để gửi tiếp.", "All mailing is held. Resume with `bantin deliveries resume`.")
	return nil
}

func (a deliveryCommands) resumeMail(ctx context.Context, w *deps, _ []string) error {
	// A node that has not checked yet whether this is a copy would hold it again.
	if _, err := w.db.Nodes().BeginMailing(ctx); err != nil {
		return err
	}
	was, err := w.db.Deliveries().ResumeAll(ctx)
	if err != nil {
		return err
	}
	switch {
	case a.json:
		return a.printJSON(mailing{Why: was})
	case was == store.NotHeld:
		a.say("Việc gửi thư không bị giữ.", "Mailing was not held.")
	default:
		a.say("Việc gửi thư được tiếp tục.", "Mailing resumed.")
	}
	return nil
}

// whyHeld says to people why all mailing waits and what they can do.
func whyHeld(why store.HoldReason) bantin.Words {
	reason := map[store.HoldReason]bantin.Words{
		store.HeldByPerson: {VI: "có người đã cho dừng", EN: "somebody held it"},
		store.HeldRestored: {VI: "cơ sở dữ liệu này cũ hơn cơ sở dữ liệu mà máy này đã dùng, như một bản sao lưu vừa khôi phục: các kỳ đã gửi sau đó có thể bị gửi lại",
			EN: "this database is older than the one this machine used last, such as a restored backup: editions sent since then could be sent again"},
		store.HeldCopy: {VI: "đây là một bản sao lưu hoặc bản chép: có thể bản gốc vẫn đang gửi",
			EN: "this is a backup or a copy: the original may still be sending"},
	}[why]
	return bantin.Say("Mọi việc gửi thư đang bị giữ lại, vì %s. Nếu đúng là được gửi, hãy chạy `bantin deliveries resume`.", "%s; if it may continue, run `bantin deliveries resume`", reason)
}

// beginMailing is called by who mails before the first message. It tells when
// all mailing is held.
func (a *app) beginMailing(ctx context.Context, w *deps) error {
	why, err := w.db.Nodes().BeginMailing(ctx)
	if err != nil || why == store.NotHeld {
		return err
	}
	return &delivery.HeldError{Why: why}
}
