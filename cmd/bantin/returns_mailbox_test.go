package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/internal/imaptest"
	"bantin/internal/smtptest"
)

// The people of the edition whose messages come back, each named for what happens.
const returnsPeople = `thư điện tử,tỉnh
thu-hong@example.org,Phú Thọ
hong-viet@example.org,Hà Nội
day@example.org,Lào Cai
phan-nan@example.org,Sơn La
nghi-phep@example.org,Huế
bi-gia@example.org,Cà Mau
chan@example.org,Lai Châu
xin-thoi@example.org,Cần Thơ
yen-on@example.org,Hà Nội
`

// A mailbox of Dovecot full of what mail servers and people write, beside mail
// that is none of ours: the daemon suppresses exactly the right people.
func TestMailboxFullOfReturns(t *testing.T) {
	box := imaptest.Start(t)
	t.Setenv("SSL_CERT_FILE", box.CA)
	server := smtptest.Start(t, nil)
	f := newFolder(t, map[string]string{"mat-khau": imaptest.Password, "bulletins/phu-tho.md": phuTho, "contacts.csv": returnsPeople,
		"bantin.yaml": mailYAML(server.Port(), "tls: none, bounces: tra-lai@example.org") +
			fmt.Sprintf("http: {listen: \"127.0.0.1:0\"}\nbounces: {mailbox: %q, password_file: mat-khau, schedule: \"@every 1s\"}\n", box.URL())})
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	f.ok("digest", "send", "hang-tuan")
	mails := map[string]smtptest.Message{} // by the part before the @
	for _, m := range server.Messages() {
		name, _, _ := strings.Cut(m.To, "@")
		mails[name] = m
	}
	if len(mails) != 9 {
		t.Fatalf("%d messages were sent", len(mails))
	}

	box.Deliver("From: ban@example.net\nTo: vanphong@example.org\nSubject: Họp giao ban\n\nMời các bác.\n")
	box.Deliver(cameBack(mails["thu-hong"].From, "thu-hong@example.org", "550 5.1.1 User unknown"))
	box.Deliver(inVietnamese(mails["hong-viet"]))
	box.Deliver(cameBack(mails["day"].From, "day@example.org", "452 4.2.2 mailbox full"))
	box.Deliver(feedbackReport(mails["phan-nan"]))
	box.Deliver("From: nghi-phep@example.org\nTo: <" + mails["nghi-phep"].From + ">\nSubject: Tự động: nghỉ phép\nAuto-Submitted: auto-replied\n\nTôi nghỉ đến thứ Hai. 550 5.1.1 User unknown\n")
	box.Deliver(cameBack(mails["chan"].From, "chan@example.org", "550 5.7.1 blocked using bl.example.net"))
	box.Deliver("From: xin-thoi@example.org\nTo: <" + leaveAddress(t, mails["xin-thoi"]) + ">\nSubject: unsubscribe\n\n")
	box.Deliver(strings.Replace(cameBack(mails["day"].From, "day@example.org", "452 4.2.2 mailbox full"), "User", "\x00User", 1)) // the same again
	for _, forged := range forgeries(mails["bi-gia"].From, mails["nghi-phep"].From) {
		box.Deliver(cameBack(forged, "bi-gia@example.org", "550 5.1.1 User unknown"))
	}
	// A bounce of a message that was never ours, which quotes a bounce about them.
	box.Deliver("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: tra-lai@example.org\nSubject: Undelivered Mail\n\n<ai-do@example.net>: 550 5.1.1 User unknown\n\n" +
		cameBack("tra-lai@example.org", "bi-gia@example.org", "550 5.1.1 User unknown"))
	box.Deliver(complaint("tra-lai@example.org"))
	box.Deliver(cameBack("tra-lai@example.org", "yen-on@example.org", "550 5.1.1 User unknown"))

	d := f.start()
	until(t, "all is read", func() bool { return strings.Contains(d.log.String(), "bounce mailbox read") })
	if log := d.log.String(); !strings.Contains(log, "messages=17 ours=8 left_alone=9 pending=2 suppressed=1 unsubscribed=1 alarms=1") {
		t.Errorf("the daemon says\n%s", log)
	}
	if diff := cmp.Diff("phan-nan@example.org abuse", f.suppressed()); diff != "" {
		t.Errorf("suppressed at once (-want +got)\n%s", diff)
	}
	f.decide()
	if diff := cmp.Diff("hong-viet@example.org user-unknown, phan-nan@example.org abuse, thu-hong@example.org user-unknown", f.suppressed()); diff != "" {
		t.Errorf("suppressed (-want +got)\n%s", diff)
	}
	if n := box.Untouched(); n != 17 {
		t.Errorf("%d messages are in the mailbox as they came", n)
	}
	f.tells(map[string]string{
		"editions show hang-tuan-1 --json":                           `"sent":9,"deferred":0,"failed":0,"skipped":0},"returned":4`,
		"suppressions list":                                          `phan-nan@example.org: người nhận bấm "thư rác" (khiếu nại, từ `,
		"suppressions list hong-viet@example.org":                    "biết là ai nhờ: địa chỉ trả về có chữ ký",
		"contacts show day@example.org":                              "thư trở về, kỳ hang-tuan-1, hộp thư đầy",
		"contacts show thu-hong@example.org":                         "bị chặn gửi, do thư bị trả lại, không có người này",
		"contacts show phan-nan@example.org --lang en":               `suppressed, because of a returned message, the recipient reported spam`,
		"contacts show xin-thoi@example.org":                         "bản tin tổng hợp hang-tuan: đã ngừng nhận",
		"contacts show xin-thoi@example.org --json":                  `"what":"unsubscribed","by":"contact","digest":"hang-tuan"`,
		"contacts show bi-gia@example.org":                           "gửi thư, kỳ hang-tuan-1, do văn phòng, đã gửi",
		"bounce alarms":                                              "blocked using bl.example.net",
		"digest audience hang-tuan":                                  "Bản tin tổng hợp hang-tuan: 5 người sẽ nhận",
		"digest audience hang-tuan --contact day@example.org --json": `"gets":true`,
	})
	f.write("bulletins/son-la.md", "# Sơn La mở lớp xóa mù chữ\n\nLớp học buổi tối.\n")
	f.ok("collect")
	f.ok("digest", "send", "hang-tuan")
	var again []string
	for _, m := range server.Messages()[9:] {
		name, _, _ := strings.Cut(m.To, "@")
		again = append(again, name)
	}
	slices.Sort(again)
	if diff := cmp.Diff([]string{"bi-gia", "chan", "day", "nghi-phep", "yen-on"}, again); diff != "" {
		t.Errorf("who got the next edition (-want +got)\n%s", diff)
	}
	f.ok("contacts", "erase", "thu-hong@example.org")
	f.ok("contacts", "erase", "phan-nan@example.org")
	f.isForgotten("thu-hong@example.org", "phan-nan@example.org")
	if out := f.ok("contacts", "import", "contacts.csv"); !strings.Contains(out, "2 người đã yêu cầu xóa: không đưa lại") {
		t.Errorf("the list again:\n%s", out)
	}
	d.stop()
}

