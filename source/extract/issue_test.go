package extract_test

import (
	"testing"

	"bantin/source/extract"
)

func TestIssueRose(t *testing.T) {
	for _, test := range []struct {
		before, after string
		want          bool
	}{
		{"Báo cáo nhanh tuần 50", "Báo cáo nhanh tuần 51", true},
		{"Báo cáo nhanh tuần 52/2026", "Báo cáo nhanh tuần 1/2027", true},
		{"Bản tin khuyến học số 14/2026", "Bản tin khuyến học số 15/2026", true},
		{"Bản tin khuyến học số 15/2026", "Bản tin khuyến học số 14/2026", false},
		{"Bản tin số 99", "Bản tin số 100", true},
		{"Lịch hoạt động tháng chín", "Lịch hoạt động tháng mười", true},
		{"Lịch hoạt động tháng Mười", "Lịch hoạt động tháng Mười một", true},
		{"Lịch tháng 12 năm 2026", "Lịch tháng 1 năm 2027", true},
		{"Tổng kết quý III", "Tổng kết quý IV", true},
		{"Giao ban ngày 5/11/2026", "Giao ban ngày 12/11/2026", true},
		{"Giao ban 30-11", "Giao ban 07-12", true},
		{"Báo cáo năm 2026", "Báo cáo năm 2027", true},
		{"Kế hoạch năm học 2025 - 2026", "Kế hoạch năm học 2026 - 2027", true},
		{"Bản tin 7", "Bản tin 8", true},
		{"TUẦN 50: trao học bổng", "Tuần 51: họp ban chấp hành", true},

		// the same issue, mended
		{"Báo cáo nhanh tuần 50", "Báo cáo nhanh của tuần 50", false},
		{"Trao 320 suất học bổng", "Trao 331 suất học bổng", false},
		{"Báo cáo tuần 50: 640 triệu đồng cho quỹ", "Báo cáo tuần 50: 646 triệu đồng cho quỹ", false},
		{"Họp ban chấp hành", "Họp ban chấp hành mở rộng", false},
		{"", "Báo cáo tuần 1", false},
	} {
		if got := extract.IssueRose(test.before, test.after); got != test.want {
			t.Errorf("%q, then %q: %v", test.before, test.after, got)
		}
	}
}
