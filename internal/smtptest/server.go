// Package smtptest is an SMTP server for tests. It listens on loopback, behaves
// well or badly as real servers do, and records the messages it accepts.
//
// Options describe the server; Decide chooses the answer at each stage. Together
// they make the servers that senders meet: one that greylists, is full, is slow,
// accepts one message per connection, closes the connection after the final dot
// without a reply, sends garbage, or fails its own STARTTLS.
package smtptest

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

// Stage is a step of the SMTP dialogue.
type Stage string

// The stages, in their order.
const (
	Connect   Stage = "connect"
	Hello     Stage = "hello"
	StartTLS  Stage = "starttls"
	Mail      Stage = "mail"
	Rcpt      Stage = "rcpt"
	Data      Stage = "data"
	BodyStart Stage = "middle" // the first line of the body was read; a Reply is sent before the body ends
	Body      Stage = "body"   // the final dot was read
)

// Answer is what the server does at a stage. The zero Answer is the normal reply.
type Answer struct {
	Reply string        // such as "451 4.7.1 greylisted"; at Body a 4xx or 5xx means not accepted
	Raw   string        // bytes in place of a reply, for malformed ones
	Close bool          // close the connection, without a reply where none is given
	Wait  time.Duration // delay before the answer
}

// Message is an accepted message.
type Message struct {
	From, To string
	ID       string // its Message-ID, without brackets
	Session  int    // the number of the connection it came over, from 1
	Data     []byte // as received, dot-unstuffed, with CRLF line ends
}

// Options describe the server. The zero value is a modern one.
type Options struct {
	// Decide is asked at each stage with its argument (the address at Mail and
	// Rcpt, the recipient from Data on). It may be called by several goroutines.
	// A message whose Body answer closes the connection counts as accepted.
	Decide func(stage Stage, arg string) Answer

	// Extensions are the reply to EHLO. nil: PIPELINING, 8BITMIME,
	// ENHANCEDSTATUSCODES and SIZE.
	Extensions []string

	// TLS offers STARTTLS with this configuration.
	TLS *tls.Config

	// MaxMessages is the number of messages per connection; the next MAIL gets
	// 421. 0: no limit.
	MaxMessages int

	// MaxSessions is the number of concurrent connections; another one is greeted
	// with 421. 0: no limit.
	MaxSessions int

	// Eager answers DATA with 354 although no recipient was accepted, as RFC 2920
	// 3.1 allows, and the lone dot that follows with 554, or with 250 where
	// AcceptEmpty is set. Any other body is counted in Stray.
	Eager, AcceptEmpty bool

	// DiscardData keeps no Data of messages, to measure the sender.
	DiscardData bool
}

// Server accepts mail until the test ends.
type Server struct {
	Addr string // host:port
	opt  Options

	done chan struct{}

	mu       sync.Mutex
	messages []Message
	stray    int
	open     map[net.Conn]bool
	sessions int
	refused  int
}

// Start runs a modern server; decide may be nil.
func Start(t testing.TB, decide func(Stage, string) Answer) *Server {
	t.Helper()
	return StartAs(t, Options{Decide: decide})
}

// StartAs runs a server of the kind that opt describes.
func StartAs(t testing.TB, opt Options) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if opt.Decide == nil {
		opt.Decide = func(Stage, string) Answer { return Answer{} }
	}
	if opt.Extensions == nil {
		opt.Extensions = []string{"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 10485760"}
	}
	s := &Server{Addr: listener.Addr().String(), opt: opt, done: make(chan struct{}), open: map[net.Conn]bool{}}
	var serving sync.WaitGroup
	serving.Go(func() { s.serve(listener, &serving) })
	t.Cleanup(func() {
		close(s.done)
		listener.Close()
		s.HangUp()
		serving.Wait()
	})
	return s
}

// Port is the port of Addr.
func (s *Server) Port() int {
	a, err := net.ResolveTCPAddr("tcp", s.Addr)
	if err != nil {
		return 0
	}
	return a.Port
}

// Messages returns the accepted messages, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Received counts messages by recipient.
func (s *Server) Received() map[string]int {
	counts := map[string]int{}
	for _, m := range s.Messages() {
		counts[m.To]++
	}
	return counts
}

// Sessions is how many connections were made.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// RejectedSessions is the number of connections beyond MaxSessions.
func (s *Server) RejectedSessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// Stray is the number of bodies, other than a lone dot, that came without an
// accepted recipient.
func (s *Server) Stray() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stray
}

// HangUp closes all connections, as a restarted server does.
func (s *Server) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		conn.Close()
	}
}

func (s *Server) serve(l net.Listener, serving *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		s.mu.Lock()
		s.open[conn] = true
		s.sessions++
		number, crowded := s.sessions, s.opt.MaxSessions > 0 && len(s.open) > s.opt.MaxSessions
		if crowded {
			s.refused++
		}
		s.mu.Unlock()
		serving.Go(func() {
			x := newSession(s, conn, number)
			if crowded {
				x.turnAway()
			} else {
				x.run()
			}
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
			conn.Close()
		})
	}
}

func (s *Server) take(m Message) {
	if s.opt.DiscardData {
		m.Data = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
}

func (s *Server) lost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stray++
}
