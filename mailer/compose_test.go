package mailer

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func message() Message {
	link := "https://bantin.example.org/unsubscribe/" + TokenPlaceholder
	return Message{
		Sender:         Sender{Name: "Hội Khuyến học Việt Nam – Văn phòng Trung ương", Address: "bantin@example.org", ReplyTo: "vanphong@example.org"},
		Digest:         "hang-tuan",
		DigestTitle:    "Bản tin khuyến học trong tuần",
		ListDomain:     "bantin.example.org",
		Date:           time.Date(2026, 11, 23, 7, 0, 0, 0, time.FixedZone("", 7*3600)),
		UnsubscribeURL: link,
		Rendered: Rendered{
			Subject: "Bản tin khuyến học trong tuần: cụm Tây Bắc giao ban – số 47",
			Text:    "Thái Nguyên\n.một dòng bắt đầu bằng dấu chấm\n" + strings.Repeat("chữ ", 40) + link + "\n",
			HTML:    "<html><body><p>Thái Nguyên</p><p>" + strings.Repeat("khuyến học ", 30) + "</p><a href=\"" + link + "\">Ngừng nhận</a></body></html>",
		},
	}
}

// Host names in non-ASCII letters stand in headers as the DNS has them
// (RFC 5891): raw, they would need SMTPUTF8 all the way.
func TestHeadersAreASCII(t *testing.T) {
	m := message()
	m.Sender = Sender{Name: "Hội", Address: "bantin@thư.example.org", ReplyTo: "vanphong@thư.example.org", BounceAddress: "tra-lai@thư.example.org"}
	m.UnsubscribeURL = "https://thư.example.org:8443/unsubscribe/" + TokenPlaceholder
	m.ListDomain = ListDomain(&bantin.Site{URL: "https://thư.example.org:8443"})
	composed, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	raw := file(t, composed, RecipientFields{Address: "anh@example.org", MessageID: MessageIDPlaceholder, UnsubscribeToken: TokenPlaceholder, UnsubscribeDetail: UnsubscribeDetailPlaceholder})
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, want := range []string{
		"<bantin@xn--th-e0a.example.org>", "Reply-To: <vanphong@xn--th-e0a.example.org>", "@xn--th-e0a.example.org>\r\n", "<hang-tuan.xn--th-e0a.example.org>",
		"<https://xn--th-e0a.example.org:8443/unsubscribe/" + TokenPlaceholder + ">", "<mailto:tra-lai+" + UnsubscribeDetailPlaceholder + "@xn--th-e0a.example.org?subject=unsubscribe>",
	} {
		if !bytes.Contains(head, []byte(want)) {
			t.Errorf("no %s in\n%s", want, head)
		}
	}
	if bytes.ContainsFunc(head, func(ch rune) bool { return ch > '~' }) {
		t.Errorf("not in ASCII:\n%s", head)
	}
}

// What a recipient gets is, byte for byte, what go-mail would have written
// for that recipient alone.
func TestComposedMessageMatchesGoMail(t *testing.T) {
	people := []RecipientFields{
		{Name: "", Address: "thuky@example.org"},
		{Name: "Nguyễn Thị Minh Khai", Address: "khai@phutho.example.org"},
		{Name: `Lê "Bảy" Văn`, Address: "bay@example.org"},
		{Name: "Le Van Bay, Secretary", Address: "le.van.bay@example.org"},
		{Name: strings.Repeat("Công Tằng Tôn Nữ Thị ", 8), Address: strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + ".example.org"},
	}
	for shift := range 80 { // so that soft line breaks cut the token everywhere
		m := message()
		m.Rendered.HTML = strings.Repeat("x", shift) + m.Rendered.HTML
		if shift%2 == 0 {
			m.Sender.BounceAddress = "tra-lai@example.org"
		}
		composed, err := Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		p := people[shift%len(people)]
		p.MessageID = strings.Repeat("0123456789abcdef", 2)
		p.UnsubscribeToken = strings.Repeat("A1_-", tokenLength)[:tokenLength]
		p.UnsubscribeDetail = strings.Repeat("a2b.", addressLength)[:addressLength]
		want := personalBodies(t, m, p)
		if diff := cmp.Diff(string(want), string(file(t, composed, p))); diff != "" {
			t.Fatalf("shift %d: the message differs from go-mail's (-want +got):\n%s", shift, diff)
		}
		if got, err := composed.AppendWire(nil, p); err != nil || !bytes.Equal(got, dotStuff(want)) {
			t.Fatalf("shift %d: the wire form is not the stuffed message: %v", shift, err)
		}
	}
}

