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

// Read reads a message and classifies it. It accepts any input: the only errors
// are those of r. It reads at most MaxMessageBytes.
func Read(r io.Reader) (*Classification, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxMessageBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	return classifyCut(raw), nil
}

func classifyCut(raw []byte) *Classification {
	report := Classify(raw[:min(len(raw), MaxMessageBytes)])
	report.Truncated = len(raw) > MaxMessageBytes
	return report
}

// ReadAll reads a file with one message, or an mbox of several, each after a line
// that begins with "From " (RFC 4155). It yields at least one report or error.
func ReadAll(r io.Reader) iter.Seq2[*Classification, error] {
	return func(yield func(*Classification, error) bool) {
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

// nextOfMailbox reads up to the next "From " line, keeps the bytes that Classify
// examines, and reports whether more follows.
func nextOfMailbox(in *bufio.Reader) (raw []byte, more bool, err error) {
	blank := false
	for {
		line, err := in.ReadSlice('\n')
		if len(raw) <= MaxMessageBytes {
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

// Classify classifies a message in memory. The first rule that yields recipients
// wins; a message that no rule recognizes is Other. ours are the addresses and domains
// that stand for the sender, beside those that the message itself shows.
func Classify(raw []byte, ours ...string) *Classification {
	l := analyze(raw, ours)
	report := &Classification{Subject: l.header.text("subject"), To: l.header.addresses(recipientHeaders()...)}
	if from := l.header.addresses("from", "sender"); len(from) > 0 {
		report.From = from[0]
	}
	for _, rule := range []func(*analysis) []Recipient{
		(*analysis).feedbackReports, (*analysis).sesNotification, (*analysis).dsn, (*analysis).optOut, (*analysis).plainBounce, (*analysis).autoReply,
		(*analysis).leaveRequest,
	} {
		if report.Recipients = rule(l); len(report.Recipients) > 0 {
			break
		}
	}
	if inner := l.wrapped(report.Recipients, ours); inner != nil {
		report.Recipients, report.Original = inner.Recipients, inner.Original
		report.Kind = inner.Kind
		return report
	}
	if len(report.Recipients) == 0 {
		report.Recipients = []Recipient{{Kind: Other, Reason: NotABounce, Address: l.author(),
			Because: Explanation{Rule: bantin.Words{VI: "không giống thư trả lại", EN: "does not look like a returned message"}}}}
	}
	report.Original = l.returnedMessage()
	report.Kind = mostSevere(report.Recipients)
	return report
}

func mostSevere(list []Recipient) (kind Kind) {
	for _, r := range list {
		if r.Kind.severity() > kind.severity() || kind == "" {
			kind = r.Kind
		}
	}
	return kind
}

// recipientHeaders name whom a message was sent to; one of them holds the VERP
// address.
func recipientHeaders() []string {
	return []string{"x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "to", "cc"}
}
