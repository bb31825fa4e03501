package mailer

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A reply line has at most 512 octets (RFC 5321 4.5.3.1.5). Some servers write
// longer ones; nothing beyond these limits comes from a mail server.
const (
	maxReplyLine  = 4096 // also the size of go-mail's read buffer
	maxReplyLines = 100
)

// errMalformedReply means that the server's answer is not an SMTP reply.
var errMalformedReply = errors.New("the mail server's reply is not valid SMTP")

// reply is a server's reply to one command (RFC 5321 4.2).
type reply struct {
	code     int
	enhanced enhanced
	text     string // without the code; lines joined by spaces
}

// enhanced is a status code of RFC 3463, such as 4.7.1; zero where there is none.
type enhanced struct{ class, subject, detail int }

func (r reply) String() string { return shortReply(strconv.Itoa(r.code) + " " + r.text) }

// isPositive reports a positive completion reply, 2yz.
func (r reply) isPositive() bool { return r.code/100 == 2 }

// readReply reads one reply of one or more lines. After an error the connection
// is of no use.
func readReply(in *bufio.Reader) (reply, error) {
	var r reply
	var short [4]string // most replies have one line
	lines := short[:0]
	for range maxReplyLines {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return r, fmt.Errorf("%w: a line is longer than %d characters", errMalformedReply, maxReplyLine)
		}
		if err != nil {
			return r, err
		}
		code, text, more, ok := splitReply(strings.TrimRight(string(line), "\r\n"))
		if !ok || r.code != 0 && code != r.code {
			return r, fmt.Errorf("%w: %q", errMalformedReply, shortReply(string(line)))
		}
		r.code = code
		lines = append(lines, text)
		if !more {
			r.text = strings.Join(lines, " ")
			r.enhanced = parseEnhanced(r.text, code)
			return r, nil
		}
	}
	return r, fmt.Errorf("%w: more than %d lines", errMalformedReply, maxReplyLines)
}

// splitReply parses "250-text", "250 text" or "250".
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

// parseEnhanced parses the enhanced status code at the beginning of a reply's
// text, if it is of the reply's own class (RFC 2034 4). Some servers add
// punctuation, such as "#5.1.0" or "5.7.1:".
func parseEnhanced(text string, code int) enhanced {
	first, _, _ := strings.Cut(text, " ")
	first = strings.Trim(first, "#():;,")
	if len(first) < len("5.1.1") || first[1] != '.' || int(first[0]-'0') != code/100 {
		return enhanced{}
	}
	subject, detail, _ := strings.Cut(first[2:], ".")
	s, err := strconv.ParseUint(subject, 10, 16)
	d, err2 := strconv.ParseUint(detail, 10, 16)
	if err != nil || err2 != nil {
		return enhanced{}
	}
	return enhanced{code / 100, int(s), int(d)}
}

// shortReply shortens a reply to one readable line.
func shortReply(s string) string {
	const limit = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}
