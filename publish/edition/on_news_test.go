package edition

import (
	"testing"
	"time"

	"bantin/internal/officetest"
)

// A digest on news is due ten minutes after the first bulletin that no edition of it has
// had, in whole minutes, at most once an hour.
func TestOnNews(t *testing.T) {
	s := newSecretary(t, "@news")
	none := time.Time{}.In(s.Site.Location).Format(officetest.Minute)
	add := func(id, title string) { // half a minute later, so that it is due in the minute after the ten
		s.Skew.Add(int64(30 * time.Second))
		s.AddBulletin(id, title)
	}
	s.SetClock("23/11/2026 08:00")
	add("truoc", "Tin từ trước khi có bản tin này")
	s.SetClock("23/11/2026 08:30")
	s.next(s.look("23/11/2026 08:59"), none)
	s.next(s.look("23/11/2026 09:30"), none) // what came before it was first seen is no news to it
	s.want()

	add("a", "Hoãn khai giảng vì bão")
	s.next(s.look("23/11/2026 09:31"), "23/11/2026 09:41")
	s.SetClock("23/11/2026 09:35")
	add("b", "Đường vào trường ngập")
	s.next(s.look("23/11/2026 09:40"), "23/11/2026 09:41")
	s.want()
	s.next(s.look("23/11/2026 09:41"), none)
	s.next(s.look("23/11/2026 09:42"), none)
	first := "hang-tuan-1 23/11/2026 09:41 [a b]"
	s.want(first)

	add("c", "Trường mở cửa lại")
	s.next(s.look("23/11/2026 09:43"), "23/11/2026 10:41")
	s.look("23/11/2026 10:41")
	second := "hang-tuan-2 23/11/2026 10:41 [c]"
	s.want(second, first)

	// Two days without a daemon: that is too late, and told once.
	s.SetClock("23/11/2026 12:00")
	add("d", "Tin lúc máy tắt")
	s.next(s.look("25/11/2026 13:00"), none)
	s.next(s.look("25/11/2026 13:30"), none)
	s.want(second, first)
	add("e", "Tin sau đó")
	s.next(s.look("25/11/2026 13:31"), "25/11/2026 13:41")
	s.look("25/11/2026 13:41")
	s.want("hang-tuan-3 25/11/2026 13:41 [d e]", second, first)
}
