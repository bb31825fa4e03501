package delivery

import (
	"fmt"
	"strings"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// problems makes the mail about items of sources that were not read, in part, or are held.
func (s *NoticeSender) problems(m *mailer.NoticeMail, r *store.Report) {
	n := len(r.Problems) + r.MoreProblems
	m.Subject = fmt.Sprintf(m.Say("Nguồn tin: %d mục cần bạn xem", "Sources: %d items need you"), n)
	if n == 1 {
		m.Subject = m.Say("Nguồn tin: một mục cần bạn xem", "Sources: an item needs you")
	}
	m.Heading = m.Say("Có tin chưa đọc được, hoặc đang chờ duyệt", "Some items were not read, or are held")
	m.Lists = problemLists(m.Language, r)
	m.After = []string{m.Say("Mỗi mục chỉ được báo bằng thư một lần.", "Each is told by mail once.")}
}

// shownProblemItems is how many items with the same problem are named.
const shownProblemItems = 8

// problemLists tells problems of sources: those with the same words together.
func problemLists(l bantin.Language, r *store.Report) []mailer.NoticeList {
	if len(r.Problems) == 0 {
		return nil
	}
	list := mailer.NoticeList{Before: l.Say("Những mục mới của các nguồn chưa đọc được, đọc thiếu hoặc chờ duyệt:", "New items of the sources that were not read, read in part, or are held:")}
	for _, g := range bantin.GroupProblems(r.Problems) {
		list.Items = append(list.Items, problemItem(l, &g))
	}
	if r.MoreProblems > 0 {
		list.Items = append(list.Items, fmt.Sprintf(l.Say("và %d mục khác", "and %d more"), r.MoreProblems))
	}
	list.Items = append(list.Items, l.Say("Xem tất cả: bantin sources, hoặc trang Nguồn của văn phòng.", "To see all: bantin sources, or the page Sources of the office."))
	return []mailer.NoticeList{list}
}

func problemItem(l bantin.Language, g *bantin.ProblemGroup) string {
	var names []string
	for i := range g.Items[:min(len(g.Items), shownProblemItems)] {
		names = append(names, bantin.Shorten(strings.Join(strings.Fields(g.Items[i].Item), " "), 120))
	}
	text := g.Source + " – " + strings.Join(names, ", ")
	if more := len(g.Items) - len(names); more > 0 {
		text += fmt.Sprintf(l.Say(" và %d mục khác", " and %d more"), more)
	}
	return text + ": " + bantin.Shorten(g.What.In(l), 400) + ". → " + g.Hint.In(l) + "."
}
