package main

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bantin/internal/freeport"
	"bantin/internal/smtptest"
)

// mailYAML mails to a server on this machine.
func mailYAML(port int, more string) string {
	return fmt.Sprintf(`site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
sources: [{id: van-phong, kind: folder, path: bulletins, schedule: "@every 1m"}]
digests: [{id: hang-tuan, title: Bản tin khuyến học trong tuần, schedule: "0 7 * * MON"}]
smtp: {host: 127.0.0.1, port: %d, from: "Hội Khuyến học <bantin@example.org>", %s}
`, port, more)
}

// noTLS is for servers that hang up in the middle: a message that they may have
// taken is tried again soon.
const noTLS = "tls: none, connections: 2, retry: [1s, 1s, 1s]"

// mailFolder has news and three contacts.
func mailFolder(t *testing.T, yaml string) *folder {
	t.Helper()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          yaml,
		"bulletins/phu-tho.md": phuTho,
		"contacts.csv":         "thư điện tử,họ tên,tỉnh\nanh@example.org,Nguyễn Thị Ánh,Phú Thọ\nbinh@example.org,Lê Văn Bình,Hà Nội\ncuong@example.org,Trần Cường,Lào Cai\n",
	})
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	return f
}

// sendFor is a command that gives up after the time.
func sendFor(wait string, more ...string) func() *exec.Cmd {
	return func() *exec.Cmd {
		return exec.Command("bantin", append([]string{"digest", "send", "hang-tuan", "--wait", wait}, more...)...)
	}
}

// everyoneOnce goes on with the edition and demands that each contact has it
// and nobody has it twice.
func (f *folder) everyoneOnce(server *smtptest.Server) {
	f.t.Helper()
	e := f.bantin("digest", "send", "hang-tuan")
	f.failed(e, 0, []string{"Tiếp tục kỳ hang-tuan-1."}, "digest send")
	if !strings.Contains(e.out, "xong: 1 tin; 3 đã gửi, 0 còn chờ, 0 hỏng, 0 bỏ qua") {
		f.t.Errorf("the edition in the end: %s", e.out)
	}
	got := server.Received()
	for _, name := range []string{"anh", "binh", "cuong"} {
		if n := got[name+"@example.org"]; n != 1 {
			f.t.Errorf("%s got it %d times", name, n)
		}
	}
	f.failed(f.bantin("digest", "send", "hang-tuan"), 0, []string{"Không có tin mới: không lập kỳ nào."}, "digest send")
}

// The server is down: nobody is skipped, the command says why, and goes on
// when the server is there.
func TestMailServerDown(t *testing.T) {
	t.Parallel()
	f := mailFolder(t, mailYAML(freeport.Port(t), noTLS))
	f.inVain([]string{"Máy chủ gửi thư chưa dùng được: ", "connection refused", "3 thư còn chờ: chạy lại lệnh này, hoặc `bantin run`, để gửi tiếp."}, sendFor("2s"))
	e := f.inVain([]string{"Continuing edition hang-tuan-1.", "The mail server cannot be used: ", "3 messages still wait"}, sendFor("2s", "--lang", "en"))
	if n := strings.Count(e.err, "check smtp.port"); n != 1 {
		f.t.Errorf("told %d times which setting to look at: %s", n, e.err)
	}
	if out := f.ok("editions", "list", "--json"); !strings.Contains(out, `"status":"sending"`) || !strings.Contains(out, `"queued":3,`) {
		t.Errorf("the edition meanwhile: %s", out)
	}
	server := smtptest.Start(t, nil)
	f.write("bantin.yaml", mailYAML(server.Port(), noTLS))
	f.everyoneOnce(server)
}

// What a server may do instead of taking mail: the command says it, and when
// the server is well again everyone gets it once.
func TestMailServerRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		stage smtptest.Stage
		does  smtptest.Answer
		says  string
	}{
		{"busy", smtptest.Connect, smtptest.Answer{Reply: "421 4.7.0 quá nhiều kết nối"}, "4.7.0 quá nhiều kết nối"},
		{"without a greeting", smtptest.Connect, smtptest.Answer{Close: true}, "EOF"},
		{"wants a log-in", smtptest.Mail, smtptest.Answer{Reply: "530 5.7.0 phải đăng nhập trước"}, "5.7.0 phải đăng nhập trước"},
		{"hangs up at RCPT", smtptest.Rcpt, smtptest.Answer{Close: true}, "EOF"},
		{"hangs up before the body", smtptest.Data, smtptest.Answer{Close: true}, "EOF"},
		{"hangs up in the body", smtptest.BodyStart, smtptest.Answer{Close: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var well atomic.Bool
			server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
				if stage == test.stage && !well.Load() {
					return test.does
				}
				return smtptest.Answer{}
			})
			f := mailFolder(t, mailYAML(server.Port(), noTLS))
			words := []string{"3 thư còn chờ"}
			if test.says != "" {
				words = append(words, "Máy chủ gửi thư chưa dùng được: ", test.says)
			}
			f.inVain(words, sendFor("1s"))
			if n := len(server.Messages()); n > 0 {
				t.Fatalf("%d messages were taken", n)
			}
			well.Store(true)
			f.everyoneOnce(server)
		})
	}
}

