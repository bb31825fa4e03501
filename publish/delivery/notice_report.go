package delivery

import (
	"cmp"
	"fmt"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// report makes the mail of a report.
func (s *NoticeSender) report(m *mailer.NoticeMail, n *store.Notice) error {
	r := n.About.Report
	if r == nil {
		return fmt.Errorf("report %q: it is empty", n.Nonce)
	}
	loc, err := time.LoadLocation(r.Zone)
	if err != nil || r.Zone == "" {
		loc = s.Site.Location
	}
	said := reportWords(m.Language, r, loc)
	m.Subject = cmp.Or(r.Edition, r.Digest) + ": " + said.short
	m.Heading = r.Title
	if r.Number > 0 {
		m.Heading += m.Say(" – số ", " – No. ") + mailer.FormatCount(m.Language, int64(r.Number))
	}
	m.Before = []string{fmt.Sprintf(m.Say("Đến hạn lúc %s.", "Due at %s."), mailer.FormatTime(m.Language, r.Due.In(loc))) + " " + said.long}
	if r.Edition != "" {
		m.Items = reportItems(m.Language, r)
		m.Button, m.URL = m.Say("Xem kỳ này trên trang web", "See this edition on the web"), s.Site.LinkIn(m.Language, "/editions/"+r.Edition)
	}
	m.After = append(said.advice, m.Say("Thư này đến vì khóa report trong bantin.yaml ghi địa chỉ này.", "You get this mail because the key report in bantin.yaml names this address."))
	return nil
}

// reported is what a report says: in its subject, in a sentence, and what can
// be done.
type reported struct {
	short, long string
	advice      []string
}

func reportWords(l bantin.Language, r *store.Report, loc *time.Location) reported {
	c := r.Counts
	number := func(n int64) string { return mailer.FormatCount(l, n) }
	resume := fmt.Sprintf(l.Say("Để gửi tiếp: bantin editions resume %s. Để bỏ hẳn: bantin editions cancel %s.", "To go on: bantin editions resume %s. To give it up: bantin editions cancel %s."), r.Edition, r.Edition)
	failed := fmt.Sprintf(l.Say("Xem từng địa chỉ: bantin editions show %s --status failed. Gửi lại: bantin editions retry --failed %s.",
		"To see each address: bantin editions show %s --status failed. To send them again: bantin editions retry --failed %s."), r.Edition, r.Edition)
	switch {
	case r.Kind == store.ReportLate:
		return reported{l.Say("đến hạn đã lâu, không gửi", "due too long ago, not mailed"),
			l.Say("Lúc đó bantin không chạy, và nay đã quá mức late của bản này, nên không lập kỳ nào. Tin của kỳ ấy sẽ vào kỳ sau.",
				"The program did not run then, and by now it is further back than late allows: there is no edition of it. Its news comes with the next one."),
			[]string{fmt.Sprintf(l.Say("Muốn gửi ngay: bantin digest send %s.", "To mail it now: bantin digest send %s."), r.Digest)}}
	case r.Kind == store.ReportBroken:
		return reported{l.Say("có thư không soạn được", "some mails cannot be made"),
			fmt.Sprintf(l.Say("Thư cho một nhóm người nhận không soạn được: %s. Những người khác vẫn nhận; nhóm này được thử lại mỗi phút.",
				"The mail of one group of recipients cannot be made: %s. The others get theirs; this group is tried again each minute."), r.Detail),
			[]string{l.Say("Hãy sửa mẫu thư trong thư mục templates rồi nạp lại bantin.", "Mend the template in the folder templates and reload bantin.")}}
	case r.Kind == store.ReportHeld && r.Why == bantin.HeldByCanary:
		return reported{l.Say("bị giữ lại, đợt đầu hỏng nhiều", "held, too much of the first wave failed"),
			fmt.Sprintf(l.Say("Trong đợt gửi đầu, số thư hỏng hoặc bị trả lại là %s. Những người còn lại chưa được gửi.", "Of the first wave %s failed or came back. Nobody else was mailed yet."), r.Detail), []string{failed, resume}}
	case r.Kind == store.ReportHeld:
		return reported{l.Say("bị giữ lại, máy chủ gửi thư từ chối", "held, the mail server refuses"),
			fmt.Sprintf(l.Say("Máy chủ gửi thư từ chối mọi thư: %s. Không ai bị bỏ sót; không gửi thêm cho đến khi có người xem.", "The mail server refuses everything: %s. Nobody is lost, and nothing more is sent until somebody has seen to it."), r.Detail), []string{resume}}
	case r.Kind == store.ReportOverdue:
		s := reported{fmt.Sprintf(l.Say("chưa gửi xong, còn %s thư", "not settled, %s messages wait"), number(c.Unsettled())),
			l.Say("Lẽ ra kỳ này đã gửi xong. Khi xong sẽ có thư báo nữa.", "It should be settled by now. Another mail comes when it is."), nil}
		if r.Status == bantin.EditionPaused || r.Status == bantin.EditionHeld {
			s.long, s.advice = l.Say("Kỳ này đang dừng và chưa gửi xong.", "It stands still and is not settled."), []string{resume}
		}
		if !r.Opens.IsZero() {
			s.long += " " + fmt.Sprintf(l.Say("Gửi tiếp lúc %s.", "It goes on at %s."), mailer.FormatTime(l, r.Opens.In(loc)))
		}
		return s
	case r.Status == bantin.EditionCancelled:
		return reported{l.Say("đã hủy", "cancelled"), l.Say("Kỳ này đã hủy; tin của nó sẽ vào kỳ sau.", "It was cancelled; its news comes with the next one."), nil}
	case c.Failed > 0:
		return reported{fmt.Sprintf(l.Say("đã gửi xong, %s thư hỏng", "settled, %s failed"), number(c.Failed)), l.Say("Kỳ này đã gửi xong.", "It is settled."), []string{failed}}
	}
	return reported{l.Say("đã gửi xong", "settled"), l.Say("Kỳ này đã gửi xong, không thư nào hỏng.", "It is settled, and nothing failed."), nil}
}

// reportItems are the counts, and the reasons behind them.
func reportItems(l bantin.Language, r *store.Report) []string {
	var items []string
	for _, line := range []struct {
		what   string
		n      int64
		always bool
	}{
		{l.Say("đã gửi", "sent"), r.Counts.Sent, true},
		{l.Say("còn chờ", "waiting"), r.Counts.Unsettled(), false},
		{l.Say("hỏng", "failed"), r.Counts.Failed, true},
		{l.Say("bỏ qua", "skipped"), r.Counts.Skipped, false},
		{l.Say("bị trả lại sau khi gửi", "came back later"), r.Returned, false},
	} {
		if line.always || line.n > 0 {
			items = append(items, mailer.FormatCount(l, line.n)+" "+line.what)
		}
	}
	for _, reason := range r.Causes {
		items = append(items, mailer.FormatCount(l, reason.Count)+" × "+cmp.Or(reason.Reply, l.Say("không rõ lý do", "no reason was given")))
	}
	return items
}
