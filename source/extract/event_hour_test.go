package extract

import (
	"testing"
	"time"

	"bantin"
	"bantin/place"
)

// An hour beside the day of an event makes it timed; other hours and numbers do not.
func TestEventHour(t *testing.T) {
	atlas, published := place.NewAtlas(nil), bantin.Day{Year: 2026, Month: time.December, Day: 1}
	for text, want := range map[string]string{
		// before the day
		"Đúng 8 giờ 30 ngày 20/12/2026, tại huyện Kỳ Anh, Hội họp.":                       "2026-12-20 08:30",
		"Vào 14h ngày 20/12, tại huyện Kỳ Anh, Hội họp.":                                  "2026-12-20 14:00",
		"Lúc 7g30 sáng 20/12/2026, tại huyện Kỳ Anh, Hội họp.":                            "2026-12-20 07:30",
		"Hồi 08:30 ngày 20/12/2026, tại huyện Kỳ Anh, Hội họp.":                           "2026-12-20 08:30",
		"Từ 8 giờ 30 phút, sáng thứ Bảy, ngày 19/12/2026, tại huyện Kỳ Anh, Hội họp.":     "2026-12-19 08:30",
		"Thời gian: 8h00 – 11h30, ngày 20/12/2026. Địa điểm: Hội trường Tỉnh ủy Nghệ An.": "2026-12-20 08:00",
		"Thời gian: từ 13 giờ 30 đến 17 giờ ngày 20/12/2026 tại xã Kim Liên.":             "2026-12-20 13:30",
		"Lúc 2 giờ 30 chiều ngày 20/12/2026, tại huyện Kỳ Anh, Hội họp.":                  "2026-12-20 14:30",
		"Vào 7 giờ tối ngày 20 tháng 12 năm 2026, tại xã Kim Liên, Hội khai mạc giải.":    "2026-12-20 19:00",
		"Lúc 8 giờ 30, Chủ nhật, ngày 20/12/2026, tại xã Kim Liên, Hội khai mạc giải.":    "2026-12-20 08:30",
		// behind it
		"Ngày 20/12/2026, lúc 14 giờ, tại huyện Kỳ Anh, Hội họp.":                  "2026-12-20 14:00",
		"Sáng 20/12/2026, vào lúc 8h, tại huyện Kỳ Anh, Hội họp.":                  "2026-12-20 08:00",
		"Chiều 20/12/2026, lúc 2 giờ, tại huyện Kỳ Anh, Hội họp.":                  "2026-12-20 14:00",
		"Ngày 20/12/2026 (từ 7h30), tại huyện Kỳ Anh, Hội họp.":                    "2026-12-20 07:30",
		"Ngày 20/12/2026 (Chủ nhật), từ 7 giờ 30 phút, tại huyện Kỳ Anh, Hội họp.": "2026-12-20 07:30",
		// no hour, or none of a clock
		"Sáng 20/12/2026, tại huyện Kỳ Anh, Hội họp trong 3 giờ.":                "2026-12-20 ",
		"Ngày 20/12/2026, tại huyện Kỳ Anh, 14 học sinh nhận quà.":               "2026-12-20 ",
		"Từ 0 giờ ngày 20/12/2026, tại huyện Kỳ Anh, quy định mới được áp dụng.": "2026-12-20 ",
		"Lúc 25h ngày 20/12/2026, tại huyện Kỳ Anh, Hội họp.":                    "2026-12-20 ",
		"Lúc 8h75 ngày 20/12/2026, tại huyện Kỳ Anh, Hội họp.":                   "2026-12-20 ",
		"Cụm 6: ngày 14/5/2026, tại Nghệ An, Hội Khuyến học các tỉnh họp.":       "2026-05-14 ",
		"Kỳ 12: Sáng 20/11/2026, tại Hà Nội, Hội Khuyến học họp.":                "2026-11-20 ",
		"Đề nghị các tỉnh nộp hồ sơ trước 17 giờ ngày 20/12/2026.":               "",
		"Đề nghị các tỉnh nộp hồ sơ chậm nhất 17h30 ngày 20/12/2026.":            "",
		"Thắng 3:1 ngày 20/12/2026, tại huyện Kỳ Anh, đội nhà nhận cúp.":         "2026-12-20 ",
		"Lúc 8h ngày 30/2/2026, tại huyện Kỳ Anh, Hội họp.":                      "",
	} {
		got := ""
		if e := Event(text, published, atlas); e != nil {
			got = e.Date.String() + " " + e.Time
		}
		if got != want {
			t.Errorf("%s\n\t%q, want %q", text, got, want)
		}
	}
}