// A relay that blocks us is asked a handful of times, then the edition is held:
// the command says so, and goes on once that is mended.
func TestMailServerBlocksUs(t *testing.T) {
	t.Parallel()
	var blocked atomic.Bool
	blocked.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Rcpt && blocked.Load() {
			return smtptest.Answer{Reply: "554 5.7.1 máy gửi bị chặn"}
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), noTLS))
	list := "email\n"
	for i := range 47 {
		list += fmt.Sprintf("c%d@example.org\n", i)
	}
	f.write("more.csv", list)
	f.ok("contacts", "import", "more.csv")
	f.fails(1, []string{"Máy chủ gửi thư chưa dùng được: ", "máy gửi bị chặn", "từ chối hẳn 5 trong 5 thư", "bantin editions retry --failed hang-tuan-1", "50 thư còn chờ và không được gửi"}, "digest", "send", "hang-tuan")
	if out := f.ok("editions", "show", "hang-tuan-1"); !strings.Contains(out, "bị giữ lại") || !strings.Contains(out, "5/5 thư bị từ chối") {
		t.Errorf("the edition: %s", out)
	}
	if out := f.ok("editions", "list", "--json"); !strings.Contains(out, `"status":"held"`) || !strings.Contains(out, `"failed":0`) {
		t.Errorf("the edition: %s", out)
	}
	blocked.Store(false)
	f.fails(1, []string{"50 thư còn chờ và không được gửi"}, "digest", "send", "hang-tuan") // a person resumes it
	f.ok("deliveries", "resume")
	f.fails(1, []string{"50 thư còn chờ và không được gửi"}, "digest", "send", "hang-tuan")
	f.ok("editions", "resume", "hang-tuan-1")
	f.ok("digest", "send", "hang-tuan")
	if got := server.Received(); len(got) != 50 || len(server.Messages()) != 50 {
		t.Errorf("%d messages to %d addresses", len(server.Messages()), len(got))
	}
	if out := f.ok("editions", "show", "hang-tuan-1"); !strings.Contains(out, "xong") || strings.Contains(out, "từ chối") {
		t.Errorf("the edition in the end: %s", out)
	}
}

// A refused log-in is told with what the server says; no password is shown.
func TestMailServerRefusesLogIn(t *testing.T) {
	t.Parallel()
	port, roots := loginRefuser(t, "535 5.7.8 sai mật khẩu")
	f := mailFolder(t, mailYAML(port, noTLS))
	f.write("bantin.yaml", mailYAML(port, "tls: tls, username: bantin, password_file: mat-khau"))
	f.fails(2, []string{`tệp "mat-khau": không tồn tại`}, "digest", "send", "hang-tuan")
	f.write("mat-khau", "mật khẩu sai\n")
	f.write("roots.pem", roots)
	e := f.inVain([]string{"Máy chủ gửi thư chưa dùng được: ", "5.7.8 sai mật khẩu", "3 thư còn chờ"}, func() *exec.Cmd {
		cmd := sendFor("2s")()
		cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+f.path("roots.pem"))
		return cmd
	})
	if strings.Contains(e.err+e.out, "mật khẩu sai") {
		t.Errorf("the password is shown:\n%s%s", e.out, e.err)
	}
	// A certificate that nobody vouches for is refused before the log-in.
	f.inVain([]string{"certificate"}, sendFor("2s"))

	server := smtptest.Start(t, nil)
	f.write("bantin.yaml", mailYAML(server.Port(), noTLS))
	f.everyoneOnce(server)
}

// loginRefuser is a server behind TLS that answers every log-in with reply; it gives
// its port and the certificate to trust.
func loginRefuser(t *testing.T, reply string) (port int, roots string) {
	t.Helper()
	lender := httptest.NewTLSServer(nil) // of a certificate for 127.0.0.1
	defer lender.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: lender.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go refuseLogIn(conn, reply)
		}
	}()
	roots = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: lender.Certificate().Raw}))
	return listener.Addr().(*net.TCPAddr).Port, roots
}

func refuseLogIn(conn net.Conn, reply string) {
	defer conn.Close()
	fmt.Fprint(conn, "220 mx.example.org ESMTP\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); verb {
		case "EHLO":
			fmt.Fprint(conn, "250-mx.example.org\r\n250 AUTH PLAIN XOAUTH2\r\n")
		case "AUTH":
			fmt.Fprint(conn, reply+"\r\n")
		case "QUIT":
			fmt.Fprint(conn, "221 2.0.0 tạm biệt\r\n")
			return
		default:
			fmt.Fprint(conn, "503 5.5.1 chưa đăng nhập\r\n")
		}
	}
}

