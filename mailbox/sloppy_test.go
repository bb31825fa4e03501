package mailbox_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/mailbox"
)

// letter is a mail with a header of its own, and a body.
func letter(fields, body string) string {
	return "From: a@example.org\r\n" + strings.ReplaceAll(fields, "\n", "\r\n") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n")
}

// mixed is a mail of a text and the parts given, each with its header.
func mixed(contentType, boundary string, parts ...string) string {
	body := ""
	for _, p := range append([]string{"Content-Type: text/plain; charset=utf-8\n\nChữ.\n"}, parts...) {
		body += "--" + boundary + "\n" + p
	}
	return letter("Subject: Tin\nContent-Type: "+contentType, body+"--"+boundary+"--\n")
}

func file(fields string) string {
	return fields + "\nContent-Transfer-Encoding: base64\n\n" + b64("%PDF") + "\n"
}

const fileThere = "text/plain: Chữ."

// Mails are read as programs write them, not as standards say.
func TestReadSloppy(t *testing.T) {
	ordinary := "multipart/mixed; boundary=b1"
	for _, c := range []struct {
		name, raw string
		want      []string // without the first line
	}{
		// boundaries
		{"signs and no quotes", mixed("multipart/mixed; boundary=----=_Part_1.2:3/4", "----=_Part_1.2:3/4"), []string{fileThere}},
		{"no semicolon", mixed(`multipart/mixed boundary="b1"`, "b1"), []string{fileThere}},
		{"two semicolons", mixed(`multipart/mixed;; boundary="b1";`, "b1"), []string{fileThere}},
		{"blanks around the sign", mixed(`multipart/mixed; boundary = "b1"`, "b1"), []string{fileThere}},
		{"none said", mixed("multipart/mixed", "b1"), []string{fileThere}},
		{"another one said", mixed("multipart/mixed; boundary=b2", "b1"), []string{fileThere}},
		{"a type that follows without a semicolon", mixed("multipart/mixed; boundary=b1 charset=utf-8", "b1"), []string{fileThere}},
		{"none there", letter("Subject: Tin\nContent-Type: multipart/mixed; boundary=b1", "Chữ."), []string{fileThere}},
		// names
		{"blanks and no quotes", mixed(ordinary, "b1", file("Content-Type: application/pdf; name=Ban tin so 5.pdf\nContent-Disposition: attachment; filename=Ban tin so 5.pdf")), []string{fileThere, "application/pdf Ban tin so 5.pdf attached: %PDF"}},
		{"raw letters", mixed(ordinary, "b1", file(`Content-Type: application/pdf; name="Bản tin.pdf"`)), []string{fileThere, "application/pdf Bản tin.pdf: %PDF"}},
		{"in pieces", mixed(ordinary, "b1", file("Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''B%E1%BA%A3n%20;\n filename*1=\"100% \";\n filename*2*=tin.pdf")), []string{fileThere, "application/pdf Bản 100% tin.pdf attached: %PDF"}},
		{"in pieces, plain", mixed(ordinary, "b1", file("Content-Type: application/pdf;\n name*0=\"Ban \";\n name*1=\"tin.pdf\"")), []string{fileThere, "application/pdf Ban tin.pdf: %PDF"}},
		{"in windows-1258", mixed(ordinary, "b1", file("Content-Type: application/pdf\nContent-Disposition: attachment; filename*=windows-1258''h%EA%2Epdf")), []string{fileThere, "application/pdf hê.pdf attached: %PDF"}},
		{"encoded within quotes", mixed(ordinary, "b1", file("Content-Type: application/pdf\nContent-Disposition: attachment; filename*=\"utf-8''B%E1%BA%A3n%20tin.pdf\"")), []string{fileThere, "application/pdf Bản tin.pdf attached: %PDF"}},
		{"twice", mixed(ordinary, "b1", file(`Content-Type: application/pdf; name="a.pdf"; name="b.pdf"`)), []string{fileThere, "application/pdf a.pdf: %PDF"}},
		{"a quote that is not closed", mixed(ordinary, "b1", file(`Content-Type: application/pdf; name="a.pdf`)), []string{fileThere, "application/pdf a.pdf: %PDF"}},
		{"no type, but a name", mixed(ordinary, "b1", file(`Content-Type: pdf; name="a.pdf"`)), []string{fileThere, "application/octet-stream a.pdf: %PDF"}},
		{"a name that leads elsewhere", mixed(ordinary, "b1", file("Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''..%2F..%5Ca.pdf")), []string{fileThere, "application/pdf a.pdf attached: %PDF"}},
		// files among alternatives
		{"a document among alternatives", mixed("multipart/alternative; boundary=b1", "b1", "Content-Type: text/html\n\n<p>Chữ.\n", file("Content-Type: application/pdf; name=a.pdf")), []string{"text/html: <p>Chữ.", "application/pdf a.pdf: %PDF"}},
		{"mails in a digest", letter("Subject: Tin\nContent-Type: multipart/digest; boundary=b1", "--b1\n\nSubject: Một\n\nx\n--b1\n\nSubject: Hai\n\ny\n--b1--\n"), []string{"message/rfc822 attached: Subject: Một\r\n\r\nx", "message/rfc822 attached: Subject: Hai\r\n\r\ny"}},
		// bodies
		{"bad escapes", letter("Subject: Tin\nContent-Transfer-Encoding: quoted-printable", "Ch=E1=BB=AF 5=6 =ZZ=\n ti=e1=ba=bfp"), []string{"text/plain: Chữ 5=6 =ZZ tiếp"}},
		{"Base64 without padding, with other signs", letter("Subject: Tin\nContent-Transfer-Encoding: base64", strings.TrimRight(b64("Hội nghị"), "=")+" \n!"), []string{"text/plain: Hội nghị"}},
		{"Base64 of two pieces", letter("Subject: Tin\nContent-Transfer-Encoding: base64", b64("Hội ")+"\n"+b64("nghị")), []string{"text/plain: Hội nghị"}},
		{"ISO-2022-JP", letter("Subject: Tin\nContent-Type: text/plain; charset=ISO-2022-JP", "\x1b$B$3$s\x1b(B"), []string{"text/plain: こん"}},
		{"uuencode in the text", letter("Subject: Tin", "Chữ.\nbegin 644 a b.txt\n#0V%T\n`\nend\nHết."), []string{"text/plain: Chữ.\r\nHết.", "application/octet-stream a b.txt attached: Cat"}},
		{"no uuencode", letter("Subject: Tin", "begin 100 ngay\nkhông phải mã\nend"), []string{"text/plain: begin 100 ngay\r\nkhông phải mã\r\nend"}},
		{"uuencode as transfer encoding", letter("Subject: Tin\nContent-Type: application/x; name=a\nContent-Transfer-Encoding: x-uuencode", "begin 644 a.txt\n#0V%T\n`\nend\n"), []string{"application/x a: Cat"}},
		{"flowed", letter("Subject: Tin\nContent-Type: text/plain; format=flowed", "Một \nhai.\n ba\n> bốn \n> năm\n-- \nKý"), []string{"text/plain: Một hai.\nba\n> bốn năm\n-- \nKý"}},
		{"flowed and DelSp", letter("Subject: Tin\nContent-Type: text/plain; format=flowed; delsp=yes", "Mộ \nt hai."), []string{"text/plain: Một hai."}},
		// headers
		{"a line that is no field", letter("Subject: Tin\nkhông có dấu\nContent-Type: text/html", "<p>Chữ."), []string{"text/html: <p>Chữ."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := mailbox.Read([]byte(c.raw))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, told(m)[1:]); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// Encoded words are decoded as programs write them.
func TestReadSloppySubject(t *testing.T) {
	unpadded := "=?utf-8?B?" + strings.TrimRight(b64("Tin"+" mới"), "=") + "?="
	for subject, want := range map[string]string{
		unpadded:                      "Tin mới",
		`"` + unpadded + `"`:          `"Tin mới"`,
		"Số 5:" + unpadded + "(gấp)":  "Số 5:Tin mới(gấp)",
		"=?utf-8?Q?Tin m=E1=BB=9Bi?=": "Tin mới",
		"=?utf-8*vi?Q?m=E1=BB=9Bi?=":  "mới",
		"=?utf-8?q?a?b?=":             "a?b",
		"=?utf-8?Q?m=E1?= =?utf-8?B?" + b64("\xbb\x9b") + "?=i": "mới",
		"=?viscii?Q?H=B5i_ngh=B8?=":                             "Hội nghị",
		"=?x-viet-tcvn?Q?H=E9i?=":                               "Hội",
		"=?x-unknown?Q?H=B5i?=":                                 "H\xb5i",
		"=?utf-8?X?a?= =?":                                      "=?utf-8?X?a?= =?",
	} {
		if m, err := mailbox.Read([]byte(letter("Subject: "+subject, "x"))); err != nil || m.Subject != want {
			t.Errorf("%s: %q, want %q", subject, m.Subject, want)
		}
	}
}

// However a header is decoded, the id of a mail's content is that of before.
func TestContentIDStays(t *testing.T) {
	for subject, want := range map[string]string{
		"=?utf-8?B?VGlu?=":  "dd943ba8267916624f512c6448c6790c49c02c7947923b768098e7955f58ef06",
		"x=?utf-8?B?VGlu?=": "c2680513a719ed2087b612f3cc8007ab6dc2303e47561d489664444b0da1feba",
	} {
		m, err := mailbox.Read([]byte(letter("Subject: "+subject+"\nDate: Fri, 29 Apr 2022 08:15:00 +0700", "x")))
		if err != nil || m.ContentID() != want {
			t.Errorf("%s: %s, want %s", subject, m.ContentID(), want)
		}
	}
}
