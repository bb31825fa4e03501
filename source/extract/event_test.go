package extract

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bantin"
	"bantin/internal/cost"
	"bantin/place"
)

// Days and places in forms beyond those of the labelled texts.
func TestEvent(t *testing.T) {
	atlas, published := place.NewAtlas(nil), bantin.Day{Year: 2023, Month: time.May, Day: 20}
	for text, want := range map[string]string{
		"Trong các ngày 10, 11 và 12/5/2023, tại thành phố Hạ Long (Quảng Ninh), Hội tập huấn.":                              "2023-05-10 thành phố Hạ Long Quảng Ninh",
		"Nhân dịp kỷ niệm Ngày sinh Chủ tịch Hồ Chí Minh (19/5/1890 - 19/5/2023), sáng 18/5, tại xã Kim Liên, Hội trao quà.": "2023-05-18 xã Kim Liên ",
		"Hà Nội, ngày 17/5/2023 - Trung ương Hội họp Ban Thường vụ.":                                                         "2023-05-17 Hà Nội Hà Nội",
		"Căn cứ Quyết định số 387/QĐ-TTg ngày 25/3/2022 của Thủ tướng, Hội đã họp ngày 14.5.2023 ở nhà văn hóa thôn Trung.":  "2023-05-14 nhà văn hóa thôn Trung ",
		"Sáng ngày hôm nay 16/05/2023 tại Hội trường Tỉnh ủy Nghệ An đã diễn ra hội nghị.":                                   "2023-05-16 Hội trường Tỉnh ủy Nghệ An Nghệ An",
		"Hạn nộp đến ngày 30/6/2023. Chào mừng ngày 20/11, các em viết thư.":                                                 "",
		"Sáng 31/12, tại huyện Kỳ Anh, Hội trao quà.":                                                                        "2022-12-31 huyện Kỳ Anh ",
		"Ngày 12 tháng Tư năm 2023, tại huyện Kỳ Anh, Hội họp.":                                                              "2023-04-12 huyện Kỳ Anh ",
		"Sáng ngày mồng 3 tháng ba, tại huyện Kỳ Anh, Hội họp.":                                                              "2023-03-03 huyện Kỳ Anh ",
		"Ngày 15 tháng Giêng, các em đến chùa; chào mừng 8/3/2023.":                                                          "",
		"Sáng chủ nhật 14/5/2023, tại huyện Kỳ Anh, Hội họp.":                                                                "2023-05-14 huyện Kỳ Anh",
		"Sáng Chủ nhật, 14/5/2023, tại huyện Kỳ Anh, Hội họp.":                                                               "2023-05-14 huyện Kỳ Anh",
		"Buổi sáng, 14/5/2023, tại huyện Kỳ Anh, Hội họp.":                                                                   "2023-05-14 huyện Kỳ Anh",
		"14/5/2023: lịch của Hội ở huyện Kỳ Anh.":                                                                            "",
		"Thứ Bảy (13/5/2023), Hội Khuyến học khai mạc giải tại xã Kim Liên.":                                                 "2023-05-13 xã Kim Liên",
		"Vào thứ 7, 13/5/2023, Hội khai mạc giải tại xã Kim Liên.":                                                           "2023-05-13 xã Kim Liên",
		"Đại hội lần thứ ba (13/5/2023) đã bầu; hạn nộp chủ nhật 14/5/2023? Không có ngày.":                                  "",
		"Nộp phiếu trước thứ Bảy (13/5/2023).":                                                                               "",
		"Ngày 14 – 5 – 2023, tại huyện Kỳ Anh, Hội họp.":                                                                     "2023-05-14 huyện Kỳ Anh",
		"Từ ngày 8 – 10 tháng 5 năm 2023, tại huyện Kỳ Anh, Hội tập huấn.":                                                   "2023-05-08 huyện Kỳ Anh",
		"Trong ngày 8 - 10/5/2023, tại huyện Kỳ Anh, Hội tập huấn.":                                                          "2023-05-08 huyện Kỳ Anh",
		"Bản thỏa thuận được ký ngày 14/5/2023, tại Trụ sở Hội, giữa hai bên.":                                               "2023-05-14 Trụ sở Hội",
		"Quyết định được ký ngày 14/5/2023 quy định việc cấp học bổng.":                                                      "",
		"Ngày 14/5/2023, trên sân vận động huyện Kỳ Anh, các em thi chạy.":                                                   "2023-05-14 sân vận động huyện Kỳ Anh",
		"Thời gian: 8 giờ ngày 14/5/2023. Địa điểm: Hội trường Tỉnh ủy Nghệ An.":                                             "2023-05-14 Hội trường Tỉnh ủy Nghệ An Nghệ An",
		"Thời gian: sáng 14/5/2023; địa điểm: nhà văn hóa xã Kim Liên":                                                       "2023-05-14 nhà văn hóa xã Kim Liên",
		"Ngày 14/5/2023, đoàn công tác đến huyện Mù Cang Chải trao quà cho học sinh.":                                        "2023-05-14 huyện Mù Cang Chải",
		"Ngày 14/5/2023, đoàn về thăm xã Kim Liên. Tại đây, đoàn trao quà.":                                                  "2023-05-14 xã Kim Liên",
		"Ngày 31/2/2023, tại huyện Kỳ Anh; tỷ số 3/1, ngày 1/2/23456.":                                                       "",
	} {
		e := Event(text, published, atlas)
		if e == nil {
			e = &bantin.Event{}
		}
		got := e.Date.String() + " " + e.Place + " " + e.Host
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\n\t%q, want %q", text, got, want)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add("Trong hai ngày 28 và 29/3/2023, tại TP. Việt Trì, tỉnh Phú Thọ, Hội tổ chức hội nghị. Nay ở đây.")
	f.Add("Từ ngày 30/9 đến 2/10, tại\u00a0\xff, ngày 1-2-")
	atlas := place.NewAtlas(nil)
	f.Fuzz(func(t *testing.T, text string) {
		var e *bantin.Event
		cost.Within(t, len(text), func() { e = Event(text, bantin.Day{Year: 2024, Month: time.February, Day: 29}, atlas) })
		if e == nil {
			return
		}
		if _, err := bantin.ParseDay(e.Date.String()); err != nil || utf8.ValidString(text) && !utf8.ValidString(e.Place) {
			t.Errorf("%q: %+v", text, e)
		}
	})
}
