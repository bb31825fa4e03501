package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bantin/internal/imaptest"
	"bantin/internal/smtptest"
)

// returnsFolder has an edition that was sent to three contacts, and gives the
// return path of each.
func returnsFolder(t *testing.T, more string) (f *folder, paths map[string]string) {
	t.Helper()
	server := smtptest.Start(t, nil)
	f = newFolder(t, map[string]string{"mat-khau": imaptest.Password, "bulletins/phu-tho.md": phuTho,
		"bantin.yaml":  mailYAML(server.Port(), "tls: none, bounces: tra-lai@example.org") + more,
		"contacts.csv": "thư điện tử,tỉnh\nanh@example.org,Phú Thọ\nbinh@example.org,Hà Nội\ncuong@example.org,Lào Cai\n"})
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	f.ok("digest", "send", "hang-tuan")
	paths = map[string]string{}
	for _, m := range server.Messages() {
		paths[m.To] = m.From
	}
	if len(paths) != 3 || !strings.HasPrefix(paths["anh@example.org"], "tra-lai+") {
		t.Fatalf("return paths %v", paths)
	}
	return f, paths
}

// cameBack is a bounce that a mail server writes.
func cameBack(to, about, said string) string {
	return fmt.Sprintf(`Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: <%s>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; %s
Action: failed
Status: %s
Diagnostic-Code: smtp; %s

--b--
`, to, about, said[4:9], said)
}

func complaint(path string) string {
	return fmt.Sprintf("From: fbl@mx.example.net\nTo: khieu-nai@example.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <%s>\n\n--f--\n", path)
}

// decide has bounces decided as if an hour had passed and the edition had gone to
// hundreds.
func (f *folder) decide() {
	f.t.Helper()
	exec1(f.t, f.path("var/bantin.db"), `UPDATE editions SET recipients = recipients + 500`)
	exec1(f.t, f.path("var/bantin.db"), `UPDATE returns SET at = at - 3600000 WHERE done = 'pending'`)
	f.ok("digest", "send", "hang-tuan") // there is no news
	exec1(f.t, f.path("var/bantin.db"), `UPDATE editions SET recipients = recipients - 500`)
}

func (f *folder) suppressed() string {
	f.t.Helper()
	var list []string
	for line := range strings.SplitSeq(strings.TrimSpace(f.ok("suppressions", "list", "--json")), "\n") {
		var s suppressionJSON
		if line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			f.t.Fatal(err)
		}
		list = append(list, s.Address+" "+s.Reason)
	}
	return strings.Join(list, ", ")
}

// A message from a mail server's pipe: what it does, that it is shown, and that
// it is undone.
func TestBounceReceive(t *testing.T) {
	t.Parallel()
	f, paths := returnsFolder(t, "")
	receive := func(raw string, args ...string) ended {
		cmd := exec.Command("bantin", append([]string{"bounce", "receive"}, args...)...)
		cmd.Stdin = strings.NewReader(raw)
		return f.end(cmd)
	}
	dead := cameBack(paths["anh@example.org"], "anh@example.org", "550 5.1.1 User unknown")
	for _, step := range []struct {
		what, raw, says string
		args            []string
	}{
		{"a dead address", dead, "địa chỉ hỏng – không có người này: chưa làm gì, sẽ quyết định khi kỳ ấy gửi xong\n", nil},
		{"the same again", dead, "đã nhận trước đây: địa chỉ hỏng – không có người này\n", nil},
		{"our server is blocked", cameBack(paths["binh@example.org"], "binh@example.org", "550 5.7.1 blocked using bl.example.net"),
			"lỗi tạm hoặc do phía gửi – máy chủ gửi của ta bị chặn: cảnh báo cho quản trị: bên nhận từ chối máy chủ của ta\n", nil},
		{"forged", cameBack("tra-lai@example.org", "binh@example.org", "550 5.1.1 User unknown"), "không phải về thư của ta, để yên: địa chỉ hỏng – không có người này\n", nil},
		{"the address as Postfix knows it", cameBack("ai-do@example.org", "cuong@example.org", "550 5.1.1 User unknown"), "dead address – no such user: nothing yet, decided when its edition has settled\n",
			[]string{"--to", paths["cuong@example.org"], "--lang", "en"}},
		{"50 MB", cameBack(paths["binh@example.org"], "binh@example.org", "552 5.2.2 mailbox full") + strings.Repeat("a\x00\xff\n", 50<<20/4),
			"lỗi tạm hoặc do phía gửi – hộp thư đầy: đã ghi nhận\n", nil},
	} {
		if e := receive(step.raw, step.args...); e.status != 0 || e.out != step.says {
			t.Errorf("%s: status %d\n%s%s", step.what, e.status, e.out, e.err)
		}
	}
	if got := f.suppressed(); got != "" {
		t.Errorf("suppressed at once: %s", got)
	}
	if out := f.ok("contacts", "show", "anh@example.org"); !strings.Contains(out, "thư ở kỳ hang-tuan-1 bị từ chối, ") || !strings.Contains(out, "không có người này; sẽ quyết định lúc ") {
		t.Errorf("the contact: %s", out)
	}
	f.decide()
	if got := f.suppressed(); got != "anh@example.org user-unknown, cuong@example.org user-unknown" {
		t.Errorf("suppressed: %s", got)
	}
	if out := f.ok("editions", "list", "--json"); !strings.Contains(out, `"returned":3`) || !strings.Contains(out, `"sent":3`) {
		t.Errorf("the edition: %s", out)
	}
	if out := f.ok("suppressions", "list", "ANH@example.org"); !strings.Contains(out, "anh@example.org: không có người này (địa chỉ hỏng, từ ") ||
		!strings.Contains(out, "kỳ: hang-tuan-1\n") || !strings.Contains(out, "máy chủ nói: 550 5.1.1 User unknown") || !strings.Contains(out, "biết là ai nhờ: địa chỉ trả về có chữ ký") {
		t.Errorf("the suppression: %s", out)
	}
	if out := f.ok("suppressions", "list", "anh@example.org", "--message"); out != dead {
		t.Errorf("the message: %q", out)
	}
	if out := f.ok("bounce", "alarms"); !strings.Contains(out, "máy chủ gửi của ta bị chặn: 1 lần") || !strings.Contains(out, "blocked using bl.example.net") {
		t.Errorf("alarms: %s", out)
	}
	if out := f.ok("contacts", "show", "anh@example.org"); !strings.Contains(out, "không có người này") {
		t.Errorf("the contact: %s", out)
	}
	f.ok("suppressions", "remove", "anh@example.org")
	if got := f.suppressed(); got != "cuong@example.org user-unknown" {
		t.Errorf("suppressed after one was undone: %s", got)
	}
}

