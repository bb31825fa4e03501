//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"bantin/internal/testneed"
)

// Results that could not be written are a failure, whatever the command.
func TestFullStandardOutput(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		testneed.Skip(t, "/dev/full")
	}
	defer full.Close()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho, "khach.csv": "email,tỉnh\nanh@example.org,Phú Thọ\n"})
	f.ok("collect")
	f.ok("contacts", "import", "khach.csv")
	for _, args := range []string{
		"--help", "version", "check", "sources", "bulletins show van-phong-phu-tho", "contacts show anh@example.org",
		"digest audience hang-tuan", "digest preview hang-tuan --contact anh@example.org", "contacts export", "completion bash",
	} {
		cmd := exec.Command("bantin", strings.Fields(args)...)
		cmd.Dir, cmd.Stdout = f.dir, full
		said := &said{}
		cmd.Stderr = said
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), "Ổ đĩa đã đầy") {
			t.Errorf("bantin %s: %v: %s", args, err, said)
		}
	}
}

// A daemon whose log nobody reads any more goes on: it may have a message in
// hand.
func TestLogWithoutReader(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{t: t, cmd: exec.Command("bantin", "run"), log: &said{}, ended: make(chan error, 1)}
	d.cmd.Dir, d.cmd.Stderr = f.dir, to
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.cmd.Process.Kill() })
	to.Close()
	go func() { d.ended <- d.cmd.Wait() }()
	var read strings.Builder
	address := regexp.MustCompile(`Lắng nghe +(127[0-9.:]+) `)
	for !address.MatchString(read.String()) {
		if _, err := io.CopyN(&read, from, 1); err != nil {
			t.Fatalf("%v: it said\n%s", err, read.String())
		}
	}
	d.base = "http://" + address.FindStringSubmatch(read.String())[1]
	from.Close()
	until(t, "it serves", func() bool { return d.get("/readyz").status == http.StatusOK })
	f.write("bulletins/son-la.md", strings.Replace(phuTho, "Phú Thọ", "Sơn La", -1)+"Lớp học ban đêm dạy bà con bán mận qua mạng.\n")
	until(t, "what it would log of happens", func() bool { return strings.Contains(d.get("/feeds/tat-ca.rss").body, "Sơn La") })
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-d.ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}
