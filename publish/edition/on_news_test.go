package edition

import (
	"testing"
	"time"

	"bantin/internal/officetest"
)

// A digest on news is due ten minutes after the first bulletin that no edition of it has
// had, in whole minutes, at most once an hour. (The test's clock goes on by itself, so that
// a bulletin of 09:01 came a little later, and is due in the minute after 09:11.)
func TestOnNews(t *testing.T) {
	s := newSecretary(t, "@news")
	none := time.Time{}.In(s.Site.Location).Format(officetest.Minute)
	s.SetClock("23/11/2026 08:00")
	s.AddBulletin("truoc", "Tin từ trước khi có bản tin này")
	s.SetClock("23/11/2026 08:30")
	s.next(s.look("23/11/2026 08:59"), none)
	s.next(s.look("23/11/2026 09:30"), none) // what came before it was first seen is no news to it
	s.want()

	s.AddBulletin("a", "Hoãn khai giảng vì bão")
	s.next(s.look("23/11/2026 09:31"), "23/11/2026 09:41")
	s.SetClock("23/11/2026 09:35")
	s.AddBulletin("b", "Đường vào trường ngập")
	s.next(s.look("23/11/2026 09:40"), "23/11/2026 09:41")
	s.want()
	s.next(s.look("23/11/2026 09:41"), none)
	s.next(s.look("23/11/2026 09:42"), none)
	first := "hang-tuan-1 23/11/2026 09:41 [a b]"
	s.want(first)

	s.AddBulletin("c", "Trường mở cửa lại")
	s.next(s.look("23/11/2026 09:43"), "23/11/2026 10:41")
	s.look("23/11/2026 10:41")
	second := "hang-tuan-2 23/11/2026 10:41 [c]"
	s.want(second, first)

	// Two days without a daemon: that is too late, and told once.
	s.SetClock("23/11/2026 12:00")
	s.AddBulletin("d", "Tin lúc máy tắt")
	s.next(s.look("25/11/2026 13:00"), none)
	s.next(s.look("25/11/2026 13:30"), none)
	s.want(second, first)
	s.AddBulletin("e", "Tin sau đó")
	s.next(s.look("25/11/2026 13:31"), "25/11/2026 13:41")
	s.look("25/11/2026 13:41")
	s.want("hang-tuan-3 25/11/2026 13:41 [d e]", second, first)
}
