package bounce

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddresses limits how many addresses are taken from one text.
const maxAddresses = 500

// maxQuotedLocalPart is the length of a quoted local part (RFC 5321 4.5.3.1.1).
const maxQuotedLocalPart = 66

// findAddresses returns the addresses in a text, in their order, without brackets
// and quotes around them. Local parts may be quoted or in any script.
func findAddresses(text string) []string {
	var list []string
	for at := 0; len(list) < maxAddresses; {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			return list
		}
		at += i
		start, end := localStart(text, at), domainEnd(text, at+1)
		at++
		if start >= at-1 || end <= at {
			continue
		}
		if address := text[start:end]; hasValidLengths(address) {
			list = append(list, address)
		}
		at = end
	}
	return list
}

// localStart returns where the local part that ends at i begins.
func localStart(text string, i int) int {
	if i > 1 && text[i-1] == '"' {
		from := max(0, i-maxQuotedLocalPart)
		if open := strings.LastIndexByte(text[from:i-1], '"'); open >= 0 && !strings.ContainsAny(text[from+open:i], "\r\n") {
			return from + open
		}
	}
	start := i
	for start > 0 {
		if text[start-1] < utf8.RuneSelf {
			if !isAtomChar(text[start-1]) {
				break
			}
			start--
			continue
		}
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || isUnspacedScript(r) && text[start] < utf8.RuneSelf {
			break
		}
		start -= size
	}
	for start < i && strings.IndexByte("'.=", text[start]) >= 0 { // quotes and "for=a@b" do not belong to it
		start++
	}
	return start
}

// isUnspacedScript reports letters of scripts without spaces between words: next
// to an ASCII address they belong to the sentence around it.
func isUnspacedScript(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

func domainEnd(text string, i int) int {
	end := i
	for end < len(text) {
		if text[end] < utf8.RuneSelf {
			if !isDomainChar(text[end]) {
				break
			}
			end++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || isUnspacedScript(r) && end > i && text[end-1] < utf8.RuneSelf && text[end-1] != '.' {
			break
		}
		end += size
	}
	for end > i && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	return end
}

// isAtomChar reports the characters of RFC 5322's dot-atoms.
func isAtomChar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

func isDomainChar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '.' || c == '_'
}

// hasValidLengths checks the lengths of RFC 5321 4.5.3.1, with room for UTF-8.
func hasValidLengths(address string) bool {
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:at], address[at+1:]
	return len(local) > 0 && len(local) <= 128 && len(domain) > 1 && len(domain) <= 255 && !strings.Contains(domain, "..")
}

// sameAddress compares addresses without regard to case.
func sameAddress(a, b string) bool { return strings.EqualFold(a, b) }

func containsAddress(list []string, address string) bool {
	return slices.ContainsFunc(list, func(a string) bool { return sameAddress(a, address) })
}

// isMailerDaemon reports addresses of mail systems, which no contact has.
func isMailerDaemon(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	local = strings.NewReplacer("-", "", "_", "", ".", "", "+", "").Replace(local)
	return slices.ContainsFunc([]string{"mailerdaemon", "postmaster", "maildaemon", "maildelivery", "mailsystem", "mailadmin", "mailer", "mdaemon", "microsoftexchange", "bounceadmin"}, func(name string) bool { return strings.HasPrefix(local, name) })
}

// uniqueAddresses drops duplicates, keeps the order, and returns at most
// maxAddresses.
func uniqueAddresses(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range list {
		if key := strings.ToLower(a); !seen[key] && len(out) < maxAddresses {
			seen[key] = true
			out = append(out, a)
		}
	}
	return out
}
