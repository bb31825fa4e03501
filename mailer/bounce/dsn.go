package bounce

import (
	"strings"
)

// statusField reports the per-recipient fields of a delivery status
// (RFC 3464 2.3).
func statusField(name string) bool {
	switch name {
	case "final-recipient", "original-recipient", "action", "status", "diagnostic-code", "remote-mta",
		"last-attempt-date", "will-retry-until", "final-log-id", "localized-status", "x-actual-recipient",
		"x-supplementary-info", "x-display-name":
		return true
	}
	return false
}

// parseStatus reads the per-recipient groups of a delivery status, or of a text
// with such fields in it: many systems write them without MIME. loose also
// accepts groups interrupted by empty lines.
func parseStatus(text string, isFallback bool) []header {
	var groups []header
	var group header
	flush := func() {
		if group.has("final-recipient") || group.has("original-recipient") || group.has("action") && group.has("status") {
			groups = append(groups, group)
		}
		group = nil
	}
	lastKnown := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r \t")
		name, value, ok := cutField([]byte(strings.TrimLeft(line, " \t>")))
		name = strings.ToLower(name)
		switch {
		case line == "":
			lastKnown = false
			if !isFallback {
				flush()
			}
		case ok && statusField(name):
			if group.has(name) || len(group) > 20 {
				flush()
			}
			group = append(group, field{name, value})
			lastKnown = true
		case lastKnown && (line[0] == ' ' || line[0] == '\t' || !ok):
			if last := &group[len(group)-1]; len(last.value) < 4000 {
				last.value += " " + strings.TrimSpace(line)
			}
		default:
			lastKnown = false
		}
		if len(groups) == maxAddresses {
			return groups
		}
	}
	flush()
	return groups
}

// withoutType removes the type from a value such as "rfc822; lan@example.org"
// (RFC 3464 2.1.2).
func withoutType(value string) string {
	kind, rest, ok := strings.Cut(value, ";")
	if !ok || strings.ContainsAny(kind, "@ <") && !strings.HasSuffix(strings.TrimSpace(kind), "smtp") {
		return strings.TrimSpace(value)
	}
	return strings.TrimSpace(rest)
}

// statusRecipient returns the address of a group: the original one, where the
// system distinguishes it from the address it was forwarded to.
func statusRecipient(group header) string {
	for _, name := range []string{"original-recipient", "final-recipient", "x-actual-recipient"} {
		if list := findAddresses(unwrapped(withoutType(group.get(name)))); len(list) > 0 {
			return list[0]
		}
	}
	return ""
}

// finalRecipient returns the address that the system tried in the end.
func finalRecipient(group header) string {
	if list := findAddresses(unwrapped(withoutType(group.get("final-recipient")))); len(list) > 0 {
		return list[0]
	}
	return ""
}

// statusCode finds an enhanced status code (RFC 3463 2) in a text: the most
// precise one, the first of several. "5.0.0" and "5.x.0" mean little, and systems
// write them in fields while the server's reply holds a better one.
func statusCode(text string) string {
	best, weight := "", 0
	for i := 0; i+4 < len(text); i++ {
		c := text[i]
		if c != '2' && c != '4' && c != '5' || text[i+1] != '.' || i > 0 && (isDigit(text[i-1]) || text[i-1] == '.' || text[i-1] == '-' || text[i-1] == '[') {
			continue
		}
		subject, n := digits(text[i+2:])
		if n == 0 || i+2+n >= len(text) || text[i+2+n] != '.' {
			continue
		}
		detail, d := digits(text[i+3+n:])
		end := i + 3 + n + d
		if d == 0 || end < len(text) && (text[end] == '.' && end+1 < len(text) && isDigit(text[end+1])) {
			continue // an IPv4 address or a version number
		}
		w := 1
		if subject != "0" {
			w++
		}
		if detail != "0" {
			w++
		}
		if w > weight {
			best, weight = text[i:end], w
		}
		i = end
	}
	return best
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits returns the one to three digits at the beginning and their number.
func digits(text string) (string, int) {
	n := 0
	for n < len(text) && n < 4 && isDigit(text[n]) {
		n++
	}
	if n > 3 {
		return "", 0
	}
	return text[:n], n
}

// replyCode finds an SMTP reply code (RFC 5321 4.2) in a text; 0 for none.
func replyCode(text string) int {
	for i := 0; i+2 < len(text); i++ {
		if c := text[i]; c != '4' && c != '5' || !isDigit(text[i+1]) || !isDigit(text[i+2]) || text[i+1] > '5' {
			continue
		}
		if i > 0 && (isWord(text[i-1]) || text[i-1] == '.' || text[i-1] == '-' || text[i-1] == '@') {
			continue
		}
		if i+3 < len(text) && strings.IndexByte(" -:;,)>]#\n", text[i+3]) < 0 {
			continue
		}
		return int(text[i]-'0')*100 + int(text[i+1]-'0')*10 + int(text[i+2]-'0')
	}
	return 0
}

func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
