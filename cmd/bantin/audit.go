package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bantin"
)

// auditCommand is `bantin audit`.
type auditCommand struct{ *app }

func (a auditCommand) command() *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:     "audit",
		Short:   a.text("Ai đã làm gì, lúc nào: qua lệnh và qua trang của văn phòng", "Show who changed what, when: by commands and on the office's pages"),
		Example: asTyped("bantin audit", "bantin audit --since 2026-11-23T07:00 --json"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.audit(ctx, w, since) }),
	}
	c.Flags().StringVar(&since, "since", "", a.text("từ lúc `TIME`: 2026-11-23T07:00 theo múi giờ của trang, một ngày, hoặc RFC 3339", "since `TIME`: 2026-11-23T07:00 in the site's zone, a day, or RFC 3339"))
	return c
}

func (a auditCommand) audit(ctx context.Context, w *deps, text string) error {
	var since time.Time
	if text != "" {
		var err error
		if since, err = parseTime(text, w.site.Location); err != nil {
			return err
		}
	}
	found := false
	err := w.db.Actions().Since(ctx, since, func(e bantin.Action) error {
		found = true
		if a.json {
			return a.printJSON(e)
		}
		note := ""
		if e.Note != "" {
			note = " (" + e.Note + ")"
		}
		object := ""
		if e.Object != "" {
			object = " " + e.Object
		}
		a.say("%s  %s, %s: %s%s%s", "%s  %s, %s: %s%s%s", a.formatTime(e.Time, w.site.Location), e.Who, viaWords(e.Via).In(a.language), actionWords(e.What).In(a.language), object, note)
		return nil
	})
	if err == nil && !found && !a.json {
		a.note("Chưa có gì.", "Nothing yet.")
	}
	return err
}

func viaWords(via bantin.ActionVia) bantin.Words {
	return map[bantin.ActionVia]bantin.Words{
		bantin.ViaCommand: {VI: "bằng lệnh", EN: "by command"},
		bantin.ViaOffice:  {VI: "trên trang văn phòng", EN: "on the office's pages"},
		bantin.ViaToken:   {VI: "bằng mã của chương trình", EN: "by a token"},
	}[via]
}

// actionWords says what was done; what is done to a contact has words of its own.
func actionWords(what bantin.ActionKind) bantin.Words {
	words, ok := map[bantin.ActionKind]bantin.Words{
		bantin.ActionLink:    {VI: "in liên kết đăng nhập cho", EN: "printed a link to sign in for"},
		bantin.ActionSignIn:  {VI: "đăng nhập", EN: "signed in"},
		bantin.ActionSignOut: {VI: "đăng xuất", EN: "signed out"},
		bantin.ActionEnd:     {VI: "phiên kết thúc vì không còn trong danh sách:", EN: "session ended, no longer on the list:"},
		bantin.ActionToken:   {VI: "tạo mã cho chương trình", EN: "made the token"},
		bantin.ActionRevoke:  {VI: "thu hồi mã", EN: "revoked the token"},
		bantin.ActionPause:   {VI: "tạm dừng kỳ", EN: "paused the edition"},
		bantin.ActionResume:  {VI: "cho gửi tiếp kỳ", EN: "resumed the edition"},
		bantin.ActionCancel:  {VI: "hủy kỳ", EN: "cancelled the edition"},
		bantin.ActionRetry:   {VI: "gửi lại các thư hỏng của kỳ", EN: "retried what failed of the edition"},
		bantin.ActionResend:  {VI: "gửi lại một thư của kỳ", EN: "resent a message of the edition"},
		bantin.ActionImport:  {VI: "nhập danh sách", EN: "imported the list"},
		bantin.ActionCompose: {VI: "soạn kỳ tới của", EN: "composed the next edition of"},
		bantin.ActionSpecial: {VI: "hẹn kỳ đặc biệt của", EN: "planned a special edition of"},
		bantin.ActionApprove: {VI: "duyệt kỳ", EN: "approved the edition"},

		bantin.ActionUndoImport: {VI: "hủy lần nhập danh sách", EN: "undid the import of the list"},
		bantin.ActionErase:      {VI: "xóa hẳn một người nhận", EN: "erased a contact"},
		bantin.ActionExport:     {VI: "xuất danh sách người nhận", EN: "exported the contacts"},

		bantin.ActionRequest:  {VI: "ghi lại yêu cầu", EN: "wrote down the request"},
		bantin.ActionAnswered: {VI: "đã trả lời yêu cầu", EN: "answered the request"},

		bantin.ActionHold:     {VI: "giữ lại tin", EN: "held the bulletin"},
		bantin.ActionRelease:  {VI: "cho đăng tin", EN: "released the bulletin"},
		bantin.ActionWithdraw: {VI: "rút tin", EN: "withdrew the bulletin"},
		bantin.ActionCorrect:  {VI: "sửa tin", EN: "corrected the bulletin"},
		bantin.ActionMerge:    {VI: "nhập tin khác vào tin", EN: "merged another into the bulletin"},
		bantin.ActionRenew:    {VI: "cho là tin mới:", EN: "made news again of the bulletin"},
		bantin.ActionAdd:      {VI: "đăng tin từ tệp", EN: "added a bulletin from the file"},

		bantin.ActionHoldMail:   {VI: "dừng mọi việc gửi thư", EN: "held all mailing"},
		bantin.ActionResumeMail: {VI: "cho tiếp mọi việc gửi thư", EN: "resumed all mailing"},
		bantin.ActionSend:       {VI: "gửi bản tin tổng hợp", EN: "sent the digest"},
		bantin.ActionTestMail:   {VI: "gửi thư thử của bản tin tổng hợp", EN: "mailed a test of the digest"},
		bantin.ActionCollect:    {VI: "đọc nguồn", EN: "collected from"},
		bantin.ActionRestore:    {VI: "khôi phục bản sao lưu", EN: "restored the backup"},
		bantin.ActionCopy:       {VI: "chép cơ sở dữ liệu", EN: "copied the database"},
		bantin.ActionEndAlarm:   {VI: "coi là hết: trục trặc", EN: "ended the trouble"},

		bantin.ActionUndoSuppressions: {VI: "gỡ chặn hàng loạt", EN: "removed suppressions"},
	}[what]
	if !ok {
		return bantin.AuditAction(what).Words()
	}
	return words
}

// note writes into the audit log what is about to be done.
func (w *deps) note(ctx context.Context, what bantin.ActionKind, object, note string) error {
	return w.db.Actions().Add(ctx, bantin.Action{Who: operator(), Via: bantin.ViaCommand, What: what, Object: object, Note: note})
}

// recorded does something and writes into the audit log who did it, before it is done.
func (w *deps) recorded(ctx context.Context, what bantin.ActionKind, object, note string, do func() error) error {
	n, _, err := w.db.Actions().Begin(ctx, bantin.Action{Who: operator(), Via: bantin.ViaCommand, What: what, Object: object, Note: note}, "")
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		if noted := w.db.Actions().Refuse(ctx, n, err.Error()); noted != nil {
			return noted
		}
		return err
	}
	return nil
}
