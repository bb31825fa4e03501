// Package dnstest is a name server for tests. It listens on loopback, on UDP and TCP under
// one port, and answers from the records it is given.
package dnstest

import (
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
)

// Server answers until the test ends.
type Server struct {
	Addr    string      // host:port
	Fails   atomic.Bool // it answers every question with SERVFAIL
	OnlyTCP atomic.Bool // it truncates every answer over UDP, so that it is asked for over TCP

	mu      sync.Mutex
	records map[string][]dns.RR // by canonical name
}

// Start runs a server with these records, a line each: NAME TYPE VALUE, such as
//
//	example.org MX 10 mx.example.org
//	example.org TXT v=spf1 mx -all
//
// The value of a TXT is one text as it stands; the name of a PTR is an address.
func Start(t testing.TB, records string) *Server {
	t.Helper()
	s := &Server{}
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
	for _, server := range []*dns.Server{{Listener: tcp}, {PacketConn: udp}} {
		serving := make(chan struct{})
		server.Handler, server.NotifyStartedFunc = s, func() { close(serving) }
		var running sync.WaitGroup
		running.Go(func() {
			if err := server.ActivateAndServe(); err != nil {
				t.Error(err)
			}
		})
		<-serving
		t.Cleanup(func() {
			if err := server.Shutdown(); err != nil {
				t.Error(err)
			}
			running.Wait()
		})
	}
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
	all := map[string][]dns.RR{}
	for line := range strings.Lines(records) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		record, err := parse(line)
		if err != nil {
			t.Fatalf("record %q: %v", line, err)
		}
		name := dns.CanonicalName(record.Header().Name)
		all[name] = append(all[name], record)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = all
}

// parse reads a record.
func parse(line string) (dns.RR, error) {
	name, rest, _ := strings.Cut(line, " ")
	kind, value, _ := strings.Cut(rest, " ")
	if kind == "TXT" { // in a zone file its words would be many texts
		text := &dns.TXT{Hdr: dns.RR_Header{Name: dns.Fqdn(name), Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}}
		for part := range slices.Chunk([]byte(value), 255) {
			text.Txt = append(text.Txt, string(part))
		}
		return text, nil
	}
	if kind == "PTR" {
		reverse, err := dns.ReverseAddr(name)
		if err != nil {
			return nil, err
		}
		name = reverse
	}
	return dns.NewRR(name + " 60 IN " + kind + " " + value)
}

// ServeDNS answers a question.
func (s *Server) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := new(dns.Msg).SetReply(question)
	answer.Authoritative, answer.RecursionAvailable = true, true
	_, udp := w.LocalAddr().(*net.UDPAddr)
	switch {
	case s.Fails.Load():
		answer.Rcode = dns.RcodeServerFailure
	case udp && s.OnlyTCP.Load():
		answer.Truncated = true
	default:
		s.lookUp(answer)
	}
	_ = w.WriteMsg(answer) // one that does not arrive is asked for again
}

// lookUp adds the records of the name that is asked for, and those that its CNAME leads to.
func (s *Server) lookUp(answer *dns.Msg) {
	name := dns.CanonicalName(answer.Question[0].Name)
	if len(s.records[name]) == 0 {
		answer.Rcode = dns.RcodeNameError
	}
	for range 8 {
		next := ""
		for _, record := range s.records[name] {
			alias, isAlias := record.(*dns.CNAME)
			if isAlias {
				next = dns.CanonicalName(alias.Target)
			}
			if isAlias || record.Header().Rrtype == answer.Question[0].Qtype {
				answer.Answer = append(answer.Answer, record)
			}
		}
		name = next
	}
}
