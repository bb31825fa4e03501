//go:build unix

package storm

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// people are the contacts of the edition and when they left.
type people struct {
	n    int
	left map[int]time.Time // since when nothing may begin for her
}

func newPeople(n int) *people { return &people{n: n, left: map[int]time.Time{}} }

func address(n int) string { return fmt.Sprintf("hoi-vien-%d@example.org", n) }

// number is which contact an address is, or -1.
func number(address string) int {
	name, ok := strings.CutPrefix(address, "hoi-vien-")
	name, _, _ = strings.Cut(name, "@")
	n, err := strconv.Atoi(name)
	if !ok || err != nil {
		return -1
	}
	return n
}

// list is the contacts as an office would keep them.
func (p *people) list() string {
	places := []string{"Phú Thọ", "Hà Nội", "Cần Thơ", "Thừa Thiên Huế", "Đắk Lắk", "Bà Rịa – Vũng Tàu", "TP. Hồ Chí Minh"}
	var b strings.Builder
	b.WriteString("thư điện tử,họ tên,tỉnh,cấp\n")
	for i := range p.n {
		fmt.Fprintf(&b, "%s,Nguyễn Thị Ánh %d,%s,tỉnh\n", address(i), i, places[i%len(places)])
	}
	return b.String()
}

// account compares the server's record with what was promised to each contact.
func (s *storm) account() {
	ids := map[string]string{}
	unlike := map[string]bool{}
	for _, m := range s.server.Messages() {
		was, again := ids[m.To]
		if !again {
			ids[m.To] = m.ID
			continue
		}
		s.report.Repeated++
		if was != m.ID {
			unlike[m.To] = true
		}
	}
	for to := range unlike {
		s.report.Unlike = append(s.report.Unlike, to)
	}
	s.report.Got = len(ids)
	for n := range s.people.n {
		to := address(n)
		_, got := ids[to]
		left, gone := s.people.left[n]
		switch {
		case gone && got && s.sky.begun[to].After(left.Add(s.Notice)):
			s.report.Late = append(s.report.Late, to)
		case gone && got:
			s.report.GotLeft++
		case got:
		case s.sky.refuses(to):
			s.report.Refused++ // whether she left or not
		case gone:
			s.report.Left++
		default:
			s.report.Lost = append(s.report.Lost, to)
		}
	}
	s.report.Unsaid = s.sky.unsaid
	s.report.MayRepeat += s.sky.unsaid
}