// isForgotten looks for addresses in the files of the database, while a daemon
// has it. What the daemon kept from being moved out of the write-ahead file when
// somebody was erased is moved with a later page.
func (f *folder) isForgotten(addresses ...string) {
	f.t.Helper()
	until(f.t, "the files hold no address any more", func() bool {
		files, err := filepath.Glob(f.path("var/bantin.db*"))
		if err != nil || len(files) < 2 {
			f.t.Fatalf("the files are %v: %v", files, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.t.Fatal(err)
			}
			data = bytes.ToLower(data)
			if slices.ContainsFunc(addresses, func(a string) bool { return bytes.Contains(data, []byte(a)) }) {
				exec1(f.t, f.path("var/bantin.db"), `PRAGMA wal_checkpoint(TRUNCATE)`)
				return false
			}
		}
		return true
	})
}

// tells runs commands that must say so.
func (f *folder) tells(says map[string]string) {
	f.t.Helper()
	for command, want := range says {
		if out := f.ok(strings.Fields(command)...); !strings.Contains(out, want) {
			f.t.Errorf("%s does not say %q:\n%s", command, want, out)
		}
	}
}

// inVietnamese is the notice that a server writes for people, with the message.
func inVietnamese(m smtptest.Message) string {
	return "Return-Path: <>\nFrom: Hệ thống thư <mailer-daemon@mx.example.vn>\nTo: <" + m.From + ">\nSubject: Thư không gửi được\nContent-Type: text/plain; charset=utf-8\n\n" +
		"Thư của bạn không gửi được tới " + m.To + ": địa chỉ này không tồn tại.\n\n" + string(m.Data)
}

// feedbackReport is a complaint as providers write it (RFC 5965): from which
// they took out who complained, with the message.
func feedbackReport(m smtptest.Message) string {
	original := strings.ReplaceAll(string(m.Data), m.To, "redacted@example.org")
	return "From: fbl@mx.example.net\nTo: tra-lai@example.org\nSubject: complaint\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n" +
		"--f\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: FBL/1.0\nVersion: 1\nOriginal-Mail-From: <" + m.From + ">\n\n" +
		"--f\nContent-Type: message/rfc822\n\n" + original + "\n--f--\n"
}

// leaveAddress is that of the List-Unsubscribe header.
func leaveAddress(t *testing.T, m smtptest.Message) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(m.Data), "<mailto:")
	address, _, ok2 := strings.Cut(rest, "?")
	if !ok || !ok2 {
		t.Fatalf("no address to leave by in\n%s", m.Data)
	}
	return strings.ReplaceAll(strings.ReplaceAll(address, "\r\n", ""), " ", "")
}

// forgeries are return paths like theirs that we never made: the signature is cut,
// altered, of somebody else, or left out.
func forgeries(theirs, other string) []string {
	local, domain, _ := strings.Cut(theirs, "@")
	parts := strings.Split(local, ".") // local+key, delivery, mac
	otherLocal, _, _ := strings.Cut(other, "@")
	mac := otherLocal[strings.LastIndex(otherLocal, ".")+1:]
	return []string{
		local[:len(local)-2] + "@" + domain,
		local[:len(local)-1] + string('a'+(local[len(local)-1]-'a'+1)%26) + "@" + domain,
		strings.Join(parts[:len(parts)-1], ".") + "." + mac + "@" + domain,
		parts[0] + "@" + domain,
		otherLocal[:strings.LastIndex(otherLocal, ".")] + "." + parts[2] + "@" + domain,
	}
}
