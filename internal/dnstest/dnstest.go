// Package dnstest is a name server for tests. It listens on loopback, on UDP and TCP under
// one port, and answers from the records it is given.
package dnstest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Server answers until the test ends.
type Server struct {
	Addr string // host:port

	mu      sync.Mutex
	records map[string][]dnsmessage.ResourceBody // by name in lower case, with a dot at the end
	code    dnsmessage.RCode                     // of every answer; 0: by the records
	overTCP bool
}

// Start runs a server with these records, a line each: NAME TYPE VALUE, such as
//
//	example.org MX 10 mx.example.org
//	example.org TXT v=spf1 mx -all
//
// Types are A, AAAA, CNAME, MX, PTR and TXT; the name of a PTR is an address.
func Start(t testing.TB, records string) *Server {
	t.Helper()
	s := &Server{records: map[string][]dnsmessage.ResourceBody{}}
	s.Set(t, records)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = tcp.Addr().String()
	udp, err := net.ListenPacket("udp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.serveUDP(udp) })
	serving.Go(func() { s.serveTCP(tcp, &serving) })
	t.Cleanup(func() {
		tcp.Close()
		udp.Close()
		serving.Wait()
	})
	return s
}

// StartSilent runs a server that takes questions and answers none.
func StartSilent(t testing.TB) *Server {
	t.Helper()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close() })
	return &Server{Addr: udp.LocalAddr().String()}
}

// Set replaces all records.
func (s *Server) Set(t testing.TB, records string) {
	t.Helper()
	all := map[string][]dnsmessage.ResourceBody{}
	for line := range strings.Lines(records) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, body, err := parse(line)
		if err != nil {
			t.Fatalf("record %q: %v", line, err)
		}
		all[name] = append(all[name], body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = all
}

// Fail answers every question with SERVFAIL from now on.
func (s *Server) Fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code = dnsmessage.RCodeServerFailure
}

// OnlyTCP truncates every answer over UDP from now on, so that it is asked for over TCP.
func (s *Server) OnlyTCP() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overTCP = true
}

func (s *Server) serveUDP(conn net.PacketConn) {
	buf := make([]byte, 4<<10)
	for {
		n, from, err := conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		if answer := s.answer(buf[:n], true); answer != nil {
			_, _ = conn.WriteTo(answer, from)
		}
	}
}

func (s *Server) serveTCP(l net.Listener, serving *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		serving.Go(func() {
			defer conn.Close()
			s.answerTCP(conn)
		})
	}
}

// answerTCP answers one question, which stands behind its length (RFC 1035 4.2.2).
func (s *Server) answerTCP(conn net.Conn) {
	var length uint16
	if binary.Read(conn, binary.BigEndian, &length) != nil {
		return
	}
	question := make([]byte, length)
	if _, err := io.ReadFull(conn, question); err != nil {
		return
	}
	answer := s.answer(question, false)
	_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
}