// The same for any recipient and any content, with and without a bounce address.
func FuzzComposedMessageMatchesGoMail(f *testing.F) {
	f.Add("Nguyễn Thị Ánh Tuyết", "anh.tuyet", "Phú Thọ tổng kết", "<p>khuyến học</p>", true)
	f.Add("", "a", "", "", false)
	f.Add(`Lê "Bảy" Văn \ (tổ 5), O'Brien`, "x+y=z", ".một dòng\n.\n..", strings.Repeat("ờ", 700), true)
	f.Add("=?UTF-8?Q?x?=", strings.Repeat("n", 64), "\r\nTo: <ai@example.org>\r\n", "=\r\n.", false)
	f.Add(strings.Repeat("Công Tằng Tôn Nữ Thị ", 12), "anh", strings.Repeat("x", 2000), "To: "+toPlaceholder, true)
	f.Add("Lan\r\nBcc: x@example.org\t\x00", "lan", "\u2028\u00a0", "<br>\t \n \n", false)
	f.Fuzz(func(t *testing.T, name, local, text, html string, bounces bool) {
		m, p := message(), RecipientFields{Name: name, Address: local + "@example.org", MessageID: strings.Repeat("0123456789abcdef", 2),
			UnsubscribeToken: strings.Repeat("A1_-", tokenLength)[:tokenLength], UnsubscribeDetail: strings.Repeat("z2.y", addressLength)[:addressLength]}
		_, nonASCII, err := envelopeAddress(p.Address)
		if err != nil || !utf8.ValidString(name+text+html) || nonASCII {
			return // the store takes neither of the first; go-mail writes a non-ASCII one as an encoded word, which no address is (RFC 2047 5)
		}
		if bounces {
			m.Sender.BounceAddress = "tra-lai@example.org"
		}
		m.Rendered.Text, m.Rendered.HTML = text+m.Rendered.Text, html+m.Rendered.HTML
		if strings.Contains(m.Rendered.Text+m.Rendered.HTML, MessageIDPlaceholder) {
			return
		}
		composed, err := Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		want := personalBodies(t, m, p)
		if diff := cmp.Diff(string(want), string(file(t, composed, p))); diff != "" {
			t.Fatalf("the message differs from go-mail's (-want +got):\n%s", diff)
		}
		wire, err := composed.AppendWire(nil, p)
		if err != nil || !bytes.Equal(wire, dotStuff(want)) || bytes.Contains(wire, []byte("\r\n.\r\n")) {
			t.Fatalf("the wire form is not the stuffed message: %v", err)
		}
	})
}

// personalBodies has go-mail write the message with the recipient's token everywhere. The
// boundary stays the segment's: it is made from the words before the token.
func personalBodies(t *testing.T, m Message, p RecipientFields) []byte {
	t.Helper()
	segment := boundary(m)
	put := func(s string) string { return strings.ReplaceAll(s, TokenPlaceholder, p.UnsubscribeToken) }
	m.UnsubscribeURL, m.Rendered.Text, m.Rendered.HTML = put(m.UnsubscribeURL), put(m.Rendered.Text), put(m.Rendered.HTML)
	if m.Sender.BounceAddress != "" {
		m.UnsubscribeMailto, m.Sender.BounceAddress = addDetail(m.Sender.BounceAddress, p.UnsubscribeDetail), ""
	}
	raw, err := write(m, formatAddress(p.Name, p.Address), p.MessageID)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(raw, []byte(boundary(m)), []byte(segment))
}

func file(t testing.TB, l *ComposedMessage, p RecipientFields) []byte {
	t.Helper()
	raw, err := l.AppendFile(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestNoHeaderInjection(t *testing.T) {
	m := message()
	m.Rendered.Subject = "Tiêu đề\r\nBcc: ai@example.org"
	m.DigestTitle = "Bản tin\r\nX-Evil: 1"
	composed, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	raw := string(file(t, composed, RecipientFields{Name: "Lan\r\nX-Evil: 2", Address: "lan@example.org", MessageID: MessageIDPlaceholder, UnsubscribeToken: TokenPlaceholder}))
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.HasPrefix(line, "Bcc:") || strings.HasPrefix(line, "X-Evil") {
			t.Errorf("a header was injected: %q", line)
		}
	}
}

func TestTokens(t *testing.T) {
	tokens := NewTokens([]byte("bí mật của một máy"))
	key := strings.Repeat("0f", keyBytes)
	token, err := tokens.UnsubscribeToken(key, "hang-tuan")
	if err != nil {
		t.Fatal(err)
	}
	if len(token) != tokenLength || len(token) != len(TokenPlaceholder) {
		t.Fatalf("token of %d characters, placeholder of %d", len(token), len(TokenPlaceholder))
	}
	gotKey, gotDigest, err := tokens.ParseUnsubscribeToken(token, []string{"hang-thang", "hang-tuan"})
	if err != nil || gotKey != key || gotDigest != "hang-tuan" {
		t.Fatalf("ParseUnsubscribe = %q, %q, %v", gotKey, gotDigest, err)
	}
	bad := []string{"", "x", token[:len(token)-1], token + "A", "B" + token[1:], strings.ToUpper(token), "\x00" + token[1:]}
	for _, b := range bad {
		if _, _, err := tokens.ParseUnsubscribeToken(b, []string{"hang-tuan"}); err == nil {
			t.Errorf("token %q was taken", b)
		}
	}
	if _, _, err := NewTokens([]byte("bí mật khác")).ParseUnsubscribeToken(token, []string{"hang-tuan"}); err == nil {
		t.Error("a token of another installation was taken")
	}
}
