package bounce

import (
	"strings"
	"testing"
)

// answer is a person's answer to a digest.
func answer(subject, text string, header ...string) string {
	return "Return-Path: <lan@example.org>\nFrom: Lan <lan@example.org>\nTo: vanphong@example.org\nSubject: " + subject +
		"\nIn-Reply-To: <00112233445566778899aabbccddeeff@bantin.example.org>\nContent-Type: text/plain; charset=utf-8\n" + strings.Join(header, "") + "\n" + text + "\n"
}

const quoted = "\n\nVào Th 2, 30 thg 11, 2026 lúc 07:00 Hội Khuyến học <bantin@example.org> đã viết:\n> Phú Thọ tổng kết năm học\n> Ngừng nhận: https://bantin.example.org/unsubscribe/x\n"

// A request is the subject, or the first line that the person wrote.
func TestLeaveRequests(t *testing.T) {
	const digest = "Re: Bản tin khuyến học trong tuần – số 12"
	for name, c := range map[string]struct {
		raw  string
		want Reason
	}{
		"xin ngừng nhận":            {answer(digest, "Xin ngừng nhận."+quoted), AsksToLeave},
		"đừng gửi nữa":              {answer(digest, "Đừng gửi nữa!"+quoted), AsksToLeave},
		"without diacritics":        {answer(digest, "toi muon huy dang ky"+quoted), AsksToLeave},
		"unsubscribe":               {answer(digest, "Unsubscribe"+quoted), AsksToLeave},
		"please remove me":          {answer(digest, "Please remove me from this list"+quoted), AsksToLeave},
		"I no longer wish":          {answer(digest, "I no longer wish to receive these"+quoted), AsksToLeave},
		"below a greeting":          {answer(digest, "Kính gửi văn phòng Hội,\n\nĐề nghị văn phòng ngừng gửi bản tin cho tôi."+quoted), AsksToLeave},
		"below what is quoted":      {answer(digest, "> Phú Thọ tổng kết\n\nNgừng nhận ạ"), AsksToLeave},
		"as the subject":            {answer("Xin ngừng nhận", "Cảm ơn."), AsksToLeave},
		"as the subject, answered":  {answer("Re: unsubscribe", ""), AsksToLeave},
		"the mail program's":        {answer("unsubscribe", ""), OptOut},
		"thanks":                    {answer(digest, "Cảm ơn văn phòng."+quoted), NotABounce},
		"a question":                {answer(digest, "Vì sao tôi không nhận được số 11?"+quoted), NotABounce},
		"the contrary":              {answer(digest, "Tôi không muốn ngừng nhận, chỉ đổi địa chỉ."+quoted), NotABounce},
		"further down":              {answer(digest, "Bài về Phú Thọ rất hay.\nĐừng gửi ảnh to quá."+quoted), NotABounce},
		"only in what is quoted":    {answer(digest, quoted), NotABounce},
		"in a long sentence":        {answer(digest, "Xin ngừng nhận hồ sơ xét học bổng của các em học sinh lớp chín trường trung học cơ sở Đức Lương từ ngày mai, vì đã đủ số lượng."), NotABounce},
		"not an answer":             {strings.Replace(answer("Xin ngừng nhận", "…"), "In-Reply-To", "X-Khac", 1), NotABounce},
		"by a machine":              {answer(digest, "Xin ngừng nhận.", "Auto-Submitted: auto-replied\n"), Vacation},
		"by a list":                 {answer(digest, "Xin ngừng nhận.", "List-Id: <hop.example.org>\n"), NotABounce},
		"in bulk":                   {answer(digest, "Xin ngừng nhận.", "Precedence: bulk\n"), NotABounce},
		"without a return path":     {strings.Replace(answer(digest, "Xin ngừng nhận."), "<lan@example.org>\n", "<>\n", 1), NotABounce},
		"by a mail system":          {strings.Replace(answer(digest, "Xin ngừng nhận."), "Lan <lan@", "<mailer-daemon@", 1), NotABounce},
		"a leave notice with words": {answer("Tự động trả lời: nghỉ phép", "Xin ngừng nhận."), Vacation},
	} {
		if got := Classify([]byte(c.raw)).Recipients[0]; got.Reason != c.want {
			t.Errorf("%s: %s %s (%q), want %s", name, got.Kind, got.Reason, got.Because.Found, c.want)
		} else if c.want == AsksToLeave && (got.Kind != Other || got.Address != "lan@example.org") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if raw := []byte(answer("unsubscribe", "")); !IsLeaveRequest(raw, "LAN@example.org") || IsLeaveRequest(raw, "hoa@example.org") {
		t.Error("whose request it is")
	}
}
