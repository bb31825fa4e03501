package source

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
		}{"resemblance": {resemblance, test.resemblance}, "share": {share, test.share}, "numbers": {a.SameNumbers(b), test.numbers}} {
			if is.got < is.want[0] || is.got > is.want[1] {
				t.Errorf("%s: %s %.2f, want %v", test.name, what, is.got, is.want)
			}
		}
	}
	if got := Shingle("hai chữ").Sketch(4); len(got) != 0 {
		t.Errorf("a text of two words has the sketch %v", got)
	}
}
