package place

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentenceCase(t *testing.T) {
	text := "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHôm qua, Hội Khuyến học tỉnh họp tại xã Mường Chanh. Bà Nguyễn Thị Doan, Chủ tịch Hội, và UBND xã dự. Quỹ mang tên Lê Quý Đôn."
	tests := []struct{ title, want string }{
		{"HỘI NGHỊ TỔNG KẾT NĂM 2026 TẠI SƠN LA", "Hội nghị tổng kết năm 2026 tại Sơn La"},
		{"BÀ NGUYỄN THỊ DOAN THĂM XÃ MƯỜNG CHANH", "Bà Nguyễn Thị Doan thăm xã Mường Chanh"},
		{"QUỸ LÊ QUÝ ĐÔN TRAO THƯỞNG HỌC SINH THCS", "Quỹ Lê Quý Đôn trao thưởng học sinh THCS"},
		{"UBND XÃ HỌP BÀN VỀ KHUYẾN HỌC", "UBND xã họp bàn về khuyến học"},
		{"HỘI KHUYẾN HỌC HÀ NỘI - HUẾ KÝ KẾT. ĐỢT II BẮT ĐẦU!", "Hội Khuyến học Hà Nội - Huế ký kết. Đợt II bắt đầu!"},
		{"QUYẾT ĐỊNH 387/QĐ-TTG CỦA THỦ TƯỚNG", "Quyết định 387/QĐ-TTG của thủ tướng"},
		{"CUỘC THI “NGƯỜI THẦY ĐẦU TIÊN” ĐỢT VI VI PHẠM", "Cuộc thi “Người thầy đầu tiên” đợt VI vi phạm"},
		{"ĐẠI HỘI ĐẠI BIỂU KHÓA VI, ƯU TIÊN Ở Ơ", "Đại hội đại biểu khóa VI, ưu tiên ở ơ"},
		{"Hội nghị tổng kết", "Hội nghị tổng kết"},
		{"HỌP", "HỌP"}, {"Đ", "Đ"}, {"", ""}, {"2026", "2026"},
		{"THÔNG BÁO ngắn gọn về Sơn La", "THÔNG BÁO ngắn gọn về Sơn La"},
	}
	for _, tt := range tests {
		if got := SentenceCase(tt.title, text); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.title, got, tt.want)
		}
	}
	if got := SentenceCase("HỘI DẠY NGHỀ XANH MỞ LỚP", "", "Hội Dạy nghề Xanh"); got != "Hội Dạy nghề Xanh mở lớp" {
		t.Errorf("a given name: %s", got)
	}
}

func TestSentenceCaseOfLongTitles(t *testing.T) {
	title := strings.Repeat("HỘI NGHỊ KHUYẾN HỌC ", 5000)
	got := SentenceCase(title, strings.Repeat("Hội nghị khuyến học họp. ", 5000))
	if len(strings.Fields(got)) != 20_000 {
		t.Error("words are lost")
	}
}

// The first 4000 words of a text are read for its names.
func TestSentenceCaseOfLongTexts(t *testing.T) {
	for before, want := range map[int]string{3998: "Hội thăm xã Mường Chanh hôm qua", 3999: "Hội thăm xã mường chanh hôm qua"} {
		if got := SentenceCase("HỘI THĂM XÃ MƯỜNG CHANH HÔM QUA", strings.Repeat("họp ", before)+"Mường Chanh."); got != want {
			t.Errorf("behind %d words: %s, want %s", before, got, want)
		}
	}
}

func FuzzSentenceCase(f *testing.F) {
	f.Add("HỘI NGHỊ TẠI SƠN LA", "họp tại Sơn La")
	f.Add("“ĐỢT” II. — 387/QĐ-TTG ƠƯ", "")
	f.Fuzz(func(t *testing.T, title, text string) {
		if !utf8.ValidString(title) || !utf8.ValidString(text) {
			return
		}
		got := SentenceCase(title, text)
		if a, b := strings.Fields(got), strings.Fields(title); len(a) != len(b) {
			t.Fatalf("%q became %q", title, got)
		}
	})
}
