package delivery

import (
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/place"
)

// sampleDigest is a digest mail, and the edition that it belongs to.
type sampleDigest struct {
	edition bantin.Edition
	mail    mailer.DigestMail
}

// everyDigest are the mails of editions: with all that one can have, with forty bulletins
// of all kinds, with one, with none, as a test, and without what the office may leave out.
func everyDigest(o *office, l bantin.Language) map[string]sampleDigest {
	own := Segment{Place: "son-la", Language: l, Why: "import"}
	made := func(e bantin.Edition, list []bantin.Bulletin, s Segment) sampleDigest {
		return sampleDigest{e, o.composer.Mail(&e, o.Site.Location, list, s)}
	}
	full := sampleEdition(o)
	full.Composed = &bantin.Composition{Pin: []string{"tin-5"}, Greeting: "Kính gửi các cô chú, tuần này có nhiều tin vui. Thư cho [văn phòng](https://example.org/van-phong).\n\n1. Tủ sách\n2. Học bổng\n\n> Học, học nữa, học mãi.\n\nCHỦ TỊCH\n\n*(đã ký)*\n\nNguyễn Thị Doan", GreetingEN: "Dear readers, there is much good news this week.",
		File: &bantin.LinkedFile{Name: "Kế hoạch 2027.pdf", Size: 1_900_000}}
	full.Corrections = []bantin.Correction{
		{Bulletin: "tin-60", Title: "Huế trao giải cuộc thi viết", Text: "Giải Nhất thuộc về bà Lê Thị Hoa, không phải bà Lê Thị Hòa."},
		{Bulletin: "tin-61", Title: "Lịch họp quý IV", Text: "Cuộc họp bị hoãn.", Withdrawn: true},
	}
	all := map[string]sampleDigest{
		"digest":        made(full, sampleBulletins(8), own),
		"digest-long":   made(sampleEdition(o), longBulletins(), own),
		"digest-news":   made(sampleEdition(o), sampleBulletins(1), Segment{Language: l, Why: "signup"}), // as @news and urgent digests are
		"digest-empty":  made(sampleEdition(o), nil, own),
		"digest-test":   made(sampleEdition(o), sampleBulletins(3), own),
		"digest-plain":  made(sampleEdition(o), sampleBulletins(2), Segment{Language: l}),
		"digest-pinned": made(full, sampleBulletins(6), Segment{Place: "ha-noi", Language: l, Why: "import"}),
	}
	withNote, test, bare := all["digest"], all["digest-test"], all["digest-plain"]
	withNote.mail.Note = l.Say("Tuần sau bản tin nghỉ một kỳ.", "There is no issue next week.")
	test.mail.Test = true
	bare.mail.UnsubscribeURL, bare.mail.PreferencesURL = "", ""
	all["digest"], all["digest-test"], all["digest-plain"] = withNote, test, bare
	return all
}

func sampleEdition(o *office) bantin.Edition {
	return bantin.Edition{ID: "hang-tuan-47", Digest: "hang-tuan", Number: 47, Title: "Bản tin khuyến học trong tuần", Due: o.Now(), Max: 40,
		Subject: "{{.SubjectLine}}", Status: bantin.EditionSending}
}

func sampleBulletin(n int, place, title string) bantin.Bulletin {
	b := bantin.Bulletin{ID: fmt.Sprintf("tin-%d", n), Seq: int64(n + 1), Title: title, Places: []string{place},
		Lead:      "Đợt đăng ký khép lại sớm mười ngày. Hội tỉnh mở sáu buổi hướng dẫn tự chấm điểm tại các xã vùng cao, bắt đầu từ Mường La.",
		Published: time.Now().AddDate(0, 0, -n%5)}
	if n%3 == 0 {
		b.Images = []bantin.Image{{Src: "/images/ruong.png", Caption: "Nương bậc thang dưới chân núi", Width: 960, Height: 540}}
	}
	return b
}

func sampleBulletins(n int) []bantin.Bulletin {
	list := []bantin.Bulletin{
		sampleBulletin(0, "son-la", "Sơn La: 214 dòng họ đăng ký danh hiệu “Dòng họ học tập” năm 2027"),
		sampleBulletin(1, "son-la", "Tủ sách bản Pá Khôm mở cửa buổi tối cho người lớn học chữ"),
		sampleBulletin(2, "dien-bien", "Cụm Tây Bắc họp giao ban quý IV tại Điện Biên ngày 8 tháng 12"),
		sampleBulletin(3, "lao-cai", "Lào Cai trao 320 suất học bổng “Bước chân đến lớp” trước Tết"),
		sampleBulletin(4, "nghe-an", "Nghệ An: hơn một nghìn thầy cô về hưu nhận dạy kèm miễn phí"),
		sampleBulletin(5, "hue", "Huế trao giải cuộc thi viết “Người thầy đầu tiên của tôi”"),
		sampleBulletin(6, "nghe-an", "Hướng dẫn chấm điểm “Công dân học tập” & sổ điện tử <bản mới>"),
		sampleBulletin(7, "hue", "Chúc mừng 🎓 ngày 20/11"),
	}
	list[1].Attachments = []bantin.Attachment{{Src: "/files/0a1b-tu-sach.pdf", Type: "application/pdf", Length: 1_900_000, Title: "Tủ sách bản Pá Khôm.pdf"}}
	list[2].Event = &bantin.Event{Date: bantin.DayOf(time.Now().AddDate(0, 0, 7)), Place: "Nhà văn hóa tỉnh Điện Biên", Host: "Hội Khuyến học tỉnh Điện Biên"}
	list[4].HTML = "<table><tr><td>một</td></tr></table>"
	return list[:n]
}

// longBulletins are forty with the titles and pictures that are hard to show.
func longBulletins() []bantin.Bulletin {
	list := sampleBulletins(8)
	for n := len(list); n < 40; n++ {
		list = append(list, sampleBulletin(n, "hue", fmt.Sprintf("Huế: tin thứ %d trong tuần của hội khuyến học các phường, xã", n)))
	}
	for i, title := range []string{
		strings.Repeat("Khuyến học khuyến tài xây dựng xã hội học tập ", 25), // a thousand letters and more
		strings.Repeat("Khuyếnhọc", 20),                                      // and no blank
		"Đ",
		"KẾ HOẠCH 71/KH-KHVN VỀ ĐỔI MỚI ƠN NGHĨA VÀ ƯU ĐÃI HỌC TẬP NĂM 2027 TẠI ĐẮK LẮK",
	} {
		list[10+i].Title = title
	}
	list[12].Images = []bantin.Image{{Src: "/images/cao.png", Caption: "Cột cờ cao nhất tỉnh", Width: 400, Height: 4000}}
	list[13].Images = []bantin.Image{{Src: "/images/dai.png", Caption: "Đoàn diễu hành trên phố", Width: 4000, Height: 400}}
	for _, unit := range place.All()[:20] {
		list[14].Places = append(list[14].Places, unit.Slug)
	}
	return list
}
