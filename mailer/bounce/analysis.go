package bounce

import (
	"maps"
	"slices"
	"strings"
)

// analysis is a parsed message, prepared for the rules.
type analysis struct {
	*message
	notice          notice
	original        header          // of the returned message
	nested          func() []byte   // the returned message, as far as it is here
	senderAddresses map[string]bool // addresses of its sender, in lower case
	ours            names           // those addresses, and their domains
	envelope        string          // envelope sender of the returned message, from a feedback report
	returned        Original        // from a provider's notification
}

func analyze(raw []byte, ours []string) *analysis {
	l := &analysis{message: parseMessage(raw)}
	var text strings.Builder
	for i := range l.parts {
		p := &l.parts[i]
		switch {
		case p.isOriginal() && l.original == nil:
			l.original, l.nested = p.originalHeader(), p.decoded
		case p.isText() && text.Len() < maxText && l.original == nil:
			text.WriteString(p.text())
			text.WriteByte('\n')
		}
	}
	l.notice = readNotice(text.String())
	if l.original == nil {
		l.original, l.nested = l.notice.original, func() []byte { return []byte(l.notice.nested) }
	}
	l.senderAddresses = l.collectSenderAddresses()
	l.ours = newNames(append(slices.Collect(maps.Keys(l.senderAddresses)), ours...))
	return l
}

// originalSubject returns the subject of the returned message, folded.
func (l *analysis) originalSubject() string {
	if subject := fold(l.original.text("subject")); subject != "" {
		return strings.TrimSpace(subject)
	}
	subject := fold(l.header.text("subject"))
	if before, quoted, ok := strings.Cut(subject, ": "); ok && saysReturned(before) {
		return strings.TrimSpace(quoted) // "Undeliverable: Bản tin số 5"
	}
	return ""
}

func (p *part) originalHeader() header {
	raw := p.decoded()
	h, _ := parseHeader(raw[:min(len(raw), maxText)])
	if h == nil {
		return header{}
	}
	return h
}

func (p *part) isText() bool {
	return p.kind == "" || strings.HasPrefix(p.kind, "text/") && p.kind != "text/calendar"
}

// returnedMessage returns what is known about the returned message.
func (l *analysis) returnedMessage() Original {
	if l.returned.MessageID != "" || l.returned.Envelope != "" {
		return l.returned
	}
	o := Original{MessageID: messageID(l.original.get("message-id")), To: l.original.addresses("to", "cc")}
	if from := l.original.addresses("from"); len(from) > 0 {
		o.From = from[0]
	}
	o.Envelope = l.envelope
	if path := l.original.addresses("return-path", "x-envelope-from"); len(path) > 0 {
		o.Envelope = path[0]
	}
	if o.MessageID == "" {
		o.MessageID = messageID(l.header.get("in-reply-to"))
	}
	return o
}

// messageID returns the first id of a field, with its brackets.
func messageID(value string) string {
	start := strings.IndexByte(value, '<')
	end := strings.IndexByte(value, '>')
	if start < 0 || end < start || end-start > 250 {
		return ""
	}
	return value[start : end+1]
}
