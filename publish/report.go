package publish

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"bantin"
	"bantin/mailer"
	"bantin/schedule"
	"bantin/store"
)

// settledWithin is how long an edition may take, counted within its hours and
// from the end of its first wave's wait, before the admin is told that it is
// not settled: the second retry of a greylisted message is over by then.
const settledWithin = 2 * time.Hour

// expected gives by when an edition that begins then should be settled.
func expected(d *bantin.Digest) func(begins time.Time) time.Time {
	return func(begins time.Time) time.Time {
		long := settledWithin
		if d.Canary > 0 {
			long += d.CanaryWait
		}
		w, err := schedule.ParseWindow(d.Between)
		if err != nil || d.Location == nil {
			return begins.Add(long) // at any hour
		}
		return w.After(begins, long, d.Location)
	}
}

// report writes what is owed to admins into the store; it is sent as a notice.
func (ed *Editor) report(ctx context.Context) error {
	owed, err := ed.DB.Notices().DueReports(ctx)
	if err != nil {
		return err
	}
	for _, o := range owed {
		e, err := ed.DB.Editions().Get(ctx, o.Edition)
		if err != nil {
			return err
		}
		r := reportOf(&e, o.Kind)
		r.Zone = o.Zone
		if r.Causes, err = ed.reasons(ctx, e.Row); err != nil {
			return err
		}
		if err := ed.DB.Notices().ReportEdition(ctx, e.Row, r, ed.Site.Language); err != nil {
			return err
		}
		if o.Kind == store.ReportOverdue {
			ed.Log.Warn("an edition is not settled in time", "edition", e.ID, "status", e.Status, "waiting", e.Counts.Unsettled())
		}
	}
	return nil
}

func reportOf(e *bantin.Edition, kind store.ReportKind) store.Report {
	return store.Report{Kind: kind, Digest: e.Digest, Title: e.Title, Due: e.Due, Edition: e.ID, Number: e.Number, Status: e.Status,
		Opens: e.Opens, Why: e.Reason, Detail: plainReply(e.Detail), Counts: e.Counts, Returned: e.Returned}
}

// How many reasons are told apart, and how many are told.
const (
	mostReasons  = 500
	toldReasons  = 10
	longestReply = 160 // characters
)

// reasons groups what servers said of the deliveries that failed or wait, the
// most frequent first.
func (ed *Editor) reasons(ctx context.Context, edition int64) ([]store.FailureCause, error) {
	counts := map[string]int64{}
	err := ed.DB.Deliveries().VisitReplies(ctx, edition, func(reply string) {
		reply = plainReply(reply)
		if _, known := counts[reply]; !known && len(counts) >= mostReasons {
			reply = statusOf(reply)
		}
		counts[reply]++
	})
	if err != nil {
		return nil, err
	}
	var list []store.FailureCause
	for _, reply := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, store.FailureCause{Reply: reply, Count: counts[reply]})
	}
	slices.SortStableFunc(list, func(a, b store.FailureCause) int { return cmp.Compare(b.Count, a.Count) })
	for len(list) > toldReasons {
		last := len(list) - 1
		list[toldReasons-1] = store.FailureCause{Reply: "…", Count: list[toldReasons-1].Count + list[last].Count}
		list = list[:last]
	}
	return list, nil
}

// What differs in replies that mean the same: addresses of people and machines,
// and the names that servers give a connection or a message.
var (
	aMailbox = regexp.MustCompile(`<?[^\s<>,;:]+@[^\s<>,;:]+>?`)
	aMachine = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`)
	aName    = regexp.MustCompile(`[\w.-]{9,}`)
)

// plainReply is a reply without what differs from one recipient to the next, as
// one line that can stand in a mail.
func plainReply(reply string) string {
	reply = aMachine.ReplaceAllString(unnamed(reply), "…")
	reply = aName.ReplaceAllStringFunc(reply, func(word string) string {
		if strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter) {
			return "…"
		}
		return word
	})
	return oneLine(reply)
}

// unnamed is a reply without the addresses of people: it is kept with an edition,
// where nobody looks for them when one of them is erased.
func unnamed(reply string) string { return aMailbox.ReplaceAllString(reply, "…") }

// oneLine is a text that can stand in a sentence of a mail.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return bantin.Shorten(strings.Join(strings.Fields(text), " "), longestReply)
}

// statusOf is the beginning of a reply: its codes.
func statusOf(reply string) string {
	words := strings.Fields(reply)
	return strings.Join(words[:min(len(words), 2)], " ")
}

// report makes the mail of a report.
func (c *NoticeSender) report(m *mailer.NoticeMail, n *store.Notice) error {
	r := n.About.Report
	if r == nil {
		return fmt.Errorf("report %q: it is empty", n.Nonce)
	}
	loc, err := time.LoadLocation(r.Zone)
	if err != nil || r.Zone == "" {
		loc = c.Site.Location
	}
	s := reportWords(m.Language, r, loc)
	m.Subject = cmp.Or(r.Edition, r.Digest) + ": " + s.short
	m.Heading = r.Title
	if r.Number > 0 {
		m.Heading += m.Say(" – số ", " – No. ") + mailer.FormatCount(m.Language, int64(r.Number))
	}
	m.Before = []string{fmt.Sprintf(m.Say("Đến hạn lúc %s.", "Due at %s."), mailer.FormatTime(m.Language, r.Due.In(loc))) + " " + s.long}
	if r.Edition != "" {
		m.Items = reportItems(m.Language, r)
		m.Button, m.URL = m.Say("Xem kỳ này trên trang web", "See this edition on the web"), c.Site.LinkIn(m.Language, "/editions/"+r.Edition)
	}
	m.After = append(s.advice, m.Say("Thư này đến vì khóa report trong bantin.yaml ghi địa chỉ này.", "You get this mail because the key report in bantin.yaml names this address."))
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
