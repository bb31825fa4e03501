package mailer

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/templates"

	"github.com/google/go-cmp/cmp"
	"github.com/jba/templatecheck"
)

func digestSite() *bantin.Site {
	return &bantin.Site{
		Title:    "Hội Khuyến học Việt Nam",
		URL:      "https://bantin.example.org",
		Language: bantin.Vietnamese,
		Location: time.FixedZone("+07", 7*60*60),
		Contact:  "vanphong@example.org",
		Address:  "Số 1 phố Ví Dụ, Hà Nội",
	}
}

func digestBulletin(n int, place, title string, image bool) bantin.Bulletin {
	b := bantin.Bulletin{
		ID:        fmt.Sprintf("tin-%d", n),
		Title:     title,
		Lead:      "Đợt đăng ký khép lại sớm mười ngày. Hội tỉnh mở sáu buổi hướng dẫn tự chấm điểm tại các xã vùng cao, bắt đầu từ Mường La.",
		Published: time.Date(2026, time.November, 20, 3, 0, 0, 0, time.UTC).AddDate(0, 0, -n%5),
		Places:    []string{place},
	}
	if image {
		b.Images = []bantin.Image{{Src: "/images/ruong.png", Caption: "Nương bậc thang dưới chân núi", Width: 960, Height: 540}}
	}
	if n == 2 {
		b.Attachments = []bantin.Attachment{{Src: "/files/0a1b-tu-sach.pdf", Type: "application/pdf", Length: 1_900_000, Title: "Tủ sách bản Pá Khôm.pdf"}}
	}
	return b
}

func digestMail(lang bantin.Language) DigestMail {
	site := digestSite()
	names := map[string]string{"son-la": "Sơn La", "dien-bien": "Điện Biên", "lao-cai": "Lào Cai", "nghe-an": "Nghệ An", "hue": "Huế"}
	return DigestMail{
		Language: lang,
		Site:     site,
		Digest:   DigestRef{"hang-tuan", "Bản tin khuyến học trong tuần"},
		Edition: EditionRef{"hang-tuan-47", 47,
			time.Date(2026, time.November, 23, 7, 0, 0, 0, site.Location), site.Link("/editions/hang-tuan-47")},
		Place: "Sơn La",
		Sections: BuildSections(lang, site, func(slug string) string { return names[slug] },
			Group{Kind: SectionOwn, Place: "Sơn La", Bulletins: []bantin.Bulletin{
				digestBulletin(1, "son-la", "Sơn La: 214 dòng họ đăng ký danh hiệu “Dòng họ học tập” năm 2027", true),
				digestBulletin(2, "son-la", "Tủ sách bản Pá Khôm mở cửa buổi tối cho người lớn học chữ", false),
			}},
			Group{Kind: SectionCluster, Place: "Cụm Tây Bắc", Bulletins: []bantin.Bulletin{
				digestBulletin(3, "dien-bien", "Cụm Tây Bắc họp giao ban quý IV tại Điện Biên ngày 8 tháng 12", false),
				digestBulletin(4, "lao-cai", "Lào Cai trao 320 suất học bổng “Bước chân đến lớp” trước Tết", true),
			}},
			Group{Kind: SectionRest, Bulletins: []bantin.Bulletin{
				digestBulletin(5, "nghe-an", "Nghệ An: hơn một nghìn thầy cô về hưu nhận dạy kèm miễn phí", false),
				digestBulletin(6, "hue", "Huế trao giải cuộc thi viết “Người thầy đầu tiên của tôi”", true),
				digestBulletin(7, "nghe-an", "Hướng dẫn chấm điểm “Công dân học tập” & sổ điện tử <bản mới>", false),
				digestBulletin(8, "hue", "Thư của Hội gửi các thầy cô nhân ngày Nhà giáo Việt Nam", false),
				digestBulletin(9, "nghe-an", "Chúc mừng 🎓 ngày 20/11", false),
			}}),
		Count:          13,
		More:           4,
		Why:            lang.Say("Bạn nhận thư này vì văn phòng Hội đã ghi tên bạn vào danh sách nhận tin của Sơn La.", "You get this mail because the office put you on the list of Sơn La."),
		UnsubscribeURL: site.Link("/unsubscribe/" + TokenPlaceholder),
	}
}

