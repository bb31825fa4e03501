package bounce

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostAddresses bounds how many addresses one text gives.
const mostAddresses = 200

// longestQuoted is the length of a quoted local part (RFC 5321 4.5.3.1.1).
const longestQuoted = 66

// findAddresses gives the addresses in a text, in their order, without what
// encloses them. "A@b" in any letters is one, with a quoted local part too.
func findAddresses(text string) []string {
	var list []string
	for at := 0; len(list) < mostAddresses; {
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
		if address := text[start:end]; plausible(address) {
			list = append(list, address)
		}
		at = end
	}
	return list
}

// localStart gives where the local part that ends at i begins.
func localStart(text string, i int) int {
	if i > 1 && text[i-1] == '"' {
		from := max(0, i-longestQuoted)
		if open := strings.LastIndexByte(text[from:i-1], '"'); open >= 0 && !strings.ContainsAny(text[from+open:i], "\r\n") {
			return from + open
		}
	}
	start := i
	for start > 0 {
		if text[start-1] < utf8.RuneSelf {
			if !isLocal(text[start-1]) {
				break
			}
			start--
			continue
		}
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || unspaced(r) && text[start] < utf8.RuneSelf {
			break
		}
		start -= size
	}
	for start < i && strings.IndexByte("'.=", text[start]) >= 0 { // quotes and "for=a@b" are not of it
		start++
	}
	return start
}

// unspaced tells letters of scripts without spaces between words: before an
// address in ASCII they are the sentence around it.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

func domainEnd(text string, i int) int {
	end := i
	for end < len(text) {
		if text[end] < utf8.RuneSelf {
			if !isDomain(text[end]) {
				break
			}
			end++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || unspaced(r) && end > i && text[end-1] < utf8.RuneSelf && text[end-1] != '.' {
			break
		}
		end += size
	}
	for end > i && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	return end
}

// isLocal tells the letters of RFC 5322's atoms.
func isLocal(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

func isDomain(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '.' || c == '_'
}

// plausible wants lengths of RFC 5321 4.5.3.1.
func plausible(address string) bool {
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:at], address[at+1:]
	return len(local) > 0 && len(local) <= 128 && len(domain) > 1 && len(domain) <= 255 && !strings.Contains(domain, "..")
}

// sameAddress compares as mail is compared here: in any case of letters.
func sameAddress(a, b string) bool { return strings.EqualFold(a, b) }

func containsAddress(list []string, address string) bool {
	for _, a := range list {
		if sameAddress(a, address) {
			return true
		}
	}
	return false
}

// isMachine tells addresses that no contact has.
func isMachine(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	local = strings.NewReplacer("-", "", "_", "", ".", "", "+", "").Replace(local)
	for _, name := range []string{"mailerdaemon", "postmaster", "maildaemon", "maildelivery", "mailsystem", "microsoftexchange", "bounceadmin"} {
		if strings.HasPrefix(local, name) {
			return true
		}
	}
	return false
}

// uniqueAddresses drops what was there before and keeps the order, and no
// more than mostAddresses.
func uniqueAddresses(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range list {
		if key := strings.ToLower(a); !seen[key] && len(out) < mostAddresses {
			seen[key] = true
			out = append(out, a)
		}
	}
	return out
}
