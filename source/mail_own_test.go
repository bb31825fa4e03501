package source_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// mailFile is a mail of one part.
func mailFile(subject, contentType, body string) string {
	return "From: Văn phòng <vanphong@example.org>\nSubject: " + subject + "\nContent-Type: " + contentType + "\n\n" + body
}

// What is not a mail's own text is left out, and nothing of its own is.
func TestMailOwnText(t *testing.T) {
	const plain, html = "text/plain; charset=utf-8", "text/html; charset=utf-8"
	for _, c := range []struct{ name, subject, kind, body, want string }{
		{"a head in English", "Fwd: Tin", plain, "---------- Forwarded message ---------\nFrom: Huyện <huyen@example.org>\nDate: Wed, 4 Mar 2026\nSubject: Tin\nTo: <a@example.org>,\n <b@example.org>\n\nNgày hội tựu trường.", "Ngày hội tựu trường."},
		{"a head with bold marks", "FW: Tin", plain, "*From:* Huyện <huyen@example.org>\n*Sent:* 4/3/2026\n*To:* a@example.org\n*Subject:* Tin\n\nNgày hội tựu trường.", "Ngày hội tựu trường."},
		{"a covering line, a signature, a head", "Fwd: Tin", plain, "Kính chuyển các anh chị.\n\n-- \nNguyễn Văn Mẫu\n0900 000 000\n\n---------- Thư đã chuyển tiếp ---------\nTừ: Huyện <huyen@example.org>\nChủ đề: Tin\n\nNgày hội tựu trường.", "Ngày hội tựu trường."},
		{"words of the office before the head", "Fwd: Tin", plain, "Thường trực bổ sung: lễ bắt đầu lúc 8 giờ.\n\nTừ: Huyện <huyen@example.org>\nNgày: 4/3/2026\nChủ đề: Tin\n\nNgày hội tựu trường.", "Thường trực bổ sung: lễ bắt đầu lúc 8 giờ. Ngày hội tựu trường."},
		{"an answer above what it answers", "Re: Tin", plain, "Đã sửa dòng ba.\n\nOn Wed, Mar 4, 2026 at 9:00 AM Nguyễn Văn Mẫu\n<mau@example.org> wrote:\n\n> Sửa giúp.\n>> cũ", "Đã sửa dòng ba."},
		{"an answer of Outlook", "Trả lời: Tin", plain, "Đã sửa.\n\n________________________________\nTừ: Mẫu <mau@example.org>\nĐã gửi: 4/3/2026\nTới: a@example.org\nChủ đề: Tin\n\nSửa giúp.", "Đã sửa."},
		{"an answer between the lines", "Re: Tin", plain, "Vào 4/3/2026, Mẫu <mau@example.org> đã viết:\n> Mấy giờ?\nTám giờ.\n> Ở đâu?\nỞ huyện.", "Tám giờ. Ở huyện."},
		{"nothing but quoted lines", "Fwd: Tin", plain, "> Ngày hội tựu trường.\n> Có 300 học sinh.", "Ngày hội tựu trường. Có 300 học sinh."},
		{"a quotation of the writer's own", "Tin", plain, "Bác Hồ dạy:\n> Học, học nữa, học mãi.\nHội ghi nhớ.", "Bác Hồ dạy: Học, học nữa, học mãi. Hội ghi nhớ."},
		{"a journey", "Tuyến xe", plain, "Từ: Nậm Xây, sáu giờ.\nĐến: Xín Mần.\nNgày: 5/12.", "Từ: Nậm Xây, sáu giờ. Đến: Xín Mần. Ngày: 5/12."},
		{"a notice with fields", "Giấy mời", plain, "Kính gửi: các chi hội\nChủ đề: khuyến học\nNgày: 5/12\nĐến dự tại huyện.", "Kính gửi: các chi hội Chủ đề: khuyến học Ngày: 5/12 Đến dự tại huyện."},
		{"a line of hyphens", "Tin", plain, "Một.\n--\n" + strings.Repeat("Một dòng dài của bài.\n", 20), "Một. --" + strings.Repeat(" Một dòng dài của bài.", 20)},
		{"front matter", "Tin", plain, "---\ntitle: Ngày hội\n---\nNgày hội tựu trường.", "Ngày hội tựu trường."},
		{"a device", "Tin", plain, "Ngày hội.\n\nGửi từ iPhone của tôi", "Ngày hội."},
		{"Outlook's head in HTML", "FW: Tin", html, `<p>Ngày hội mở ra.</p><div><div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Huyện &lt;huyen@example.org&gt;<br><b>Sent:</b> 4/3/2026<br><b>To:</b> a@example.org<br><b>Subject:</b> Tin</p></div></div><p>Hết.</p>`, "Ngày hội mở ra. Hết."},
		{"Outlook on the web, answered", "Re: Tin", html, `<div>Đã sửa.</div><hr><div id="divRplyFwdMsg"><b>From:</b> Mẫu &lt;mau@example.org&gt;<br><b>Subject:</b> Tin</div><div>Sửa giúp.</div>`, "Đã sửa."},
		{"Gmail, answered", "Re: Tin", html, `<div>Đã sửa.</div><div class="gmail_quote"><div class="gmail_attr">Vào 4/3, Mẫu &lt;<a href="mailto:mau@example.org">mau@example.org</a>&gt; đã viết:<br></div><blockquote class="gmail_quote">Sửa giúp.</blockquote></div>`, "Đã sửa."},
		{"Thunderbird, answered", "Re: Tin", html, `<p>Đã sửa.</p><div class="moz-cite-prefix">Vào 4/3, Mẫu đã viết:</div><blockquote type="cite">Sửa giúp.</blockquote><div class="moz-signature">-- <br>Ký</div>`, "Đã sửa."},
		{"Apple, forwarded", "Fwd: Tin", html, `<div><blockquote type="cite"><div>Begin forwarded message:</div><div><b>From: </b>Huyện &lt;huyen@example.org&gt;</div><div><b>Subject: </b>Tin</div><div>Ngày hội.</div></blockquote></div>`, "Ngày hội."},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/thu.eml", mailFile(c.subject, c.kind, c.body))
			items := read(t, dir, nil)
			if len(items) != 1 || items[0].Err != nil {
				t.Fatalf("got %+v", items)
			}
			b := items[0].Bulletin
			got := strings.Join(strings.Fields(b.Lead+" "+b.Text), " ")
			if got != c.want || strings.Contains(got+b.HTML, "@") {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// A mail that is attached is the bulletin, unless the one around it says more.
func TestMailWithinMail(t *testing.T) {
	inner := mailFile("Tin trong", "text/plain; charset=utf-8", "Ngày hội tựu trường của huyện.")
	attached := func(text, parts string) string {
		return "From: a@example.org\nSubject: Fwd: Thư ngoài\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n" + parts + "--m--\n"
	}
	part := "--m\nContent-Type: message/rfc822\n\n" + inner + "\n"
	deep := inner
	for range 8 {
		deep = attached("Kính chuyển.", "--m\nContent-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(deep))+"\n")
	}
	long := strings.Repeat("Thư ngoài nói nhiều hơn. ", 5)
	for _, c := range []struct{ name, raw, want string }{
		{"a covering line", attached("Kính chuyển.", part), `"Tin trong" "Ngày hội tựu trường của huyện." held false`},
		{"a longer text", attached(long, part), fmt.Sprintf("%q %q held false", "Thư ngoài", strings.TrimSpace(long))},
		{"two mails", attached("", part+part), `"Thư ngoài" "" held true`},
		{"eight deep", deep, `"Thư ngoài" "Kính chuyển." held true`},
	} {
		dir := t.TempDir()
		write(t, dir+"/thu.eml", c.raw)
		b := read(t, dir, nil)[0].Bulletin
		if got := fmt.Sprintf("%q %q held %v", b.Title, strings.TrimSpace(b.Lead+" "+b.Text), b.Held != ""); got != c.want {
			t.Errorf("%s: %s, want %s; warnings %q", c.name, got, c.want, b.Warnings)
		}
	}
}
