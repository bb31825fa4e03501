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
	if r.Kind == store.ReportProblems {
		s.problems(m, r)
		return nil
	}
	loc, err := time.LoadLocation(r.Zone)
	if err != nil || r.Zone == "" {
		loc = s.Site.Location
	}
	if r.Draft != nil {
		s.draftReport(m, r, loc)
		return nil
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
	m.Lists = problemLists(m.Language, r)
	m.After = append(said.advice, m.Say("Thư này đến vì khóa report trong bantin.yaml ghi địa chỉ này.", "You receive this mail because the key report in bantin.yaml names this address."))
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
	resume := fmt.Sprintf(l.Say("Để gửi tiếp: bantin editions resume %s. Để bỏ hẳn: bantin editions cancel %s.", "To continue: bantin editions resume %s. To give up: bantin editions cancel %s."), r.Edition, r.Edition)
	failed := fmt.Sprintf(l.Say("Xem từng địa chỉ: bantin editions show %s --status failed. Gửi lại: bantin editions retry --failed %s.",
		"To list the addresses: bantin editions show %s --status failed. To retry: bantin editions retry --failed %s."), r.Edition, r.Edition)
	switch {
	case r.Kind == store.ReportLate:
		return reported{l.Say("đến hạn đã lâu, không gửi", "overdue, not mailed"),
			l.Say("Lúc đó bantin không chạy, và nay đã quá mức late của bản này, nên không lập kỳ nào. Tin của kỳ ấy sẽ vào kỳ sau.",
				"bantin did not run at that time, and it is now longer ago than late allows, so no edition was made. Its news will be in the next edition."),
			[]string{fmt.Sprintf(l.Say("Muốn gửi ngay: bantin digest send %s.", "To mail it now: bantin digest send %s."), r.Digest)}}
	case r.Kind == store.ReportNobody:
		return reported{l.Say("không có người nhận, không gửi", "nobody to mail it to"),
			fmt.Sprintf(l.Say("Không ai nhận bản này (%s), nên không lập kỳ nào. Tin của kỳ ấy vẫn là tin mới và sẽ vào kỳ sau.",
				"Nobody gets this digest (%s), so no edition was made. Its news stays for the next edition."), r.Detail),
			[]string{fmt.Sprintf(l.Say("Xem ai sẽ nhận: bantin digest audience %s. Sau khi sửa, gửi ngay: bantin digest send %s.",
				"To see who would get it: bantin digest audience %s. To mail it once that is corrected: bantin digest send %s."), r.Digest, r.Digest)}}
	case r.Kind == store.ReportBroken:
		return reported{l.Say("có thư không soạn được", "some messages cannot be composed"),
			fmt.Sprintf(l.Say("Thư cho một nhóm người nhận không soạn được: %s. Những người khác vẫn nhận; nhóm này được thử lại mỗi phút.",
				"The message for one group of recipients cannot be composed: %s. The others are sent; this group is retried every minute."), r.Detail),
			[]string{l.Say("Hãy sửa mẫu thư trong thư mục templates rồi nạp lại bantin.", "Correct the template in the templates folder and reload bantin.")}}
	case r.Kind == store.ReportHeld:
		return heldReport(l, r)
	case r.Kind == store.ReportUnaccounted:
		return unaccountedReport(l, r)
	case r.Kind == store.ReportOverdue:
		s := reported{fmt.Sprintf(l.Say("chưa gửi xong, còn %s thư", "unfinished, %s messages waiting"), number(c.Unsettled())),
			l.Say("Lẽ ra kỳ này đã gửi xong. Khi xong sẽ có thư báo nữa.", "This edition should be finished by now. You get another mail when it is."), nil}
		if r.Status == bantin.EditionPaused || r.Status == bantin.EditionHeld {
			s.long, s.advice = l.Say("Kỳ này đang dừng và chưa gửi xong.", "This edition has stopped and is not finished."), []string{resume}
		}
		if !r.Opens.IsZero() {
			s.long += " " + fmt.Sprintf(l.Say("Gửi tiếp lúc %s.", "It continues at %s."), mailer.FormatTime(l, r.Opens.In(loc)))
		}
		return s
	case r.Status == bantin.EditionCancelled:
		return reported{l.Say("đã hủy", "cancelled"), l.Say("Kỳ này đã hủy; tin của nó sẽ vào kỳ sau.", "This edition was cancelled. Its news will be in the next edition."), nil}
	case c.Failed > 0:
		return reported{fmt.Sprintf(l.Say("đã gửi xong, %s thư hỏng", "finished, %s failed"), number(c.Failed)), l.Say("Kỳ này đã gửi xong.", "This edition is finished."), []string{failed}}
	}
	return reported{l.Say("đã gửi xong", "finished"), l.Say("Kỳ này đã gửi xong, không thư nào hỏng.", "This edition is finished. Nothing failed."), nil}
}

// heldReport tells of an edition that is held, or of a receiving domain that is.
func heldReport(l bantin.Language, r *store.Report) reported {
	h := &bantin.Hold{Reason: r.Why, Domain: r.Domain, Detail: r.Hold}
	s := reported{l.Say("bị giữ lại, máy chủ thư từ chối", "held, mail is refused"), mailer.HoldWords(h).In(l), []string{
		fmt.Sprintf(l.Say("Xem từng địa chỉ: bantin editions show %s --status failed.", "To list the addresses: bantin editions show %s --status failed."), r.Edition),
		mailer.HoldAdvice(r.Edition, h).In(l)}}
	switch {
	case r.Why == bantin.HeldFirstWave:
		s.short = l.Say("bị giữ lại, đợt đầu hỏng nhiều", "held, too many failures in the first wave")
	case r.Domain != "":
		s.short = fmt.Sprintf(l.Say("%s từ chối nhiều thư: tên miền này phải chờ", "%s refuses much: this domain waits"), r.Domain)
	}
	return s
}

// unaccountedReport tells of an edition whose deliveries do not add up.
func unaccountedReport(l bantin.Language, r *store.Report) reported {
	number := func(n int64) string { return mailer.FormatCount(l, n) }
	long := l.Say("Kỳ này đã gửi xong, nhưng sổ gửi thư không khớp: %s người nhận, mà đã gửi, hỏng, bỏ qua và còn chờ cộng lại là %s.",
		"This edition is finished, but its ledger does not add up: %s recipients, and sent, failed, skipped and waiting are %s together.")
	return reported{l.Say("sổ gửi thư không khớp", "the ledger does not add up"), fmt.Sprintf(long, number(r.Frozen), number(r.Frozen-r.Unaccounted)),
		[]string{fmt.Sprintf(l.Say("Xem lệch ở đâu: bantin editions audit %s. Hãy kiểm tra ổ đĩa, và xem có ai sửa cơ sở dữ liệu bằng tay không.",
			"To see where it differs: bantin editions audit %s. Check the disk, and whether somebody changed the database by hand."), r.Edition)}}
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
		{l.Say("bị trả lại sau khi gửi", "returned later"), r.Returned, false},
	} {
		if line.always || line.n > 0 {
			items = append(items, mailer.FormatCount(l, line.n)+" "+line.what)
		}
	}
	for _, reason := range r.Causes {
		items = append(items, mailer.FormatCount(l, reason.Count)+" × "+cmp.Or(reason.Reply, l.Say("không rõ lý do", "no reason given")))
	}
	return items
}