// While the configuration or the database cannot be used, the mail server is to
// keep the message.
func TestBounceReceiveLater(t *testing.T) {
	t.Parallel()
	f := mailFolder(t, mailYAML(25, noTLS))
	f.write("bantin.yaml", "site: [")
	f.fails(75, []string{"bantin.yaml:1"}, "bounce", "receive")
	f.write("bantin.yaml", "data: tep-tin\nsite: {url: \"https://bantin.example.org\"}\n")
	f.write("tep-tin", "không phải thư mục")
	f.fails(75, []string{"bantin: "}, "bounce", "receive")
	f.write("bantin.yaml", "data: o-dia\nsite: {url: \"https://bantin.example.org\"}\n")
	f.fails(75, []string{"o-dia"}, "bounce", "receive")
	if _, err := os.Stat(f.path("o-dia")); err == nil {
		t.Error("a database that was away was made anew")
	}
	f.fails(75, []string{"--khong-co"}, "bounce", "receive", "--khong-co")
	f.fails(75, []string{"thu"}, "bounce", "receive", "thu")
}

// The daemon reads a mailbox that goes away in between: what comes when it is
// back is taken, and what was taken before is not taken again.
func TestReturnsByDaemon(t *testing.T) {
	box := imaptest.Start(t)
	t.Setenv("SSL_CERT_FILE", box.CA)
	f, paths := returnsFolder(t, fmt.Sprintf("http: {listen: \"127.0.0.1:0\"}\nbounces: {mailbox: %q, password_file: mat-khau, schedule: \"@every 1s\"}\n", box.URL()))
	box.Deliver(cameBack(paths["anh@example.org"], "anh@example.org", "550 5.1.1 User unknown"))
	box.Deliver("From: ai-do@example.net\nTo: tra-lai@example.org\nSubject: Hỏi thăm\n\nHội có khỏe không?\n")
	d := f.start()
	until(t, "the first bounce is taken", func() bool {
		return strings.Contains(f.ok("contacts", "show", "anh@example.org"), "sẽ quyết định lúc ")
	})
	box.Stop()
	until(t, "the daemon says that the mailbox is away", func() bool { return strings.Contains(d.log.String(), "cannot be read") })
	box.Deliver(complaint(paths["cuong@example.org"]))
	box.Run()
	until(t, "the complaint is taken", func() bool { return f.suppressed() == "cuong@example.org abuse" })
	f.decide()
	if got := f.suppressed(); got != "anh@example.org user-unknown, cuong@example.org abuse" {
		t.Errorf("suppressed: %s", got)
	}
	d.stop()
	log := d.log.String()
	if sum(t, log, "messages") != 3 || sum(t, log, "left_alone") != 1 || sum(t, log, "pending") != 1 || sum(t, log, "suppressed") != 1 {
		t.Errorf("the log:\n%s", log)
	}
}

// sum adds up what a log says of a number in all its lines.
func sum(t *testing.T, log, name string) (n int) {
	t.Helper()
	for _, found := range regexp.MustCompile(` `+name+`=(\d+)`).FindAllStringSubmatch(log, -1) {
		one, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		n += one
	}
	return n
}

// A Maildir on this machine. What is old stays until the clock was steady for an hour.
func TestReturnsFromMaildir(t *testing.T) {
	t.Parallel()
	f, paths := returnsFolder(t, "http: {listen: \"127.0.0.1:0\"}\nbounces: {mailbox: \"maildir:thu-ve\", schedule: \"@every 1s\"}\nkeep: {bounces: 0s, deliveries: 0s}\n")
	for _, dir := range []string{"cur", "tmp"} {
		f.write("thu-ve/"+dir+"/.giu", "")
	}
	f.write("thu-ve/new/1.a.b", cameBack(paths["anh@example.org"], "anh@example.org", "550 5.1.1 User unknown"))
	d := f.start()
	until(t, "the bounce is taken", func() bool {
		return strings.Contains(f.ok("contacts", "show", "anh@example.org"), "sẽ quyết định lúc ")
	})
	d.stop()
	f.decide()
	if out := f.ok("editions", "list", "--json"); !strings.Contains(out, `"sent":3`) || !strings.Contains(out, `"returned":1`) {
		t.Errorf("the edition: %s", out)
	}
	if out := f.ok("suppressions", "list", "anh@example.org"); !strings.Contains(out, "550 5.1.1 User unknown") || !strings.Contains(out, "--message") {
		t.Errorf("the suppression: %s", out)
	}
}
