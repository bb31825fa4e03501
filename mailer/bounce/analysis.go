package bounce

import "strings"

// analysis is a parsed message, prepared for the rules.
type analysis struct {
	*message
	notice          notice
	original        header          // of the returned message
	senderAddresses map[string]bool // addresses of its sender, in lower case
	envelope        string          // envelope sender of the returned message, from a feedback report
}

func analyze(raw []byte) *analysis {
	l := &analysis{message: parseMessage(raw)}
	var text strings.Builder
	for i := range l.parts {
		p := &l.parts[i]
		switch {
		case p.isOriginal() && l.original == nil:
			l.original = p.originalHeader()
		case p.isText() && text.Len() < maxText && l.original == nil:
			text.WriteString(p.text())
			text.WriteByte('\n')
		}
	}
	l.notice = readNotice(text.String())
	if l.original == nil {
		l.original = l.notice.original
	}
	l.senderAddresses = l.collectSenderAddresses()
	return l
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
