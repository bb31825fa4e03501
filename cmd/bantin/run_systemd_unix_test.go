//go:build unix

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"bantin/internal/freeport"
	"bantin/internal/testneed"
)

// manager stands for systemd: it hears what a daemon says of itself.
type manager struct {
	t      *testing.T
	socket net.PacketConn
	path   string
}

// shortDir is a folder whose path a socket may have.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "n")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newManager(t *testing.T) *manager {
	t.Helper()
	path := filepath.Join(shortDir(t), "s")
	socket, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return &manager{t, socket, path}
}

// told waits for the next that is said, which pattern must match.
func (m *manager) told(pattern string) {
	m.t.Helper()
	if err := m.socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
		m.t.Fatal(err)
	}
	buf := make([]byte, 100)
	n, _, err := m.socket.ReadFrom(buf)
	if err != nil || !regexp.MustCompile("^"+pattern+"$").Match(buf[:n]) {
		m.t.Fatalf("systemd is told %q, %v, want %s", buf[:n], err, pattern)
	}
}

// systemd is told when pages and feeds are served, when the configuration is read again,
// be it taken over or refused, and when the daemon ends.
func TestNotify(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.startWith([]string{"NOTIFY_SOCKET=" + m.path})
	m.told("READY=1")
	if d.get("/readyz").status != http.StatusOK {
		t.Error("it said that it serves, and does not")
	}
	d.hangUp()
	m.told(`RELOADING=1\nMONOTONIC_USEC=[1-9]\d+\n`)
	m.told("READY=1")
	f.write("bantin.yaml", daemonYAML+"khong-co: 1\n")
	d.hangUp()
	m.told(`RELOADING=1\nMONOTONIC_USEC=[1-9]\d+\n`)
	m.told("READY=1")
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	m.told("STOPPING=1")
	if err := <-d.ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// Where systemd waits for signs of life they come, for as long as the daemon answers.
func TestWatchdog(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	f.startWith([]string{"NOTIFY_SOCKET=" + m.path, "WATCHDOG_USEC=400000"})
	m.told("READY=1")
	for range 3 {
		m.told("WATCHDOG=1")
	}
}

// Nothing is told by a server that accepts and does not answer.
func TestWatchdogOfSilentServer(t *testing.T) {
	m := newManager(t)
	t.Setenv("NOTIFY_SOCKET", m.path)
	t.Setenv("WATCHDOG_USEC", "200000")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := &said{}
	a := runCommand{&app{printer: printer{err: log}}}
	logger, err := a.logger(runFlags{logFormat: "text"})
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(logger, listener)
	silence := make(chan struct{})
	s.show(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-silence }))
	stop := s.giveSignsOfLife(logger)
	until(t, "the log tells it", func() bool { return strings.Count(log.String(), "systemd gets no sign of life") > 1 })
	stop()
	close(silence)
	if err := errors.Join(s.stop(), m.socket.SetReadDeadline(time.Now())); err != nil {
		t.Fatal(err)
	}
	if n, _, err := m.socket.ReadFrom(make([]byte, 100)); err == nil {
		t.Errorf("systemd was told something of %d bytes", n)
	}
}

// A socket that systemd holds is taken instead of http.listen, which another has.
func TestSocketActivation(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	held, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	file, err := held.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f := newFolder(t, map[string]string{"bantin.yaml": strings.Replace(daemonYAML, "127.0.0.1:0", busy.Addr().String(), 1), "bulletins/phu-tho.md": phuTho})
	cmd := exec.Command("sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=bantin.socket exec bantin run")
	log := &said{}
	cmd.Dir, cmd.Stderr, cmd.ExtraFiles = f.dir, log, []*os.File{file}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	response, err := http.Get("http://" + held.Addr().String() + "/healthz") // it waits until the daemon serves
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v\n%s", response, err, log)
	}
	response.Body.Close()
}

