package mailer

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A reply line has at most 512 octets (RFC 5321 4.5.3.1.5). Some servers write
// longer ones; what goes beyond these bounds is no mail server's.
const (
	longestReplyLine = 4096 // also the size of the buffer that go-mail reads with
	mostReplyLines   = 100
)

// errNoReply says that what came was no reply of SMTP's.
var errNoReply = errors.New("the mail server does not answer as SMTP asks for")

// reply is what a server answers to one command (RFC 5321 4.2).
type reply struct {
	code     int
	enhanced enhanced
	text     string // without the code; lines joined by blanks
}

// enhanced is a status code of RFC 3463, such as 4.7.1; zero where there is none.
type enhanced struct{ class, subject, detail int }

func (r reply) String() string { return shortReply(strconv.Itoa(r.code) + " " + r.text) }

// good reports whether the command was done: 2yz.
func (r reply) good() bool { return r.code/100 == 2 }

// readReply reads one reply of one or more lines. An error means that nothing
// more can be understood on this connection.
func readReply(in *bufio.Reader) (reply, error) {
	var r reply
	var few [4]string // most replies have one line
	lines := few[:0]
	for range mostReplyLines {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return r, fmt.Errorf("%w: a line is longer than %d characters", errNoReply, longestReplyLine)
		}
		if err != nil {
			return r, err
		}
		code, text, more, ok := splitReply(strings.TrimRight(string(line), "\r\n"))
		if !ok || r.code != 0 && code != r.code {
			return r, fmt.Errorf("%w: %q", errNoReply, shortReply(string(line)))
		}
		r.code = code
		lines = append(lines, text)
		if !more {
			r.text = strings.Join(lines, " ")
			r.enhanced = parseEnhanced(r.text, code)
			return r, nil
		}
	}
	return r, fmt.Errorf("%w: more than %d lines", errNoReply, mostReplyLines)
}

// splitReply reads "250-text", "250 text" or "250".
func splitReply(line string) (code int, text string, more, ok bool) {
	if len(line) < 3 {
		return 0, "", false, false
	}
	for _, digit := range []byte(line[:3]) {
		if digit < '0' || digit > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(digit-'0')
	}
	if code < 200 || code > 599 {
		return 0, "", false, false
	}
	if len(line) == 3 {
		return code, "", false, true
	}
	return code, line[4:], line[3] == '-', line[3] == '-' || line[3] == ' '
}

// parseEnhanced reads the status code at the beginning of a reply's text, if
// it has one of the reply's own class (RFC 2034 4). Some servers put a sign
// around it, such as "#5.1.0" or "5.7.1:".
func parseEnhanced(text string, code int) enhanced {
	first, _, _ := strings.Cut(text, " ")
	first = strings.Trim(first, "#():;,")
	if len(first) < len("5.1.1") || first[1] != '.' || int(first[0]-'0') != code/100 {
		return enhanced{}
	}
	subject, detail, _ := strings.Cut(first[2:], ".")
	s, bad := strconv.ParseUint(subject, 10, 16)
	d, worse := strconv.ParseUint(detail, 10, 16)
	if bad != nil || worse != nil {
		return enhanced{}
	}
	return enhanced{code / 100, int(s), int(d)}
}

// shortReply keeps a reply to what a person wants to read of it.
func shortReply(s string) string {
	const limit = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}
