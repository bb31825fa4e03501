package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/mailer/bounce"
	"bantin/publish/returns"
	"bantin/store"
)

// suppressionCommands are the subcommands of `bantin suppressions`.
type suppressionCommands struct{ *app }

func (a suppressionCommands) command() *cobra.Command {
	var raw bool
	list := &cobra.Command{
		Use:   "list [ADDRESS]",
		Short: a.text("Liệt kê các địa chỉ bị chặn gửi, hoặc xem một địa chỉ và thư dẫn tới đó", "List suppressed addresses, or show one with the message that caused it"),
		Example: asTyped(
			"bantin suppressions list",
			"bantin suppressions list lan@example.org --message"),
		RunE: a.does(func(ctx context.Context, w *deps, args []string) error {
			if len(args) == 1 {
				return a.showSuppression(ctx, w, args[0], raw)
			}
			return a.listSuppressions(ctx, w)
		}),
	}
	list.Flags().BoolVar(&raw, "message", false, a.text("cùng ADDRESS: in nguyên văn thư trả lại", "with ADDRESS: print the returned message unchanged"))
	var reason string
	add := &cobra.Command{
		Use:     "add ADDRESS",
		Short:   a.text("Không gửi thư tới một địa chỉ nữa", "Suppress an address: send it no more mail"),
		Example: asTyped("bantin suppressions add lan@example.org --reason \"gọi điện xin thôi\""),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.suppress(ctx, w, args[0], reason) }),
	}
	add.Flags().StringVar(&reason, "reason", "", a.text("vì sao (`TEXT`), cho người hỏi sau này", "the reason (`TEXT`), for the record"))
	remove := &cobra.Command{
		Use:     "remove ADDRESS",
		Short:   a.text("Lại cho gửi thư tới một địa chỉ", "Remove an address from the suppressions"),
		Example: asTyped("bantin suppressions remove lan@example.org"),
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.unsuppress(ctx, w, args[0]) }),
	}
	return a.group("suppressions", "Các địa chỉ bị chặn gửi", "Addresses that must not be mailed", list, add, remove, a.undoCommand())
}

type suppressionJSON struct {
	Email   string       `json:"email"`
	Address string       `json:"address"` // the same, under its older name
	Reason  string       `json:"reason"`
	Origin  string       `json:"origin"` // office, or the kind of what came back
	Since   time.Time    `json:"since"`
	Edition string       `json:"edition,omitempty"`
	By      string       `json:"by"` // office, refusal, bounce or complaint
	Message *messageJSON `json:"message,omitempty"`
}

// suppressedBy is who suppressed an address: the office, a server that refused a message
// while it was sent, a message that came back, or a reader who complained.
func suppressedBy(s *store.Suppression) string {
	switch {
	case s.Origin == store.OriginOffice:
		return "office"
	case s.Origin == string(bounce.Complaint):
		return "complaint"
	case s.Message != nil && s.Message.Proof == store.ProofReply:
		return "refusal"
	}
	return "bounce"
}

// messageJSON is what led to a suppression.
type messageJSON struct {
	At         time.Time `json:"at"`
	Recipient  string    `json:"recipient,omitempty"`
	Kind       string    `json:"kind"`
	Status     string    `json:"status,omitempty"`
	Diagnostic string    `json:"diagnostic,omitempty"`
	Proof      string    `json:"proof"`
}

func (a suppressionCommands) tellSuppression(w *deps, s store.Suppression) error {
	if !a.json {
		a.say("%s: %s (%s, từ %s)", "%s: %s (%s, since %s)", s.Address, suppressionWords(s.Reason).In(a.language),
			originOf(s.Origin).In(a.language), a.formatTime(s.At, w.site.Location))
		return nil
	}
	row := suppressionJSON{Email: s.Address, Address: s.Address, Reason: s.Reason, Origin: s.Origin, Since: s.At, Edition: s.Edition, By: suppressedBy(&s)}
	if m := s.Message; m != nil {
		row.Message = &messageJSON{m.At, m.Address, m.Kind, m.Status, m.Diagnostic, m.Proof}
	}
	return a.printJSON(row)
}

func (a suppressionCommands) listSuppressions(ctx context.Context, w *deps) error {
	return w.db.Suppressions().Visit(ctx, func(s store.Suppression) error { return a.tellSuppression(w, s) })
}

func (a suppressionCommands) showSuppression(ctx context.Context, w *deps, address string, raw bool) error {
	s, err := w.db.Suppressions().Get(ctx, contact.AsStored(address))
	if err != nil {
		return suppressionNotFound(err, address)
	}
	if raw {
		return a.writeMessage(s)
	}
	if err := a.tellSuppression(w, s); err != nil || a.json || s.Message == nil {
		return err
	}
	m := s.Message
	a.detail("kỳ", "edition", s.Edition)
	a.detail("mã", "status", m.Status)
	a.detail("máy chủ nói", "the server said", m.Diagnostic)
	a.detail("biết là ai nhờ", "known by", proofWords(m.Proof).In(a.language))
	if len(m.Raw) > 0 {
		a.say("  nguyên văn: bantin suppressions list %s --message", "  full message: bantin suppressions list %s --message", s.Address)
	}
	return nil
}