// The socket unit of the package, held as systemd holds it: at its address, and at the
// socket of its lines for a proxy. The daemon is started by the first visitor, and what
// http.listen says is in nobody's way.
func TestSocketUnit(t *testing.T) {
	t.Parallel()
	activate := testneed.Program(t, "systemd-socket-activate")
	unit := packaged(t, "bantin.socket")
	for name, text := range map[string]string{"a port": unit, "a socket": strings.ReplaceAll(unit, "\n#   ", "\n")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			streams := regexp.MustCompile(`(?m)^ListenStream=(.*)$`).FindAllStringSubmatch(text, -1)
			address, network := freeport.Address(t), "tcp"
			if at := streams[len(streams)-1][1]; strings.HasPrefix(at, "/run/") {
				address, network = filepath.Join(shortDir(t), filepath.Base(at)), "unix"
			} else if at != "127.0.0.1:8080" { // as http.listen is by default, where proxies look
				t.Fatalf("it listens on %s", at)
			}
			f := newFolder(t, map[string]string{"bantin.yaml": strings.Replace(daemonYAML, "127.0.0.1:0", "192.0.2.1:80", 1), "bulletins/phu-tho.md": phuTho})
			cmd := exec.Command(activate, "--listen="+address, "--fdname=bantin.socket", "bantin", "run")
			log := &said{}
			cmd.Dir, cmd.Stderr = f.dir, log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Wait()
			defer cmd.Process.Kill()
			client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, address)
			}}}
			until(t, "the visitor who waited is served", func() bool {
				response, err := client.Get("http://bantin.example.org/healthz")
				return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
			})
			client.CloseIdleConnections()
		})
	}
}

// The line of docs/operate.md that has systemd hold the address names units of the package,
// and the one that it enables begins with the sockets of the machine.
func TestSocketIsEnabled(t *testing.T) {
	t.Parallel()
	page := strings.Join(strings.Fields(docsPage(t, "operate.md")), " ")
	line := regexp.MustCompile("`(sudo systemctl stop bantin && [^`]*)`").FindStringSubmatch(page)
	if line == nil {
		t.Fatal("docs/operate.md does not say how")
	}
	want := "sudo systemctl stop bantin && sudo systemctl enable --now bantin.socket && sudo systemctl start bantin"
	if line[1] != want {
		t.Fatalf("docs/operate.md says %q", line[1])
	}
	systemctl := testneed.Program(t, "systemctl")
	root := t.TempDir()
	f := &folder{t, root}
	for _, name := range units {
		f.write("etc/systemd/system/"+name, packaged(t, name))
	}
	if out, err := exec.Command(systemctl, "--root="+root, "enable", "bantin.socket").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Lstat(f.path("etc/systemd/system/sockets.target.wants/bantin.socket")); err != nil {
		t.Error(err)
	}
}

// http.listen may be a unix socket; that of a daemon that was killed is in nobody's way.
func TestUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(shortDir(t), "web.sock")
	f := newFolder(t, map[string]string{"bantin.yaml": strings.Replace(daemonYAML, "127.0.0.1:0", "unix:"+path, 1), "bulletins/phu-tho.md": phuTho})
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	for range 2 {
		cmd := exec.Command("bantin", "run")
		log := &said{}
		cmd.Dir, cmd.Stderr = f.dir, log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		until(t, "it answers", func() bool {
			response, err := client.Get("http://bantin.example.org/feeds/tat-ca.rss")
			if err != nil {
				return false
			}
			body, err := io.ReadAll(response.Body)
			return errors.Join(err, response.Body.Close()) == nil && strings.Contains(string(body), "Phú Thọ")
		})
		if mode := mustStat(t, path).Mode().Perm(); mode != 0o660 {
			t.Errorf("its mode is %o", mode)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		client.CloseIdleConnections()
	}
	f.write("khac.yaml", strings.Replace(daemonYAML, "127.0.0.1:0", "unix:web.sock", 1))
	f.fails(2, []string{`"unix:web.sock"`, "unix:/run/bantin/web.sock"}, "check", "--config", "khac.yaml")
}
