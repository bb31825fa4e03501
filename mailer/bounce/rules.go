package bounce

import "strings"

// dsn reads delivery status notifications: their own part (RFC 3464), or the same
// fields in text.
func (l *analysis) dsn() []Recipient {
	groups := l.statusGroups()
	if len(groups) == 0 {
		return nil
	}
	var known []string
	for _, g := range groups {
		if a := statusRecipient(g); a != "" {
			known = append(known, a)
		}
	}
	known = uniqueAddresses(known)
	sections, rest := l.notice.sections(known, l.isSenderAddress)
	if len(known) == 0 {
		sections, rest = l.notice.sections(l.fallback(), l.isSenderAddress)
	}
	var list []Recipient
	for i, g := range groups {
		e := evidence{action: strings.ToLower(firstWord(g.get("action"))), status: firstWord(g.get("status")),
			diagnostic: withoutType(g.get("diagnostic-code")), field: "Diagnostic-Code", rest: rest, others: len(groups) > 1,
			subject: l.originalSubject(), ours: l.ours}
		e.address, e.alias = statusRecipient(g), finalRecipient(g)
		for j, s := range sections {
			if sameAddress(s.address, e.address) || e.address == "" && i == j {
				e.address, e.section = s.address, s.text
			}
		}
		list = add(list, e.judge())
	}
	return list
}

func (l *analysis) statusGroups() []header {
	var groups []header
	for i := range l.parts {
		switch p := &l.parts[i]; p.kind {
		case "message/delivery-status", "message/global-delivery-status":
			groups = append(groups, parseStatus(p.text(), false)...)
		}
	}
	if len(groups) == 0 && !l.fromPerson() {
		groups = parseStatus(strings.Join(l.notice.lines, "\n"), true)
	}
	return groups[:min(len(groups), maxAddresses)]
}

// add keeps one verdict for each address: the more severe one.
func add(list []Recipient, r Recipient) []Recipient {
	for i := range list {
		if sameAddress(list[i].Address, r.Address) {
			if r.Kind.severity() > list[i].Kind.severity() {
				list[i] = r
			}
			return list
		}
	}
	return append(list, r)
}

func firstWord(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	return s
}

// isSenderAddress reports addresses of the sender of the returned message.
func (l *analysis) isSenderAddress(address string) bool {
	return l.senderAddresses[strings.ToLower(address)]
}

// collectSenderAddresses takes the recipients of the bounce and the authors of
// the returned message, without those who were its recipients too.
func (l *analysis) collectSenderAddresses() map[string]bool {
	senderAddresses := map[string]bool{}
	for _, list := range [][]string{
		l.header.addresses("to", "delivered-to", "x-original-to"),
		l.original.addresses("from", "return-path", "sender", "reply-to", "errors-to"),
		findAddresses(l.original.get("message-id")),
	} {
		for _, a := range list {
			senderAddresses[strings.ToLower(a)] = true
		}
	}
	for _, a := range l.original.addresses("to") {
		delete(senderAddresses, strings.ToLower(a))
	}
	return senderAddresses
}

// plainBounce reads a bounce without machine-readable fields.
func (l *analysis) plainBounce() []Recipient {
	failed := l.header.addresses("x-failed-recipients")
	if len(failed) == 0 && !l.looksReturned() {
		return nil
	}
	sections, rest := l.notice.sections(failed, l.isSenderAddress)
	if len(sections) == 0 {
		for _, a := range l.fallback() {
			sections = append(sections, section{address: a})
		}
	}
	if len(sections) == 0 {
		sections = []section{{}}
	}
	var list []Recipient
	for _, s := range sections {
		e := evidence{address: s.address, section: s.text, rest: rest, field: "text", others: len(sections) > 1, subject: l.originalSubject(), ours: l.ours}
		e.diagnostic = diagnosticOf(s.text)
		if e.diagnostic == "" && len(sections) == 1 {
			e.diagnostic = diagnosticOf(rest)
		}
		if l.delayed() {
			e.action = "delayed"
		}
		list = add(list, e.judge())
	}
	if l.fromPerson() {
		return forwarded(list)
	}
	return list
}

// fallback returns the recipients of the returned message.
func (l *analysis) fallback() []string {
	return l.original.addresses("x-failed-recipients", "to")
}

// diagnosticOf extracts the server's reply from the lines about an address: from
// the first line with an SMTP code on.
func diagnosticOf(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if replyCode(line) > 0 || statusCode(line) != "" {
			end := min(len(lines), i+8)
			return strings.TrimSpace(strings.Join(lines[i:end], "\n"))
		}
	}
	return ""
}
