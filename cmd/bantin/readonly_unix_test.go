//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A data directory that cannot be written. Nothing is so for root: the
// commands are run as nobody then.
func TestReadOnlyDataDirectory(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	f.ok("collect")
	program, err := exec.LookPath("bantin")
	if err != nil {
		t.Fatal(err)
	}
	var as *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		const nobody = 65534
		as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		program = copyProgram(t, f, program)
	}
	for _, name := range []string{"var/bantin.db", "var"} {
		if err := os.Chmod(f.path(name), 0o555); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(f.path("var"), 0o755) })
	for _, args := range [][]string{{"run"}, {"contacts", "add", "a@example.org"}, {"digest", "send", "hang-tuan"}} {
		cmd := exec.Command(program, args...)
		cmd.SysProcAttr = as
		f.failed(f.end(cmd), 1, []string{"Không ghi được cơ sở dữ liệu: hãy xem chủ sở hữu và quyền của thư mục dữ liệu."}, strings.Join(args, " "))
	}
}

// copyProgram puts the program where every user can start it.
func copyProgram(t *testing.T, f *folder, program string) string {
	t.Helper()
	for dir := f.dir; dir != filepath.Dir(os.TempDir()) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	in, err := os.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	// It is called like the command: by its name the test binary knows what to be.
	out, err := os.OpenFile(f.path("bantin"), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return f.path("bantin")
}
