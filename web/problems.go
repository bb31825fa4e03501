package web

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
)

// problem is a field that cannot be taken as it is.
type problem struct {
	Field string // its id
	Text  string // what is wrong with it, for the list of problems
	Hint  string // how to mend it, beside the field
}

// mending is why a form is shown again.
type mending struct{ Problems []problem }

// Problem is what is wrong with a field; nil where nothing is.
func (m mending) Problem(field string) *problem {
	for i := range m.Problems {
		if m.Problems[i].Field == field {
			return &m.Problems[i]
		}
	}
	return nil
}

// signUpProblems is what somebody must mend before her sign-up is taken.
func signUpProblems(l bantin.Language, c *bantin.Contact, digests []string) []problem {
	var list []problem
	if text, hint := emailProblem(l, c.Email); text != "" {
		list = append(list, problem{"email", text, hint})
	}
	if badName(c.Name) {
		list = append(list, problem{"name", l.Say("Họ tên có điều không phải là tên", "The name holds what is no name"),
			l.Say("Chỉ viết họ tên, không có liên kết, nhiều nhất 80 chữ.", "Write the name alone, without links, at most 80 characters.")})
	}
	if len(digests) == 0 {
		list = append(list, problem{"digest-0", l.Say("Chưa chọn bản tin nào", "No digest is chosen"),
			l.Say("Hãy đánh dấu ít nhất một bản tin.", "Tick at least one digest.")})
	}
	return list
}

// emailProblem says what is wrong with an address, "" where nothing is.
func emailProblem(l bantin.Language, email string) (text, hint string) {
	local, domain, at := strings.Cut(email, "@")
	switch {
	case email == "":
		return l.Say("Chưa có địa chỉ thư điện tử", "There is no e-mail address"),
			l.Say("Hãy viết địa chỉ bạn muốn nhận thư.", "Write the address that you want to get mail at.")
	case at && local != "" && domain == "":
		return l.Say("Địa chỉ thư điện tử thiếu phần sau dấu @", "The address lacks what stands behind the @"),
			l.Say("Thiếu phần sau dấu @, chẳng hạn “@example.org”.", "Something like “@example.org” is missing.")
	case !isAddress(email):
		return l.Say("Địa chỉ thư điện tử không đúng", "The e-mail address is not right"),
			l.Say("Viết như lan.nguyen@example.org, không có dấu cách và chữ có dấu.", "Write it as lan.nguyen@example.org, without blanks and marks.")
	}
	return "", ""
}

// isAddress reports whether mail can be sent to the address as it stands
// (RFC 5321 4.5.3.1 for its length): one with letters outside ASCII needs what
// few servers have.
func isAddress(email string) bool {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || strings.ContainsAny(email, "\"<>()[]\\,;: \t\r\n") {
		return false
	}
	local, domain, _ := strings.Cut(email, "@")
	ascii := strings.IndexFunc(email, func(r rune) bool { return r > '~' || r <= ' ' }) < 0
	return ascii && len(local) <= 64 && strings.Contains(strings.Trim(domain, "."), ".") && !strings.Contains(domain, "..")
}

// badName keeps advertisements out of the field for a name.
func badName(name string) bool {
	lower := strings.ToLower(name)
	return !utf8.ValidString(name) || utf8.RuneCountInString(name) > 80 || strings.ContainsFunc(name, unicode.IsControl) ||
		strings.ContainsAny(name, "<>@|/\\") || strings.Contains(lower, "www.") || strings.Contains(lower, "http")
}
