package extract

import (
	"strings"
	"testing"
)

const told = "Ngày 4/3/2026, tại thành phố Việt Trì, Hội Khuyến học tỉnh Phú Thọ đã trao 1.250 suất học bổng cho học sinh nghèo vượt khó của các huyện miền núi, và mỗi xã nhận một tủ sách dùng chung cho các cụ già và trẻ nhỏ."

func TestShingles(t *testing.T) {
	for _, test := range []struct {
		name, text                  string
		resemblance, share, numbers [2]float64 // from, to
	}{
		{"itself", told, [2]float64{1, 1}, [2]float64{1, 1}, [2]float64{1, 1}},
		{"other spelling and marks", strings.ReplaceAll(strings.ToUpper(told), "Ì", "I\u0300"), [2]float64{1, 1}, [2]float64{1, 1}, [2]float64{1, 1}},
		{"one word edited", strings.Replace(told, "trao", "tặng", 1), [2]float64{0.7, 0.85}, [2]float64{0.8, 0.95}, [2]float64{1, 1}},
		{"its first half", told[:len(told)/2], [2]float64{0.3, 0.6}, [2]float64{1, 1}, [2]float64{0.5, 1}},
		{"another week's letter", strings.NewReplacer("4/3", "11/3", "1.250", "980").Replace(told), [2]float64{0.5, 0.8}, [2]float64{0.5, 0.9}, [2]float64{0, 0.5}},
		{"another story", "Lào Cai mở ba lớp xoá mù chữ ở biên giới cho phụ nữ người Mông và người Dao.", [2]float64{0, 0}, [2]float64{0, 0}, [2]float64{0, 0}},
		{"nothing", "", [2]float64{0, 0}, [2]float64{0, 0}, [2]float64{0, 0}},
	} {
		a, b := Shingle(told), Shingle(test.text)
		resemblance, share := a.Resemblance(b)
		for what, is := range map[string]struct {
			got  float64
			want [2]float64
		}{"resemblance": {resemblance, test.resemblance}, "share": {share, test.share}, "numbers": {a.NumberOverlap(b), test.numbers}} {
			if is.got < is.want[0] || is.got > is.want[1] {
				t.Errorf("%s: %s %.2f, want %v", test.name, what, is.got, is.want)
			}
		}
	}
	if got := Shingle("hai chữ").MinHash(4); len(got) != 0 {
		t.Errorf("a text of two words has the sketch %v", got)
	}
}

func TestSimilar(t *testing.T) {
	const a = `Ngày 5/3, tại thành phố Việt Trì, Hội Khuyến học tỉnh Phú Thọ tổng kết công tác năm 2025 và
		bàn phương hướng nhiệm vụ năm 2026. Hội nghị biểu dương 45 tập thể, cá nhân có thành tích xuất sắc.`
	const edited = `Ngày 5/3, tại thành phố Việt Trì, Hội Khuyến học tỉnh Phú Thọ đã tổng kết công tác năm 2025,
		bàn phương hướng, nhiệm vụ năm 2026. Hội nghị đã biểu dương 46 tập thể, cá nhân có thành tích xuất sắc.`
	const another = `Sáng 20/4, Hội Khuyến học thành phố Cần Thơ trao 200 suất học bổng cho học sinh, sinh viên có
		hoàn cảnh khó khăn. Đây là năm thứ bảy quỹ Tiếp bước được mở ra với sự góp sức của doanh nghiệp.`
	for _, c := range []struct {
		a, b     string
		from, to float64
	}{
		{a, a, 1, 1},
		{edited, a, 0.6, 1},
		{another, a, 0, 0.3},
		{"Tin", "Tin", 1, 1},
		{"Tin", "Khác", 0, 0},
		{"Họp tổ", "Mất điện", 0, 0},
		{"", "Khác", 1, 1},
	} {
		if got := Similar(c.a, c.b); got < c.from || got > c.to {
			t.Errorf("%.20q and %.20q: %.2f, want %.1f to %.1f", c.a, c.b, got, c.from, c.to)
		}
	}
}
