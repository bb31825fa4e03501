package bounce

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"bantin"
)

// Read reads a message and says what it means. It takes anything: the only
// errors are those of r. What is past Limit is left unread.
func Read(r io.Reader) (*Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, Limit+1))
	if err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	return classifyCut(raw), nil
}

func classifyCut(raw []byte) *Report {
	report := Classify(raw[:min(len(raw), Limit)])
	report.Truncated = len(raw) > Limit
	return report
}

// ReadAll reads a file of messages: one, or a mailbox of several, each below
// a line that begins with "From " (RFC 4155). There is at least one report.
func ReadAll(r io.Reader) iter.Seq2[*Report, error] {
	return func(yield func(*Report, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		head, err := in.Peek(5)
		if err != nil && !errors.Is(err, io.EOF) {
			yield(nil, fmt.Errorf("read a message: %w", err))
			return
		}
		if string(head) != "From " {
			yield(Read(in))
			return
		}
		for more := true; more; {
			var raw []byte
			raw, more, err = nextOfMailbox(in)
			if err != nil {
				yield(nil, fmt.Errorf("read a mailbox: %w", err))
				return
			}
			if !yield(classifyCut(raw), nil) {
				return
			}
		}
	}
}

// nextOfMailbox reads up to the next "From " line, of which it keeps what
// Classify looks at, and tells whether there is more.
func nextOfMailbox(in *bufio.Reader) (raw []byte, more bool, err error) {
	blank := false
	for {
		line, err := in.ReadSlice('\n')
		if len(raw) <= Limit {
			raw = append(raw, line...)
		}
		whole := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return raw, false, err
		}
		if next, _ := in.Peek(5); blankLine(line) && whole || blank && !whole {
			if string(next) == "From " {
				return raw, true, nil
			}
		}
		blank = whole && blankLine(line)
	}
}

func blankLine(line []byte) bool { return len(bytes.TrimRight(line, "\r\n")) == 0 }

// Classify says what a message means that is in memory.
func Classify(raw []byte) *Report {
	l := newLook(raw)
	report := &Report{Subject: l.header.text("subject"), To: l.header.addresses(arrival()...)}
	if from := l.header.addresses("from", "sender"); len(from) > 0 {
		report.From = from[0]
	}
	for _, rule := range []func(*look) []Recipient{
		(*look).feedback, (*look).notification, (*look).status, (*look).optOut, (*look).plainBounce, (*look).automatic,
	} {
		if report.Recipients = rule(l); len(report.Recipients) > 0 {
			break
		}
	}
	if len(report.Recipients) == 0 {
		report.Recipients = []Recipient{{Kind: Other, Reason: NotABounce,
			Because: Because{bantin.Words{VI: "không giống thư trả lại", EN: "nothing about it is a bounce's"}, "", ""}}}
	}
	report.Original = l.came()
	for _, r := range report.Recipients {
		if r.Kind.gravity() > report.Kind.gravity() || report.Kind == "" {
			report.Kind = r.Kind
		}
	}
	return report
}

// arrival are the fields that say whom a message was sent to; a VERP address
// stands in one of them.
func arrival() []string {
	return []string{"x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "to", "cc"}
}