// One recipient is refused for now, one for good: status 1 and what to do, and
// the others have theirs.
func TestRecipientsRefused(t *testing.T) {
	t.Parallel()
	var later atomic.Bool
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		switch {
		case stage == smtptest.Rcpt && arg == "anh@example.org" && !later.Load():
			return smtptest.Answer{Reply: "451 4.7.1 thử lại sau"}
		case stage == smtptest.Rcpt && arg == "binh@example.org":
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), "tls: none, retry: ["+strings.Repeat("1s, ", 59)+"1s]"))
	interrupt := f.begin("digest", "send", "hang-tuan")
	until(t, "two are settled and one is put off", func() bool {
		return strings.Contains(f.ok("editions", "list", "--json"), `"sent":1,"deferred":1,"failed":1,`)
	})
	f.failed(interrupt(), 1, []string{"1 thư còn chờ: chạy lại lệnh này"}, "digest send")
	if out := f.ok("editions", "show", "hang-tuan-1", "--status", "deferred", "--json"); !strings.Contains(out, `"contact":"anh@example.org","status":"deferred","attempts":`) || !strings.Contains(out, `"reply":"451 4.7.1 thử lại sau"`) {
		t.Errorf("the deferred one: %s", out)
	}
	later.Store(true)
	e := f.bantin("digest", "send", "hang-tuan")
	f.failed(e, 1, []string{"1 thư hỏng: xem `bantin editions show hang-tuan-1 --status failed`"}, "digest send")
	if !strings.Contains(e.out, "xong: 1 tin; 2 đã gửi, 0 còn chờ, 1 hỏng, 0 bỏ qua") {
		t.Errorf("the edition in the end: %s", e.out)
	}
	out := f.ok("editions", "show", "hang-tuan-1", "--status", "failed")
	if !strings.Contains(out, "failed    binh@example.org  1  550 5.1.1 không có hộp thư này") || strings.Contains(out, "anh@") {
		t.Errorf("the failed one:\n%s", out)
	}
	if got := server.Received(); got["anh@example.org"] != 1 || got["cuong@example.org"] != 1 || len(got) != 2 {
		t.Errorf("received: %v", got)
	}
}

// A test to oneself goes over SMTP, marked, and is nobody's digest.
func TestPreviewOverSMTP(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasPrefix(arg, "khong-co@") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), noTLS))
	e := f.bantin("digest", "preview", "hang-tuan", "--contact", "anh@example.org", "--to", "sep@example.org")
	f.failed(e, 0, []string{"Đã gửi thử tới sep@example.org: 250"}, "digest preview --to")
	messages := server.Messages()
	if len(messages) != 1 || messages[0].To != "sep@example.org" || messages[0].From != "bantin@example.org" {
		t.Fatalf("messages: %v", server.Received())
	}
	text := string(messages[0].Data)
	if strings.Contains(text, "anh@example.org") || !strings.Contains(text, "To: <sep@example.org>\r\n") {
		t.Errorf("the test:\n%s", text[:1000])
	}
	if subject := header(t, text, "Subject"); !strings.Contains(subject, "Thử") && !strings.Contains(subject, "thử") {
		t.Errorf("the test is not marked: %s", subject)
	}
	f.fails(1, []string{"5.1.1 không có hộp thư này"}, "digest", "preview", "hang-tuan", "--contact", "anh@example.org", "--to", "khong-co@example.org")
	if out := f.ok("editions", "list"); out != "" {
		t.Errorf("a test made an edition: %s", out)
	}
}

// header gives a header of a message, decoded.
func header(t *testing.T, text, name string) string {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	value, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// Two commands and a daemon deliver one edition: they share it, and nobody gets
// it twice.
func TestDeliveredTogether(t *testing.T) {
	t.Parallel()
	const contacts = 1200
	server := smtptest.Start(t, nil)
	f := mailFolder(t, mailYAML(server.Port(), noTLS)+"http: {listen: \"127.0.0.1:0\"}\n")
	list := "email\n"
	for i := range contacts - 3 {
		list += fmt.Sprintf("c%d@example.org\n", i)
	}
	f.write("more.csv", list)
	f.ok("contacts", "import", "more.csv")
	d := f.start()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			e := f.bantin("digest", "send", "hang-tuan", "--due", "2026-11-23T07:00", "--json")
			if e.status != 0 || !strings.Contains(e.out, fmt.Sprintf(`"sent":%d,`, contacts)) {
				t.Errorf("status %d\n%s%s", e.status, e.out, e.err)
			}
		})
	}
	both.Wait()
	d.stop()
	got := server.Received()
	for address, n := range got {
		if n != 1 {
			t.Errorf("%s got it %d times", address, n)
		}
	}
	if len(got) != contacts {
		t.Errorf("%d of %d contacts got it", len(got), contacts)
	}
}
