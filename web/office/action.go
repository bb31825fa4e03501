package office

import (
	"context"
	"net/http"
	"net/url"

	"bantin"
)

// act does what a form asks for, once for each form, and writes it into the audit log
// before it is done. What is refused may be asked for again by the same form.
func (o *office) act(r *http.Request, v *visit, a bantin.Action, do func(context.Context) error) error {
	ctx := context.WithoutCancel(r.Context()) // a browser that is closed undoes nothing
	form := r.PostForm.Get("form")
	if len(form) > 64 {
		return errBadForm
	}
	if form != "" {
		form = v.session.Hash[:16] + " " + form
	}
	a.Who, a.Via = v.session.Who, bantin.ViaOffice
	if v.token != nil {
		a.Via = bantin.ViaToken
	}
	n, first, err := o.Store.Actions().Begin(ctx, a, form)
	if err != nil || !first {
		return err
	}
	if err := do(ctx); err != nil {
		if noted := o.Store.Actions().Refuse(ctx, n, err.Error()); noted != nil {
			o.Log.Error("refusal of an action cannot be written to the audit log", "action", a.What, "error", noted)
		}
		return err
	}
	return nil
}

// done shows the page of what was changed, with a word about it. A program gets values.
func (o *office) done(w http.ResponseWriter, r *http.Request, path string, what bantin.ActionKind, values ...any) error {
	if wantsJSON(r) {
		return o.show(w, r, "", nil, values...)
	}
	http.Redirect(w, r, path+"?done="+url.QueryEscape(string(what)), http.StatusSeeOther)
	return nil
}

// doneWords says what an action did.
func doneWords(what string) bantin.Words {
	return map[bantin.ActionKind]bantin.Words{
		bantin.ActionPause:  {VI: "Đã tạm dừng. Thư đang gửi dở thì gửi nốt, không thư nào khác bắt đầu.", EN: "Paused. Messages in hand are finished, and no other begins."},
		bantin.ActionResume: {VI: "Đã cho gửi tiếp.", EN: "It goes on."},
		bantin.ActionCancel: {VI: "Đã hủy. Thư chưa đưa đi thì bỏ, tin của kỳ này vào kỳ sau.", EN: "Cancelled. What was not handed over is skipped, and its news comes with the next edition."},
		bantin.ActionRetry:  {VI: "Đã xếp hàng gửi lại các thư hỏng.", EN: "The messages that failed are queued again."},
		bantin.ActionResend: {VI: "Đã xếp hàng gửi lại thư này.", EN: "The message is queued again."},

		bantin.ActionApprove:  {VI: "Đã duyệt: kỳ này được gửi.", EN: "Approved: it is sent."},
		bantin.ActionCompose:  {VI: "Đã ghi. Kỳ tới sẽ như bản xem trước dưới đây.", EN: "Saved. The next edition will be as the preview below."},
		bantin.ActionSpecial:  {VI: "Đã hẹn giờ kỳ đặc biệt.", EN: "The special edition is planned."},
		bantin.ActionTestMail: {VI: "Đã gửi thư thử.", EN: "The test was mailed."},
		bantin.ActionSend:     {VI: "Đã lập kỳ này.", EN: "The edition was made."},

		bantin.ActionHold:     {VI: "Đã giữ lại: bạn đọc không thấy tin này.", EN: "Held: readers do not see it."},
		bantin.ActionRelease:  {VI: "Đã cho đăng.", EN: "Released: readers see it."},
		bantin.ActionWithdraw: {VI: "Đã rút; trang của tin ghi rõ điều đó.", EN: "Withdrawn; its page says so."},
		bantin.ActionCorrect:  {VI: "Đã sửa. Các lần đọc nguồn sau vẫn giữ điều này.", EN: "Corrected. Later reads of the source keep it."},
		bantin.ActionRenew:    {VI: "Đây là tin mới: kỳ tới sẽ có tin này.", EN: "It is news: the next edition has it."},

		bantin.ActionKind(bantin.AuditAdded):   {VI: "Đã thêm người này.", EN: "Added."},
		bantin.ActionKind(bantin.AuditChanged): {VI: "Đã ghi. Những gì người này tự chọn thì giữ nguyên.", EN: "Saved. What they chose themselves stays."},
		bantin.ActionErase:                     {VI: "Đã xóa hẳn. Không danh sách nào đưa người này trở lại.", EN: "Erased for good. No list brings them back."},
		bantin.ActionImport:                    {VI: "Đã nhập danh sách.", EN: "The list is imported."},
		bantin.ActionUndoImport:                {VI: "Đã hủy lần nhập: các ô trở lại như trước; người được thêm thì bỏ, trừ ai đã có thư hay thay đổi.", EN: "The import is undone: fields are as before; who was added is gone, unless something touched them since."},

		bantin.ActionRequest:  {VI: "Đã ghi lại yêu cầu. Gần đến hạn thì trang Hôm nay nhắc.", EN: "The request is written down. Today reminds you when its time runs out."},
		bantin.ActionAnswered: {VI: "Đã ghi là đã trả lời.", EN: "Noted as answered."},

		bantin.ActionMerge: {VI: "Đã nhập làm một: tin kia dẫn đến tin này.", EN: "Merged: the other one leads here."},
		bantin.ActionAdd:   {VI: "Đã nhận tin này.", EN: "The bulletin is stored."},

		bantin.ActionCollect: {VI: "Đã đọc nguồn.", EN: "The source was read."},

		actionUnsuppress:     {VI: "Đã gỡ chặn địa chỉ ấy.", EN: "The suppression is removed."},
		actionUnsuppressMany: {VI: "Đã gỡ chặn.", EN: "The suppressions are removed."},
	}[bantin.ActionKind(what)]
}
