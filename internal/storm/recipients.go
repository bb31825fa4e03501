//go:build unix

package storm

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// recipients are the contacts of the edition and when they left.
type recipients struct {
	n    int
	left map[int]time.Time // since then no message to them may begin
}

func newRecipients(n int) *recipients { return &recipients{n: n, left: map[int]time.Time{}} }

func address(n int) string { return fmt.Sprintf("hoi-vien-%d@example.org", n) }

// number is the number of the contact with an address, or -1.
func number(address string) int {
	name, ok := strings.CutPrefix(address, "hoi-vien-")
	name, _, _ = strings.Cut(name, "@")
	n, err := strconv.Atoi(name)
	if !ok || err != nil {
		return -1
	}
	return n
}

// list is the contacts as a CSV file of an office.
func (p *recipients) list() string {
	places := []string{"Phú Thọ", "Hà Nội", "Cần Thơ", "Thừa Thiên Huế", "Đắk Lắk", "Bà Rịa – Vũng Tàu", "TP. Hồ Chí Minh"}
	var b strings.Builder
	b.WriteString("thư điện tử,họ tên,tỉnh,cấp\n")
	for i := range p.n {
		fmt.Fprintf(&b, "%s,Nguyễn Thị Ánh %d,%s,tỉnh\n", address(i), i, places[i%len(places)])
	}
	return b.String()
}

// compare checks the mail server's record against what was promised to each
// contact.
func (s *storm) compare() {
	ids := map[string]string{}
	changed := map[string]bool{}
	for _, m := range s.server.Messages() {
		was, again := ids[m.To]
		if !again {
			ids[m.To] = m.ID
			continue
		}
		s.report.Repeated++
		if was != m.ID {
			changed[m.To] = true
		}
	}
	for to := range changed {
		s.report.ChangedMessageID = append(s.report.ChangedMessageID, to)
	}
	s.report.Received = len(ids)
	for n := range s.recipients.n {
		to := address(n)
		_, got := ids[to]
		left, gone := s.recipients.left[n]
		switch {
		case gone && got && s.mailServer.begun[to].After(left.Add(s.LeaveGrace)):
			s.report.Late = append(s.report.Late, to)
		case gone && got:
			s.report.ReceivedThenLeft++
		case got:
		case s.mailServer.refuses(to):
			s.report.Refused++ // whether they left or not
		case gone:
			s.report.Left++
		default:
			s.report.Lost = append(s.report.Lost, to)
		}
	}
	s.report.Unanswered = s.mailServer.unanswered
	s.report.AllowedRepeats += s.mailServer.unanswered
}
