package smtptest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"
)

// session is one connection.
type session struct {
	*Server
	conn   net.Conn
	number int
	r      *bufio.Reader
	w      *bufio.Writer

	from, to string
	mail     bool // a transaction is open
	rcpt     bool // a recipient was taken
	taken    int
}

func newSession(s *Server, conn net.Conn, number int) *session {
	x := &session{Server: s, number: number}
	x.over(conn)
	return x
}

func (x *session) over(conn net.Conn) {
	x.conn, x.r, x.w = conn, bufio.NewReaderSize(conn, 32<<10), bufio.NewWriter(conn)
}

func (x *session) run() {
	defer x.w.Flush()
	if !x.answer(Connect, "", "220 mx.example.org ESMTP") {
		return
	}
	for {
		if x.r.Buffered() == 0 && x.w.Flush() != nil { // RFC 2920 3.2: answers are gathered, too
			return
		}
		line, err := x.r.ReadString('\n')
		if err != nil || !x.command(strings.TrimRight(line, "\r\n")) {
			return
		}
	}
}

func (x *session) turnAway() {
	x.reply("421 4.7.0 too many connections")
	x.w.Flush()
}

// command answers one command and reports whether the session goes on.
func (x *session) command(line string) bool {
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "EHLO":
		return x.answer(Hello, line, x.greeting())
	case "HELO":
		return x.answer(Hello, line, "250 mx.example.org")
	case "STARTTLS":
		return x.startTLS()
	case "MAIL":
		return x.begin(between(line))
	case "RCPT":
		return x.recipient(between(line))
	case "DATA":
		return x.data()
	case "RSET":
		x.reset()
		return x.reply("250 2.0.0 OK")
	case "NOOP":
		return x.reply("250 2.0.0 OK")
	case "QUIT":
		x.reply("221 2.0.0 Bye")
		return false
	}
	return x.reply("502 5.5.2 unknown command")
}

// greeting answers EHLO: a line for each extension, a hyphen in all but the last.
func (x *session) greeting() string {
	lines := append([]string{"mx.example.org"}, x.opt.Extensions...)
	if _, secret := x.conn.(*tls.Conn); x.opt.TLS != nil && !secret {
		lines = append(lines, "STARTTLS")
	}
	last := len(lines) - 1
	var b strings.Builder
	for _, line := range lines[:last] {
		b.WriteString("250-" + line + "\r\n")
	}
	return b.String() + "250 " + lines[last]
}

func (x *session) startTLS() bool {
	if x.opt.TLS == nil {
		return x.reply("502 5.5.1 no TLS")
	}
	if a := x.opt.Decide(StartTLS, ""); a != (Answer{}) {
		return x.act(a, "220 2.0.0 go ahead")
	}
	if !x.reply("220 2.0.0 go ahead") || x.w.Flush() != nil {
		return false
	}
	x.over(tls.Server(x.conn, x.opt.TLS))
	return true
}

func (x *session) begin(from string) bool {
	switch {
	case x.mail:
		return x.reply("503 5.5.1 nested MAIL")
	case x.opt.MaxMessages > 0 && x.taken >= x.opt.MaxMessages:
		x.reply("421 4.7.0 too many messages over this connection")
		return false
	}
	ok, goOn := x.decide(Mail, from, "250 2.1.0 OK")
	x.mail, x.from = ok, from
	return goOn
}

func (x *session) recipient(to string) bool {
	if !x.mail {
		return x.reply("503 5.5.1 need MAIL first")
	}
	ok, goOn := x.decide(Rcpt, to, "250 2.1.5 OK")
	if ok {
		x.rcpt, x.to = true, to
	}
	return goOn
}

func (x *session) reset() { x.mail, x.rcpt = false, false }

func (x *session) data() bool {
	if !x.rcpt {
		if x.opt.Eager {
			return x.stray()
		}
		return x.reply("554 5.5.1 no valid recipients")
	}
	a := x.opt.Decide(Data, x.to)
	if a.Close || a.Raw != "" || a.Reply != "" && !strings.HasPrefix(a.Reply, "354") {
		return x.act(a, "")
	}
	if !x.act(a, "354 go ahead") || x.w.Flush() != nil {
		return false
	}
	body, err := x.readBody()
	if err != nil {
		return false // cut in the middle: not taken
	}
	x.reset()
	a = x.opt.Decide(Body, x.to)
	if a.Reply == "" || strings.HasPrefix(a.Reply, "2") {
		x.taken++
		x.take(Message{x.from, x.to, messageID(body), x.number, body})
	}
	return x.act(a, "250 2.0.0 OK")
}

// stray reads a body that is for nobody.
func (x *session) stray() bool {
	if !x.reply("354 go ahead") || x.w.Flush() != nil {
		return false
	}
	body, err := x.readBody()
	if err != nil {
		return false
	}
	x.reset()
	if len(body) > 0 {
		x.lost()
	}
	if x.opt.AcceptEmpty {
		return x.reply("250 2.0.0 OK")
	}
	return x.reply("554 5.5.1 no valid recipients")
}

// headAtMost is what is read of a message that is to be forgotten: its
// Message-ID is in there.
const maxHead = 4 << 10

func (x *session) readBody() ([]byte, error) {
	var body []byte
	for first := true; ; first = false {
		line, err := x.r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if string(line) == ".\r\n" {
			return body, nil
		}
		if !bytes.HasSuffix(line, []byte("\r\n")) {
			return nil, io.ErrUnexpectedEOF // a bare LF: the client is wrong
		}
		if !x.opt.DiscardData || len(body) < maxHead {
			body = append(body, bytes.TrimPrefix(line, []byte("."))...)
		}
		if first && x.rcpt && !x.act(x.opt.Decide(BodyStart, x.to), "") {
			return nil, io.ErrUnexpectedEOF
		}
	}
}

// answer acts at a stage and reports whether the session goes on.
func (x *session) answer(stage Stage, arg, usual string) bool {
	_, goOn := x.decide(stage, arg, usual)
	return goOn
}

// decide reports also whether the answer was one that accepts.
func (x *session) decide(stage Stage, arg, usual string) (ok, goOn bool) {
	a := x.opt.Decide(stage, arg)
	goOn = x.act(a, usual)
	return goOn && a.Raw == "" && (a.Reply == "" || a.Reply[0] == '2'), goOn
}

func (x *session) act(a Answer, usual string) bool {
	if a.Wait > 0 {
		x.w.Flush()
		timer := time.NewTimer(a.Wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-x.done:
			return false
		}
	}
	switch {
	case a.Raw != "":
		x.w.WriteString(a.Raw)
	case a.Reply != "":
		x.reply(a.Reply)
	case !a.Close && usual != "":
		x.reply(usual)
	}
	return !a.Close && !strings.HasPrefix(a.Reply, "421")
}

func (x *session) reply(text string) bool {
	_, err := x.w.WriteString(text + "\r\n")
	return err == nil
}

func between(line string) string {
	_, after, _ := strings.Cut(line, "<")
	address, _, _ := strings.Cut(after, ">")
	return address
}

// messageID finds the Message-ID in a message's head.
func messageID(body []byte) string {
	head, _, _ := bytes.Cut(body, []byte("\r\n\r\n"))
	_, after, _ := bytes.Cut(head, []byte("Message-ID:"))
	_, after, _ = bytes.Cut(after, []byte("<"))
	id, _, _ := bytes.Cut(after, []byte(">"))
	return string(id)
}