func loadTemplates(t testing.TB) *templates.Set {
	t.Helper()
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const digestSubject = "{{.Digest.Title}} – số {{.Edition.Number}}"

func renderDigest(t testing.TB, mail DigestMail) Rendered {
	t.Helper()
	out, err := RenderDigest(loadTemplates(t), digestSubject, mail)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTemplatesFitTheirStructs(t *testing.T) {
	set := loadTemplates(t)
	if err := templatecheck.CheckHTML(set.MailHTML("digest"), &DigestMail{}); err != nil {
		t.Error(err)
	}
	if err := templatecheck.CheckText(set.MailText("digest"), &DigestMail{}); err != nil {
		t.Error(err)
	}
	if err := templatecheck.CheckHTML(set.MailHTML("notice"), &NoticeMail{}); err != nil {
		t.Error(err)
	}
	if err := templatecheck.CheckText(set.MailText("notice"), &NoticeMail{}); err != nil {
		t.Error(err)
	}
}

func TestDigestSubject(t *testing.T) {
	tests := []struct{ subject, title, want string }{
		{digestSubject, "Bản tin", "Bản tin – số 47"},
		{"{{.Place}}: {{.Count}} tin", "", "Sơn La: 13 tin"},
		{"{{.Digest.Title}}", "Tin\r\nBcc: ai@example.org\x00\u2028!", "Tin Bcc: ai@example.org !"},
		{`{{.Say "Số" "No."}} {{.Edition.Number}}`, "", "Số 47"},
	}
	for _, tt := range tests {
		mail := digestMail(bantin.Vietnamese)
		mail.Digest.Title = tt.title
		out, err := RenderDigest(loadTemplates(t), tt.subject, mail)
		if err != nil || out.Subject != tt.want {
			t.Errorf("%s = %q, %v, want %q", tt.subject, out.Subject, err, tt.want)
		}
	}
	mail := digestMail(bantin.Vietnamese)
	mail.Test = true
	if out := renderDigest(t, mail); !strings.HasPrefix(out.Subject, "[Xem thử] ") || !strings.Contains(out.Text, "BẢN XEM THỬ") {
		t.Errorf("a preview does not say so: %q", out.Subject)
	}
	for _, bad := range []string{"{{.Digest.Titel}}", "{{.Digest.Title", "{{.Khong}}"} {
		if _, err := RenderDigest(loadTemplates(t), bad, digestMail(bantin.Vietnamese)); err == nil {
			t.Errorf("the subject %q is taken", bad)
		}
	}
}

func TestDigestText(t *testing.T) {
	mail := digestMail(bantin.Vietnamese)
	mail.Sections, mail.Count, mail.More = mail.Sections[:1], 2, 0
	want, err := os.ReadFile("testdata/digest.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), renderDigest(t, mail).Text); diff != "" {
		t.Errorf("plain part (-want +got)\n%s", diff)
	}
}

func TestDigestLinesAreShort(t *testing.T) {
	for _, lang := range bantin.Languages() {
		for line := range strings.Lines(renderDigest(t, digestMail(lang)).Text) {
			if n := templates.Columns(strings.TrimRight(line, "\n")); n > 72 && !strings.Contains(line, "http") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

// TestDigestShortensItself gives a mail far too much to say.
func TestDigestShortensItself(t *testing.T) {
	mail := digestMail(bantin.Vietnamese)
	var many []bantin.Bulletin
	for n := range 400 {
		many = append(many, digestBulletin(n, "hue", fmt.Sprintf("Tin thứ %d của Huế trong tuần", n), n%3 == 0))
	}
	mail.Sections = append(mail.Sections, BuildSections(mail.Language, mail.Site, func(s string) string { return s }, Group{Kind: SectionRest, Bulletins: many})...)
	mail.Count, mail.More = 409, 0
	out := renderDigest(t, mail)
	shown := strings.Count(out.HTML, "<h3")
	if len(out.HTML) > maxHTMLBytes || len(out.HTML) < maxHTMLBytes*9/10 {
		t.Errorf("HTML of %d bytes", len(out.HTML))
	}
	if want := fmt.Sprintf("Còn %d", 409-shown); !strings.Contains(out.HTML, want) || !strings.Contains(out.Text, want) {
		t.Errorf("%d shown, but no %q", shown, want)
	}
	if !strings.Contains(out.HTML, mail.UnsubscribeURL) {
		t.Error("the unsubscribe link went with the shortening")
	}
}

// TestDigestItems looks at what is long, old or elsewhere.
func TestDigestItems(t *testing.T) {
	b := digestBulletin(1, "son-la", "Hội nghị tổng kết năm 2022", true)
	b.Published = time.Date(2022, time.April, 29, 3, 0, 0, 0, time.UTC)
	b.Images[0].Caption = strings.Repeat("Các đại biểu tặng hoa chúc mừng Hội nghị. ", 200)
	for range 19 {
		b.Places = append(b.Places, "hue")
	}
	for lang, want := range map[bantin.Language][]string{
		"vi": {`>29/4/<br class="bare">2022</td>`, "và 13 nơi khác", `href="https://bantin.example.org/bulletins/tin-1"`, `alt="Các đại biểu tặng hoa chúc mừng Hội nghị.`},
		"en": {`>29 Apr <br class="bare">2022</td>`, "and 13 more", `href="https://bantin.example.org/bulletins/tin-1?lang=en"`, "<title>Bản tin khuyến học trong tuần – No. 47</title>"},
	} {
		mail := digestMail(lang)
		mail.Sections = BuildSections(lang, mail.Site, func(s string) string { return s }, Group{Kind: SectionOwn, Place: "Sơn La", Bulletins: []bantin.Bulletin{b}})
		out := renderDigest(t, mail)
		for _, part := range want {
			if !strings.Contains(out.HTML, part) {
				t.Errorf("%s: no %q in\n%s", lang, part, out.HTML)
			}
		}
		if len(out.HTML) > 12<<10 {
			t.Errorf("%s: %d bytes for one item", lang, len(out.HTML))
		}
	}
}

func TestDigestWithoutNews(t *testing.T) {
	mail := digestMail(bantin.English)
	mail.Sections, mail.Count, mail.More = nil, 0, 0
	if out := renderDigest(t, mail); !strings.Contains(out.HTML, "no news") || !strings.Contains(out.Text, "no news") {
		t.Error("an empty digest does not say that it is empty")
	}
}
