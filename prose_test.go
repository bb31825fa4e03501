package bantin

import (
	"strings"
	"testing"
)

const (
	letterhead = "HỘI KHUYẾN HỌC VIỆT NAM\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nĐộc lập - Tự do - Hạnh phúc\n\n––––––––\n\nSố: 12/KH-HKH\n\nHà Nội, ngày 12 tháng 3 năm 2023"
	words      = "Trung ương Hội mời các tỉnh, thành phố gửi danh sách gia đình hiếu học trước ngày 30/4."
	recipients = "Nơi nhận:\n- Như trên;\n- Ban Tuyên giáo Trung ương (để báo cáo);\n- Lưu: VT."
	signature  = "TM. BAN THƯỜNG VỤ\n\nCHỦ TỊCH\n\n(đã ký)\n\nNguyễn Văn An"
)

// TestProse: what stands around the words of a letter goes, in each order of its parts.
func TestProse(t *testing.T) {
	for name, text := range map[string]string{
		"paragraphs":             letterhead + "\n\n" + words + "\n\n" + recipients + "\n\n" + signature,
		"the signature first":    letterhead + "\n\n" + words + "\n\n" + signature + "\n\n" + recipients,
		"only a letterhead":      letterhead + "\n\n" + words,
		"only recipients":        words + "\n\n" + recipients,
		"only a signature":       words + "\n\n" + signature,
		"for the chairman":       words + "\n\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Đã ký)\nGS.TS. Trần Thị Bình",
		"an officer above":       words + "\n\nTỔNG THƯ KÝ\n\n(đã ký)\n\nLê Văn Cường",
		"a table of two columns": "HỘI KHUYẾN HỌC TỈNH PHÚ THỌ\nSố: 07/2023/TB-HKH\nV/v xét tặng danh hiệu | CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc\nViệt Trì, ngày 5 tháng 4 năm 2023\n\n" + words + "\n\nNơi nhận:\n- Như trên;\n- Lưu VP. | TM. BAN THƯỜNG VỤ\nCHỦ TỊCH\nNguyễn Văn An",
		"the nation first":       "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n***\nHỘI KHUYẾN HỌC TỈNH SƠN LA\n\n" + words,
		"all in one line":        strings.Join(strings.Fields(letterhead), " ") + " " + words,
		"bold as Markdown":       "**HỘI KHUYẾN HỌC VIỆT NAM**\n**Số: …/CV-HKH**\n\n" + words,
		"recipients in one line": words + "\nNơi nhận: - Như trên; - Lưu VT.",
	} {
		if got := Prose(text); got != words {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// TestProseStays: a text that mentions such things keeps them.
func TestProseStays(t *testing.T) {
	for _, text := range []string{
		"",
		words,
		"Nơi nhận hồ sơ là Văn phòng Hội, số 12 đường Hùng Vương.",
		words + "\n\nNơi nhận: Văn phòng Hội Khuyến học tỉnh, trước ngày 30/4.",
		"Nơi nhận:\n- Văn phòng Hội;\n- Các chi hội xã.\n\nHồ sơ gửi sau ngày 30/4 thì xét vào năm sau.",
		"“Độc lập - Tự do - Hạnh phúc” là khát vọng của mỗi người dân.",
		"Độc lập - Tự do - Hạnh phúc là khát vọng của mỗi người dân.",
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM tròn 47 năm ngày mang tên nước.",
		"HỘI KHUYẾN HỌC TỈNH PHÚ THỌ TỔNG KẾT NĂM HỌC\n\n" + words,
		"Hà Nội, ngày 12 tháng 3 năm 2023, Trung ương Hội họp phiên thứ ba.",
		"Số: 12/KH-HKH là số của kế hoạch mới.",
		"Đại hội đã bầu:\n\nCHỦ TỊCH\nNguyễn Văn An\nPHÓ CHỦ TỊCH\nTrần Thị Bình",
		"Kế hoạch do Chủ tịch Hội đã ký ngày 5/4.",
		words + "\n\nNguyễn Văn An",
		signature + "\n\n" + words, // not at the end
	} {
		if got := Prose(text); got != text {
			t.Errorf("%s\n→ %s", text, got)
		}
	}
}

// TestSummaryOfLetter: neither a letterhead nor a signature stands for a bulletin, whether
// its first line became the lead or not.
func TestSummaryOfLetter(t *testing.T) {
	whole := letterhead + "\n\n" + words + "\n\n" + recipients + "\n\n" + signature
	first, rest, _ := strings.Cut(whole, "\n\n")
	for _, b := range []Bulletin{
		{Text: whole},
		{Lead: first, Text: rest},
		{Lead: "HỘI KHUYẾN HỌC TỈNH PHÚ THỌ", Text: rest},
		{Lead: strings.Join(strings.Fields(letterhead), " "), Text: words + "\n\n" + recipients},
		{Lead: words, Text: recipients + "\n\n" + signature},
		{Lead: words, Text: "Danh sách ghi rõ họ tên.\n\n" + signature},
	} {
		if got := b.Summary(240); got != words {
			t.Errorf("%q, %q:\n%s", b.Lead, b.Text, got)
		}
	}
	formal := Bulletin{Text: letterhead + "\n\n" + signature}
	if got := formal.Summary(240); got != "" {
		t.Errorf("of nothing else: %q", got)
	}
}
