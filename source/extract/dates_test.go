package extract

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	loc := time.FixedZone("+07", 7*3600)
	for text, want := range map[string]string{
		// A day.
		"29.04.2022": "2022-04-29 day", "5/3/2022": "2022-03-05 day", "2022-04-29": "2022-04-29 day", "2022/4/29": "2022-04-29 day",
		"ngày 29 tháng 4 năm 2022": "2022-04-29 day", "29 tháng 4, 2022": "2022-04-29 day", "Thứ sáu, 29 Tháng 4 2022": "2022-04-29 day",
		"CN, 01/05/2022": "2022-05-01 day", "Chủ nhật, ngày 1/5/2022": "2022-05-01 day", "Thứ 6, 29/04/2022": "2022-04-29 day", "Ngày đăng: 29/04/2022": "2022-04-29 day",
		"29/04/2022 24:00": "2022-04-29 day", // the hour is none
		// With a time.
		"Thứ Bảy - 30/04/2022 15:30": "2022-04-30 15:30", "29/04/2022 | 15:30": "2022-04-29 15:30", "29/04/2022 15h30": "2022-04-29 15:30",
		"29/04/2022 15 giờ 30 phút": "2022-04-29 15:30", "15:30, 29/04/2022": "2022-04-29 15:30", "Cập nhật: 08:05 - 29/04/2022": "2022-04-29 08:05", "lúc 15h30 ngày 29/4/2022": "2022-04-29 15:30",
		"2022-04-29T15:30:00": "2022-04-29 15:30",
		// Twelve hours.
		"29/04/2022 03:30 PM": "2022-04-29 15:30", "29/04/2022 3:30 CH": "2022-04-29 15:30", "29/04/2022 12:10 AM": "2022-04-29 00:10", "29/04/2022 12:10 SA": "2022-04-29 00:10",
		"29/04/2022 12:10 CH": "2022-04-29 12:10", "29/04/2022 15:30 PM": "2022-04-29 15:30",
		// With a zone.
		"Thứ Sáu, 29/04/2022, 15:30 (GMT+7)": "2022-04-29 15:30", "2022-04-29T08:30:00Z": "2022-04-29 15:30", "2022-04-29 17:30:00 +09:00": "2022-04-29 15:30",
		"Fri, 29 Apr 2022 15:30:00 +0700": "2022-04-29 15:30", "Fri, 29 Apr 2022 08:30:00 GMT": "2022-04-29 15:30",
		// None.
		"4/29/2022": "", "31/02/2022": "", "29/4/22": "", "Fri, 29 Apr 2022 15:30:00 ICT": "", "Ngày 29/4/2022, tại Hà Nội": "", "1.1.20222": "", "": "",
	} {
		got := ""
		if at, precision, ok := ParseTime(text, loc); ok && precision == "day" {
			got = at.In(loc).Format(time.DateOnly) + " day"
		} else if ok {
			got = at.In(loc).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzParseTime holds that no time is read twice in two ways.
func FuzzParseTime(f *testing.F) {
	f.Add("Thứ Sáu, 29/04/2022, 3:30 CH (GMT+7)")
	f.Add("15 giờ 30 phút - 29 tháng 4, 2022")
	f.Fuzz(func(t *testing.T, text string) {
		at, precision, ok := ParseTime(text, time.UTC)
		if !ok {
			return
		}
		form := time.RFC3339
		if precision == "day" {
			form = time.DateOnly
		}
		if again, p, ok := ParseTime(at.Format(form), time.UTC); !ok || p != precision || !again.Equal(at.Truncate(time.Second)) {
			t.Errorf("%q: %s, then %s %s", text, at, again, p)
		}
	})
}
