package delivery

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"bantin/mailer"
	"bantin/store"
)

// draftTitles is how many titles of a draft its mail has: one screen.
const draftTitles = 30

// draftReport makes the mail about an edition that waits for approval: what it says, to
// how many it would go, and where or how it is approved.
func (s *NoticeSender) draftReport(m *mailer.NoticeMail, r *store.Report, loc *time.Location) {
	d := r.Draft
	count := func(n int) string { return mailer.FormatCount(m.Language, int64(n)) }
	m.Subject = r.Edition + ": " + m.Say("bản thảo chờ duyệt", "a draft waits for approval")
	m.Before = []string{fmt.Sprintf(m.Say("Kỳ này là bản thảo, bản %d: %s tin cho %s người. Chưa ai nhận được; duyệt rồi mới gửi.",
		"This edition is a draft, version %d: %s bulletins to %s people. Nobody has got it; it is sent once it is approved."), d.Version, count(len(d.Titles)), count(d.Recipients))}
	if r.Kind == store.ReportUnapproved {
		m.Subject = r.Edition + ": " + m.Say("bản thảo vẫn chưa ai duyệt", "nobody has approved the draft yet")
		m.Before = append([]string{fmt.Sprintf(m.Say("Bản thảo này chờ từ %s và chưa ai duyệt. Nó vẫn chờ; đến hạn lần sau thì bị hủy, tin của nó vào kỳ sau.",
			"This draft has waited since %s and nobody has approved it. It still waits; when the digest is due next it is cancelled, and its news goes into the next edition."),
			mailer.FormatTime(m.Language, d.Since.In(loc)))}, m.Before...)
	}
	m.Heading = r.Title + m.Say(" – số ", " – No. ") + count(r.Number)
	if d.Subject != "" {
		m.Before = append(m.Before, m.Say("Tiêu đề thư: ", "Subject: ")+d.Subject)
	}
	if d.Greeting != "" {
		m.Before = append(m.Before, m.Say("Lời ngỏ:", "Greeting:"))
		m.Before = append(m.Before, strings.Split(d.Greeting, "\n\n")...)
	}
	m.Items = d.Titles
	if more := len(d.Titles) - draftTitles; more > 0 {
		m.Items = append(d.Titles[:draftTitles:draftTitles], fmt.Sprintf(m.Say("và %d tin khác", "and %d more"), more))
	}
	m.After = []string{fmt.Sprintf(m.Say("Bằng lệnh: bantin editions approve %s --version %d. Xem thư của một người: bantin digest preview %s --contact ADDRESS. Sửa: bantin digest compose %s.",
		"By command: bantin editions approve %s --version %d. To see somebody's mail: bantin digest preview %s --contact ADDRESS. To change it: bantin digest compose %s."), r.Edition, d.Version, r.Digest, r.Digest)}
	if d.HasOffice {
		m.Button, m.URL = m.Say("Xem trước, sửa và duyệt", "Preview, change and approve"), s.Site.Link("/office/digests/"+url.PathEscape(r.Digest))
		m.After = append(m.After, m.Say("Thư này đến vì khóa office.people trong bantin.yaml ghi địa chỉ này.", "You receive this mail because the key office.people in bantin.yaml names this address."))
		return
	}
	m.After = append(m.After, m.Say("Thư này đến vì khóa report trong bantin.yaml ghi địa chỉ này.", "You receive this mail because the key report in bantin.yaml names this address."))
}
