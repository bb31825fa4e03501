// Package smtptest is a mail server for tests: it speaks SMTP on a loopback
// socket, keeps what it took, and answers at each step as a test tells it to.
package smtptest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Stage is a step of the dialogue.
type Stage string

// The stages, in their order.
const (
	Connect Stage = "connect"
	Hello   Stage = "hello"
	Mail    Stage = "mail"
	Rcpt    Stage = "rcpt"
	Data    Stage = "data"
	Middle  Stage = "middle" // the first line of the body was read; only Close is heeded
	Body    Stage = "body"   // the final dot was read
)

// Answer is what the server does at a stage. The zero Answer is the usual.
type Answer struct {
	Reply string // such as "451 4.7.1 greylisted"; at Body a 4xx or 5xx means: not taken
	Close bool   // close the connection instead of replying
}

// Message is one that the server took.
type Message struct {
	From, To string
	Data     []byte // as it came, dots unstuffed, lines ended by CRLF
}

// Server takes mail until the test ends.
type Server struct {
	Addr string // host:port

	// Decide is asked at each stage with its argument (the address at Mail and
	// Rcpt, the recipient at Data and Body). It may be called by several
	// goroutines. A message whose Body answer closes the connection was taken.
	Decide func(stage Stage, arg string) Answer

	// Forget keeps nothing of what is taken: for measuring the sender.
	Forget bool

	mu       sync.Mutex
	messages []Message
	open     map[net.Conn]bool
	sessions int
}

// Start runs a server; decide may be nil.
func Start(t testing.TB, decide func(Stage, string) Answer) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if decide == nil {
		decide = func(Stage, string) Answer { return Answer{} }
	}
	s := &Server{Addr: listener.Addr().String(), Decide: decide, open: map[net.Conn]bool{}}
	var serving sync.WaitGroup
	serving.Go(func() { s.serve(listener, &serving) })
	t.Cleanup(func() {
		listener.Close()
		s.closeAll()
		serving.Wait()
	})
	return s
}

// Port is the port of Addr.
func (s *Server) Port() int {
	var port int
	_, text, _ := net.SplitHostPort(s.Addr)
	fmt.Sscan(text, &port)
	return port
}

// Messages gives what was taken so far, in order.
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
		s.mu.Unlock()
		serving.Go(func() {
			s.session(conn)
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
			conn.Close()
		})
	}
}

func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		conn.Close()
	}
}

// session holds one dialogue.
type session struct {
	*Server
	r        *bufio.Reader
	w        *bufio.Writer
	from, to string
}

func (s *Server) session(conn net.Conn) {
	x := &session{Server: s, r: bufio.NewReader(conn), w: bufio.NewWriter(conn)}
	if !x.answer(Connect, "", "220 mx.example.org ESMTP") {
		return
	}
	for {
		line, err := x.r.ReadString('\n')
		if err != nil || !x.command(strings.TrimRight(line, "\r\n")) {
			return
		}
	}
}

// command answers one command and reports whether the session goes on.
func (x *session) command(line string) bool {
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "EHLO", "HELO":
		return x.answer(Hello, line, "250-mx.example.org\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 10485760")
	case "MAIL":
		x.from = between(line)
		return x.answer(Mail, x.from, "250 2.1.0 OK")
	case "RCPT":
		x.to = between(line)
		return x.answer(Rcpt, x.to, "250 2.1.5 OK")
	case "DATA":
		return x.data()
	case "RSET", "NOOP":
		return x.reply("250 2.0.0 OK")
	case "QUIT":
		x.reply("221 2.0.0 Bye")
		return false
	}
	return x.reply("502 5.5.2 unknown command")
}

func (x *session) data() bool {
	a := x.Decide(Data, x.to)
	if a.Close {
		return false
	}
	if a.Reply != "" && !strings.HasPrefix(a.Reply, "354") {
		return x.reply(a.Reply)
	}
	if !x.reply("354 go ahead") {
		return false
	}
	body, err := x.readBody()
	if err != nil {
		return false // cut in the middle: not taken
	}
	a = x.Decide(Body, x.to)
	if !x.Forget && (a.Reply == "" || strings.HasPrefix(a.Reply, "2")) {
		x.mu.Lock()
		x.messages = append(x.messages, Message{x.from, x.to, body})
		x.mu.Unlock()
	}
	if a.Close {
		return false
	}
	if a.Reply == "" {
		a.Reply = "250 2.0.0 OK"
	}
	return x.reply(a.Reply)
}

func (x *session) readBody() ([]byte, error) {
	var body bytes.Buffer
	for {
		line, err := x.r.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if body.Len() == 0 && x.Decide(Middle, x.to).Close {
			return nil, io.ErrUnexpectedEOF
		}
		if string(line) == ".\r\n" {
			return body.Bytes(), nil
		}
		if !bytes.HasSuffix(line, []byte("\r\n")) {
			return nil, io.ErrUnexpectedEOF // a bare LF: the client is wrong
		}
		body.Write(bytes.TrimPrefix(line, []byte(".")))
	}
}

func (x *session) answer(stage Stage, arg, usual string) bool {
	a := x.Decide(stage, arg)
	if a.Close {
		return false
	}
	if a.Reply != "" {
		usual = a.Reply
	}
	return x.reply(usual) && !strings.HasPrefix(usual, "421")
}

func (x *session) reply(text string) bool {
	_, err := x.w.WriteString(text + "\r\n")
	return err == nil && x.w.Flush() == nil
}

func between(line string) string {
	_, after, _ := strings.Cut(line, "<")
	address, _, _ := strings.Cut(after, ">")
	return address
}
