package mailer

import (
	"fmt"
	"strings"
	"testing"

	"bantin"
)

func TestSubjectOfTheLeadStory(t *testing.T) {
	m := digestMail(bantin.Vietnamese)
	if got, want := m.SubjectLine(), "Sơn La: 214 dòng họ đăng ký danh hiệu “Dòng họ học tập” năm 2027 – số 47"; got != want {
		t.Errorf("got %q", got)
	}
	const shown = "Hội Khuyến học xã Mường Khương trao học bổng cho học sinh có điều kiện" // 70 letters
	for title, want := range map[string]string{shown: shown, shown + "?": "Hội Khuyến học xã Mường Khương trao học bổng cho học sinh có điều…"} {
		m.Sections[0].Items[0].Title = title
		if got := m.SubjectLine(); got != want+" – số 47" {
			t.Errorf("got %q", got)
		}
	}
	m.Sections = nil
	if got := m.SubjectLine(); got != m.Headline() {
		t.Errorf("without news: %q", got)
	}
}

func TestContents(t *testing.T) {
	m := longDigest(bantin.English)
	if n := len(m.Contents()); n != contentsLines-1 || m.Others() != m.Count-n {
		t.Errorf("%d lines, %d others of %d", n, m.Others(), m.Count)
	}
	m.Sections = m.Sections[:1]
	if m.Contents() != nil {
		t.Error("a short mail has a list of contents")
	}
}

// TestLead: the first item is the lead story, and a small picture stays beside it.
func TestLead(t *testing.T) {
	for _, c := range []struct {
		width int
		wide  bool
	}{{960, true}, {0, true}, {200, false}} {
		b := digestBulletin(1, "son-la", strings.Repeat("a", 1000), true)
		b.Images[0].Width = c.width
		m := digestMail(bantin.Vietnamese)
		m.Sections = BuildSections(m.Language, m.Site, func(s string) string { return s }, Group{Kind: SectionOwn, Place: "Sơn La", Bulletins: []bantin.Bulletin{b, b}})
		page := renderDigest(t, m).HTML
		if got := strings.Contains(page, `class="wide"`); got != c.wide {
			t.Errorf("of %d pixels: wide %v", c.width, got)
		}
		if n := strings.Count(page, `<img`); n != 2 {
			t.Errorf("%d pictures", n)
		}
		if strings.Contains(page, strings.Repeat("a", titleLimit+1)) {
			t.Error("a title of a thousand letters is not cut")
		}
	}
}

// TestLetterInAMail: a bulletin that is an administrative letter begins with its words, in
// both parts of the mail.
func TestLetterInAMail(t *testing.T) {
	b := digestBulletin(1, "son-la", "Kế hoạch tháng Khuyến học", false)
	b.Lead = "HỘI KHUYẾN HỌC TỈNH SƠN LA"
	b.Text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nĐộc lập - Tự do - Hạnh phúc\n\nSố: 12/KH-HKH\n\nSơn La, ngày 12 tháng 3 năm 2026\n\n" +
		"Hội tỉnh mở tháng Khuyến học từ ngày 2/9.\n\nNơi nhận:\n- Hội các xã;\n- Lưu: VT.\n\nTM. BAN THƯỜNG VỤ\n\nCHỦ TỊCH\n\n(đã ký)\n\nNguyễn Văn An"
	m := digestMail(bantin.Vietnamese)
	m.Sections = BuildSections(m.Language, m.Site, func(s string) string { return s }, Group{Kind: SectionOwn, Place: "Sơn La", Bulletins: []bantin.Bulletin{b}})
	mail := renderDigest(t, m)
	for _, part := range []string{mail.HTML, mail.Text} {
		if !strings.Contains(part, "Hội tỉnh mở tháng Khuyến học") {
			t.Error("the words of the letter are missing")
		}
		for _, formal := range []string{"CỘNG HÒA", "Hạnh phúc", "12/KH-HKH", "Nơi nhận", "BAN THƯỜNG VỤ", "Nguyễn Văn An"} {
			if strings.Contains(part, formal) {
				t.Errorf("the mail says %q", formal)
			}
		}
	}
}

// TestLogo: a logo has the publisher's name as its text and stands in its place, in
// digests and in other mails.
func TestLogo(t *testing.T) {
	m := digestMail(bantin.Vietnamese)
	name := `line-height:24px;color:#5E5664;">` + m.Site.Title
	if page := renderDigest(t, m).HTML; strings.Count(page, name) != 1 {
		t.Error("without a logo the name is missing")
	}
	m.Site.Logo = &bantin.Image{Src: "/images/0a1b.png", Width: 120, Height: 48}
	notice, err := RenderNotice(loadTemplates(t), &NoticeMail{Language: bantin.English, Site: m.Site, Heading: "Hello"})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{renderDigest(t, m).HTML, notice.HTML} {
		if strings.Count(page, `<img src="https://bantin.example.org/images/0a1b.png" width="120" height="48" alt="Hội Khuyến học Việt Nam"`) != 1 || strings.Contains(page, name) {
			t.Error("the logo is not what stands at the head")
		}
	}
}

// longDigest has forty items: titles of all lengths, pictures, events, files and tables.
func longDigest(l bantin.Language) DigestMail {
	m := digestMail(l)
	var many []bantin.Bulletin
	for n := range 36 {
		b := digestBulletin(n+10, "hue", fmt.Sprintf("Huế: tin thứ %d trong tuần của hội khuyến học các phường, xã", n), n%3 == 0)
		switch n {
		case 1:
			b.Title = strings.Repeat("Khuyến học khuyến tài xây dựng xã hội học tập ", 25)
		case 2:
			b.Title = strings.Repeat("Khuyếnhọc", 20)
		case 3:
			b.Title = "Đ"
		case 4:
			b.HTML = "<table><tr><td>một</td></tr></table>"
		case 5:
			b.Event = &bantin.Event{Date: bantin.Day{Year: 2026, Month: 12, Day: 8}, Place: "Nhà văn hóa phường Vỹ Dạ"}
		}
		many = append(many, b)
	}
	m.Sections = append(m.Sections[:2], BuildSections(l, m.Site, func(string) string { return "Huế" }, Group{Kind: SectionRest, Bulletins: many})...)
	m.Count, m.More = 44, 4
	return m
}

// The office corrects in the site's language: a mail in another one says so.
func TestCorrectionsNameTheirLanguage(t *testing.T) {
	list := []bantin.Correction{{Bulletin: "tin-60", Text: "Giải Nhất thuộc về bà Lê Thị Hoa."}}
	for l, want := range map[bantin.Language]string{bantin.Vietnamese: "", bantin.English: "vi"} {
		m := digestMail(l)
		m.Corrections = Corrections(l, m.Site, list)
		if got := m.Corrections[0].Language; got != want {
			t.Errorf("in a mail in %s it is %q", l, got)
		}
		if html := renderDigest(t, m).HTML; strings.Contains(html, `<span lang="vi" dir="ltr">Giải Nhất`) != (want != "") {
			t.Errorf("the mail in %s:\n%.2000s", l, html)
		}
	}
}
