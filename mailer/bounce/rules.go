package bounce

import "strings"

// status reads delivery status notifications: their own part (RFC 3464), the
// same fields in text, and X-Failed-Recipients.
func (l *look) status() []Recipient {
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
	sections, rest := l.notice.sections(known, l.ours)
	if len(known) == 0 {
		sections, rest = l.notice.sections(l.fallback(), l.ours)
	}
	var list []Recipient
	for i, g := range groups {
		e := evidence{action: strings.ToLower(firstWord(g.get("action"))), status: firstWord(g.get("status")),
			diagnostic: typed(g.get("diagnostic-code")), field: "Diagnostic-Code", rest: rest, others: len(groups) > 1}
		e.address = statusRecipient(g)
		for j, s := range sections {
			if sameAddress(s.address, e.address) || e.address == "" && i == j {
				e.address, e.section = s.address, s.text
			}
		}
		list = add(list, e.judge())
	}
	return list
}

func (l *look) statusGroups() []header {
	var groups []header
	for i := range l.parts {
		switch p := &l.parts[i]; p.kind {
		case "message/delivery-status", "message/global-delivery-status":
			groups = append(groups, parseStatus(p.text(), false)...)
		}
	}
	if len(groups) == 0 {
		groups = parseStatus(strings.Join(l.notice.lines, "\n"), true)
	}
	return groups[:min(len(groups), mostAddresses)]
}

// add keeps one verdict for each address: the graver one.
func add(list []Recipient, r Recipient) []Recipient {
	for i := range list {
		if sameAddress(list[i].Address, r.Address) {
			if r.Kind.gravity() > list[i].Kind.gravity() {
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

// ours tells the addresses of the one who sent the message that came back.
func (l *look) ours(address string) bool { return l.own[strings.ToLower(address)] }

// ownAddresses collects them: whom the bounce was sent to, and who wrote the
// message, unless it was also for them.
func (l *look) ownAddresses() map[string]bool {
	own := map[string]bool{}
	for _, list := range [][]string{
		l.header.addresses("to", "delivered-to", "x-original-to"),
		l.original.addresses("from", "return-path", "sender", "reply-to", "errors-to"),
		findAddresses(l.original.get("message-id")),
	} {
		for _, a := range list {
			own[strings.ToLower(a)] = true
		}
	}
	for _, a := range l.original.addresses("to") {
		delete(own, strings.ToLower(a))
	}
	return own
}

// plainBounce reads a bounce that is written for people alone.
func (l *look) plainBounce() []Recipient {
	failed := l.header.addresses("x-failed-recipients")
	if len(failed) == 0 && !l.looksReturned() {
		return nil
	}
	sections, rest := l.notice.sections(failed, l.ours)
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
		e := evidence{address: s.address, section: s.text, rest: rest, field: "text", others: len(sections) > 1}
		e.diagnostic = diagnosticOf(s.text)
		if e.diagnostic == "" && len(sections) == 1 {
			e.diagnostic = diagnosticOf(rest)
		}
		if l.delayed() {
			e.action = "delayed"
		}
		list = add(list, e.judge())
	}
	return list
}

// fallback is whom the message that came back was for.
func (l *look) fallback() []string {
	return l.original.addresses("x-failed-recipients", "to")
}

// diagnosticOf gives what a server said, out of the lines about an address:
// from the first that bears a code of SMTP on.
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
