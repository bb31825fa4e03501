//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bantin/internal/imaptest"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
)

// dovecotLDA is Dovecot's delivery agent, for a mailbox that a Postfix of a test has.
type dovecotLDA struct{ program, dir string }

func newDovecotLDA(t *testing.T) dovecotLDA {
	t.Helper()
	a := dovecotLDA{program: "/usr/lib/dovecot/dovecot-lda", dir: officeOfNobody(t)}
	if _, err := os.Stat(a.program); err != nil {
		testneed.Skip(t, "dovecot-lda (Debian: dovecot-core)")
	}
	text := fmt.Sprintf("log_path = /dev/stderr\nbase_dir = %s\nhostname = mx.example.org\npostmaster_address = postmaster@example.org\nssl = no\n", a.dir)
	if err := os.WriteFile(filepath.Join(a.dir, "lda.conf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chown", "nobody", a.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	return a
}

// into is the alias that delivers into a Maildir. What it refuses Postfix bounces.
func (a dovecotLDA) into(maildir, more string) string {
	return fmt.Sprintf(`"|env HOME=%s USER=nobody %s -c %s/lda.conf -e -o mail_location=maildir:%s %s"`, a.dir, a.program, a.dir, maildir, more)
}

// onLeave is the alias of somebody who is away: it answers each sender, as RFC 3834 says.
// The server's port is written later.
func (a dovecotLDA) onLeave() string { return fmt.Sprintf(`"|sh %s/vang-mat.sh"`, a.dir) }

func (a dovecotLDA) writeOnLeave(t *testing.T, port int) {
	t.Helper()
	script := fmt.Sprintf(`cat > /dev/null
printf 'From: nghi@example.org\r\nTo: <%%s>\r\nSubject: Tu dong: nghi phep\r\nAuto-Submitted: auto-replied\r\n\r\n550 5.1.1 Toi nghi den thu Hai.\r\n' "$SENDER" |
	curl -s --mail-from '' --mail-rcpt "$SENDER" -T - smtp://127.0.0.1:%d
`, port)
	if err := os.WriteFile(filepath.Join(a.dir, "vang-mat.sh"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
}

// An edition goes through Postfix to Dovecot's mailboxes: one takes it, one is full, one is
// gone, one forwards to an address that is gone, and one is of somebody on leave. What comes
// back lies in a mailbox of Dovecot, from which the daemon reads it over IMAP.
func TestEditionThroughPostfixToDovecot(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		testneed.Skip(t, "curl")
	}
	box := imaptest.Start(t)
	t.Setenv("SSL_CERT_FILE", box.CA)
	agent := newDovecotLDA(t)
	server := smtptest.StartLocal(t, strings.Join([]string{
		"tra-lai " + agent.into(box.Dir, ""),
		"binh " + agent.into(agent.dir+"/binh", ""),
		"day " + agent.into(agent.dir+"/day", "-o mail_plugins=quota -o plugin/quota=maildir:User -o plugin/quota_rule=*:bytes=1000"),
		"chuyen khong-con@example.org",
		"nghi " + agent.onLeave(),
	}, "\n")+"\n")
	agent.writeOnLeave(t, server.Port)
	f := newFolder(t, map[string]string{"mat-khau": imaptest.Password, "bulletins/phu-tho.md": phuTho,
		"contacts.csv": "thư điện tử,tỉnh\nbinh@example.org,Phú Thọ\nday@example.org,Hà Nội\nmat@example.org,Lào Cai\nchuyen@example.org,Sơn La\nnghi@example.org,Huế\n",
		"bantin.yaml": mailYAML(server.Port, noTLS+", bounces: tra-lai@example.org") +
			fmt.Sprintf("http: {listen: \"127.0.0.1:0\"}\nbounces: {mailbox: %q, password_file: mat-khau, schedule: \"@every 1s\"}\n", box.URL())})
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	f.ok("digest", "send", "hang-tuan")
	d := f.start()
	until(t, "what came back is read", func() bool {
		return strings.Count(server.Log(t), "status=sent (delivered to command: env HOME") >= 5 && box.Untouched() == 4
	})
	until(t, "it is stored", func() bool {
		return strings.Contains(f.ok("editions", "show", "hang-tuan-1", "--json"), `"returned":3`)
	})
	f.tells(map[string]string{
		"contacts show binh@example.org":   "gửi thư, kỳ hang-tuan-1, do văn phòng, đã gửi",
		"contacts show day@example.org":    "thư trở về, kỳ hang-tuan-1, hộp thư đầy",
		"contacts show mat@example.org":    "thư ở kỳ hang-tuan-1 bị từ chối, ",
		"contacts show chuyen@example.org": "thư ở kỳ hang-tuan-1 bị từ chối, ",
		"contacts show nghi@example.org":   "gửi thư, kỳ hang-tuan-1, do văn phòng, đã gửi",
	})
	f.decide()
	if got := f.suppressed(); got != "chuyen@example.org user-unknown, mat@example.org user-unknown" {
		t.Errorf("suppressed: %s", got)
	}
	d.stop()
	if t.Failed() {
		t.Logf("Postfix:\n%s", server.Log(t))
	}
}
