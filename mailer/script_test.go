package mailer

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// script is a server whose every word the test decides.
type script struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func startScript(t *testing.T, play func(*script)) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { listener.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(time.Minute))
		s := &script{t, conn, bufio.NewReader(conn)}
		s.say("220 mx.example.org")
		s.hear("EHLO")
		s.say("250-mx.example.org\r\n250 PIPELINING")
		play(s)
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func (s *script) say(text string) { fmt.Fprint(s.conn, text+"\r\n") }

func (s *script) hear(verbs ...string) {
	for _, verb := range verbs {
		line, err := s.in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, verb) {
			s.t.Errorf("heard %q, %v; want %s", line, err, verb)
		}
	}
}

func (s *script) hearBody() {
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			s.t.Error(err)
			return
		}
		if line == ".\r\n" {
			return
		}
	}
}

func (s *script) hearNothing() {
	s.t.Helper()
	s.conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if line, err := s.in.ReadString('\n'); err == nil {
		s.t.Errorf("heard %q too early", line)
	}
	s.conn.SetReadDeadline(time.Now().Add(time.Minute))
}
