//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/smtp"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bantin/internal/smtptest"
)

// A digest goes out over a Postfix that knows nobody at one of its addresses. The
// bounce it writes comes back through its alias to `bantin bounce receive`, which
// it runs as nobody: while the database is away, or is not nobody's to write, it
// keeps the bounce and says why; then it tries again and it is taken for the right
// one. No bounce is bounced.
func TestBounceReceiveByPostfix(t *testing.T) {
	t.Parallel()
	dir := officeOfNobody(t)
	receive := fmt.Sprintf("%[1]s/bantin --config %[1]s/nhan.yaml bounce receive", dir)
	server := smtptest.StartLocal(t, fmt.Sprintf("tra-lai \"|%s\"\nbinh /dev/null\nsai \"|%s --khong-co\"\n", receive, receive))
	f := &folder{t, dir}
	config := mailYAML(server.Port, noTLS+", bounces: tra-lai@example.org")
	for name, text := range map[string]string{
		"bantin.yaml": config, "nhan.yaml": "data: o-dia\n" + config, "bulletins/phu-tho.md": phuTho,
		"contacts.csv": "thư điện tử,tỉnh\nanh@example.org,Phú Thọ\nbinh@example.org,Hà Nội\n",
	} {
		f.write(name, text)
	}
	f.belongsTo("nobody", ".")
	for _, args := range [][]string{{"collect"}, {"contacts", "import", "contacts.csv"}, {"digest", "send", "hang-tuan"}} {
		f.byNobody(args...)
	}
	waits := func(what, reason string) {
		t.Helper()
		until(t, what, func() bool {
			server.Flush(t)
			for to, why := range server.Waiting(t) {
				if strings.HasPrefix(to, "tra-lai+") && strings.Contains(why, reason) {
					return true
				}
			}
			return false
		})
	}
	waits("the bounce waits for the database", "o-dia/bantin.db: no such file or directory")
	f.belongsTo("root", "var")
	if err := os.Chmod(f.path("var"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("var", f.path("o-dia")); err != nil { // the disk is mounted
		t.Fatal(err)
	}
	waits("the bounce waits for somebody who may write", "look at the owner and the permissions of the data directory")
	f.belongsTo("nobody", "var")
	until(t, "the bounce is taken", func() bool { server.Flush(t); return len(server.Waiting(t)) == 0 })
	for address, want := range map[string]bool{"anh@example.org": true, "binh@example.org": false} {
		if out := f.byNobody("contacts", "show", address); strings.Contains(out, "thư ở kỳ hang-tuan-1 bị từ chối, ") != want {
			t.Errorf("%s:\n%s", address, out)
		}
	}
	f.pipedWrongly(server)
	if log := server.Log(t); strings.Count(log, "non-delivery notification") != 1 {
		t.Errorf("a bounce was bounced:\n%s", log)
	}
}

// pipedWrongly sends a message to an alias that is written wrong.
func (f *folder) pipedWrongly(server *smtptest.Local) {
	f.t.Helper()
	err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", server.Port), nil, "", []string{"sai@example.org"}, []byte("Subject: thu\r\n\r\nthu\r\n"))
	if err != nil {
		f.t.Fatal(err)
	}
	until(f.t, "what is piped wrongly waits", func() bool { return strings.Contains(server.Waiting(f.t)["sai@example.org"], "--khong-co") })
}

// officeOfNobody is a folder that nobody may enter, with the program in it.
func officeOfNobody(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bantin-postfix-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bantin"), text, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (f *folder) belongsTo(name, what string) {
	f.t.Helper()
	if out, err := exec.Command("chown", "-R", name, f.path(what)).CombinedOutput(); err != nil {
		f.t.Fatalf("%v %s", err, out)
	}
}

// byNobody runs a command as that user and gives what it printed.
func (f *folder) byNobody(args ...string) string {
	f.t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		f.t.Fatal(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		f.t.Fatal(err)
	}
	var out, said bytes.Buffer
	cmd := exec.Command(f.path("bantin"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, &out, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid), NoSetGroups: true}}
	if err := cmd.Run(); err != nil {
		f.t.Fatalf("bantin %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), said.String())
	}
	return out.String()
}