// writeMessage writes what came back, byte for byte.
func (a suppressionCommands) writeMessage(s store.Suppression) error {
	if s.Message == nil || len(s.Message.Raw) == 0 {
		a.note("Không có nguyên văn: ghi tay, bị từ chối lúc gửi, hoặc đã quá hạn lưu (keep.bounces).",
			"There is no message: it was added by hand, refused while it was sent, or is older than keep.bounces.")
		return &toldError{errors.New("no message")}
	}
	_, err := a.document().Write(s.Message.Raw)
	return err
}

func (a suppressionCommands) suppress(ctx context.Context, w *deps, address, reason string) error {
	checked, wrong := contact.Check(bantin.Contact{Email: address})
	if wrong != nil {
		return &usageError{bantin.Say("%q: %s", "%q: %s", address, wrong.Reason)}
	}
	reason = cmp.Or(reason, store.OriginOffice)
	added := false
	err := w.recorded(ctx, bantin.ActionKind(bantin.AuditSuppressed), checked.Contact.Email, reason, func() (err error) {
		added, err = w.db.Suppressions().Add(ctx, checked.Contact.Email, reason, time.Now())
		return err
	})
	switch {
	case err != nil:
		return err
	case a.json:
		s, err := w.db.Suppressions().Get(ctx, checked.Contact.Email)
		if err != nil {
			return err
		}
		return a.tellSuppression(w, s)
	case added:
		a.say("Không gửi thư tới %s nữa", "Suppressed %s", checked.Contact.Email)
	default:
		a.say("%s đã ở trong danh sách", "%s is already suppressed", checked.Contact.Email)
	}
	return nil
}

func (a suppressionCommands) unsuppress(ctx context.Context, w *deps, address string) error {
	s, err := w.db.Suppressions().Get(ctx, contact.AsStored(address))
	if err != nil {
		return suppressionNotFound(err, address)
	}
	err = w.recorded(ctx, bantin.ActionKind(bantin.AuditUnsuppressed), s.Address, "", func() error {
		return w.db.Suppressions().Remove(ctx, contact.AsStored(address))
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Removed string `json:"removed"`
		}{s.Address})
	}
	a.say("Gửi thư tới %s trở lại", "Removed the suppression of %s", s.Address)
	if bounce.Kind(s.Origin) == bounce.Complaint {
		a.note("Người này đã khiếu nại: vẫn là đã ngừng nhận mọi bản tin, cho tới khi tự đăng ký lại.",
			"This contact complained: they stay unsubscribed from all digests until they sign up again.")
	}
	return nil
}

// suppressionWords names a reason; what a person wrote is said as it is.
func suppressionWords(reason string) bantin.Words {
	if reason == store.OriginOffice {
		return bantin.Words{VI: "văn phòng ghi tay", EN: "added by the office"}
	}
	if words := bounce.Reason(reason).Words(); words.VI != "" {
		return words
	}
	return bantin.Words{VI: reason, EN: reason}
}

func originOf(origin string) bantin.Words {
	if origin == store.OriginOffice {
		return bantin.Words{VI: "văn phòng", EN: "the office"}
	}
	return bounce.Kind(origin).Words()
}

func doneWords(done string) bantin.Words {
	return map[string]bantin.Words{
		store.DoneNothing:      {VI: "không phải làm gì", EN: "nothing to do"},
		store.DoneNoted:        {VI: "đã ghi nhận", EN: "noted"},
		store.DoneAlarm:        {VI: "cảnh báo cho quản trị: bên nhận từ chối máy chủ của ta", EN: "alarm for the admin: the receiver refuses our server"},
		store.DonePending:      {VI: "chưa làm gì, sẽ quyết định khi kỳ ấy gửi xong", EN: "nothing yet, decided when its edition has settled"},
		store.DoneSuppressed:   {VI: "không gửi tới địa chỉ này nữa", EN: "the address is suppressed"},
		store.DoneUnsubscribed: {VI: "đã ngừng nhận", EN: "unsubscribed"},
		store.DoneAnswered:     {VI: "được gửi thư có nút ngừng nhận", EN: "gets the mail with the button to unsubscribe"},
	}[done]
}

func proofWords(proof string) bantin.Words {
	if provider, ok := strings.CutPrefix(proof, returns.ProofWebhook); ok {
		return bantin.Words{VI: "nhà cung cấp gửi thư báo (" + provider + ")", EN: "the report of the mail provider (" + provider + ")"}
	}
	return map[string]bantin.Words{
		returns.ProofReturnPath: {VI: "địa chỉ trả về có chữ ký", EN: "the signed return path"},
		returns.ProofOriginal:   {VI: "địa chỉ trả về có chữ ký trong thư gốc", EN: "the signed return path in the returned message"},
		returns.ProofMessageID:  {VI: "Message-ID của ta trong thư gốc", EN: "our Message-ID in the returned message"},
		returns.ProofLeave:      {VI: "địa chỉ ngừng nhận có chữ ký", EN: "the signed unsubscribe address"},
		store.ProofReply:        {VI: "máy chủ trả lời ngay khi gửi", EN: "the server's reply during sending"},
	}[proof]
}
