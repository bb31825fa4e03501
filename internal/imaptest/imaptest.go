// Package imaptest runs a real IMAP server for tests: Dovecot, as a private
// instance on loopback with a certificate and a mailbox of its own.
package imaptest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bantin/internal/testneed"

	"bantin/internal/freeport"
)

// User and Password log in.
const (
	User     = "bulletins"
	Password = "mật-khẩu thử"
)

// Server is a running Dovecot.
type Server struct {
	IMAPS string // host:port, TLS from the first byte
	IMAP  string // host:port, with STARTTLS
	TLS   *tls.Config
	CA    string // file with the certificate that its own is signed by: itself
	Dir   string // the Maildir that is INBOX

	t       testing.TB
	config  string
	process *exec.Cmd
	ended   chan struct{}
	count   int
}

// Start runs a server until the test ends. Without Dovecot the test skips.
func Start(t testing.TB) *Server {
	t.Helper()
	testneed.Long(t, "runs Dovecot")
	program, err := exec.LookPath("dovecot")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/dovecot")
	}
	if err != nil {
		testneed.Skip(t, "dovecot (Debian: dovecot-imapd)")
	}
	dir, err := os.MkdirTemp("", "imap") // short: sockets are in it, whose paths may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{t: t, Dir: filepath.Join(dir, "mail"), CA: filepath.Join(dir, "cert.pem"), config: filepath.Join(dir, "dovecot.conf")}
	s.certificate(dir)
	for s.IMAPS == s.IMAP {
		s.IMAPS, s.IMAP = freeport.Address(t), freeport.Address(t)
	}
	s.configure(program, dir)
	s.Run()
	return s
}

// Run starts the server again after Stop.
func (s *Server) Run() {
	s.t.Helper()
	program, err := exec.LookPath("dovecot")
	if err != nil {
		program = "/usr/sbin/dovecot"
	}
	s.process = exec.Command(program, "-F", "-c", s.config)
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	process := s.process
	go func() {
		defer close(ended)
		_ = process.Wait() // how it ended is in its log
	}()
	s.ended = ended
	s.t.Cleanup(s.Stop)
	for _, addr := range []string{s.IMAPS, s.IMAP} {
		s.await(addr)
	}
}

// await waits until the server listens.
func (s *Server) await(addr string) {
	s.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-s.ended:
			said, _ := os.ReadFile(filepath.Join(filepath.Dir(s.config), "log"))
			s.t.Fatalf("dovecot ended:\n%s", said)
		case <-ctx.Done():
			said, _ := os.ReadFile(filepath.Join(filepath.Dir(s.config), "log"))
			s.t.Fatalf("dovecot does not listen on %s: %v\n%s", addr, err, said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server and all its connections.
func (s *Server) Stop() {
	select {
	case <-s.ended:
		return
	default:
	}
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	<-s.ended
}

// Deliver puts a message into INBOX as a delivery agent does: atomically, under a
// new name.
func (s *Server) Deliver(raw string) {
	s.t.Helper()
	s.count++
	name := fmt.Sprintf("%d.M%dP%d.test", time.Now().Unix(), s.count, os.Getpid())
	file := filepath.Join(s.Dir, "tmp", name)
	if err := os.WriteFile(file, []byte(raw), 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.own(file)
	if err := os.Rename(file, filepath.Join(s.Dir, "new", name)); err != nil {
		s.t.Fatal(err)
	}
}

// Untouched counts the messages in INBOX without a flag: not read, answered or
// deleted.
func (s *Server) Untouched() (n int) {
	s.t.Helper()
	for _, dir := range []string{"new", "cur"} {
		list, err := os.ReadDir(filepath.Join(s.Dir, dir))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, file := range list {
			if _, flags, _ := strings.Cut(file.Name(), ":2,"); flags == "" {
				n++
			}
		}
	}
	return n
}

// Renumber gives INBOX a new UIDVALIDITY. It stops the server and starts it again.
func (s *Server) Renumber() {
	s.t.Helper()
	s.Stop()
	made := time.Now().Unix() // a UIDVALIDITY is the second it was made in
	lists, err := filepath.Glob(filepath.Join(s.Dir, "dovecot*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range lists {
		if err := os.Remove(file); err != nil {
			s.t.Fatal(err)
		}
	}
	for time.Now().Unix() == made {
		time.Sleep(10 * time.Millisecond)
	}
	s.Run()
}

// URL is the address of INBOX for bantin.
func (s *Server) URL() string { return "imaps://" + User + "@" + s.IMAPS }

// own changes the owner of a file to the user that Dovecot reads mail as.
func (s *Server) own(path string) {
	s.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(path, mailUID, mailUID); err != nil {
		s.t.Fatal(err)
	}
}

func port(addr string) int {
	_, text, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(text)
	return n
}
