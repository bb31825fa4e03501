package web

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
)

// problem is what is wrong with a field of a form.
type problem struct {
	Field string // its id
	Text  string // what is wrong with it, for the list of problems
	Hint  string // how to correct it, beside the field
}

// formProblems are why a form is shown again.
type formProblems struct{ Problems []problem }

// Problem is the problem of a field, nil for none.
func (m formProblems) Problem(field string) *problem {
	for i := range m.Problems {
		if m.Problems[i].Field == field {
			return &m.Problems[i]
		}
	}
	return nil
}

// signUpProblems validates a sign-up.
func signUpProblems(l bantin.Language, c *bantin.Contact, digests []string) []problem {
	var list []problem
	if text, hint := emailProblem(l, c.Email); text != "" {
		list = append(list, problem{"email", text, hint})
	}
	if isSuspiciousName(c.Name) {
		list = append(list, problem{"name", l.Say("Họ tên có điều không phải là tên", "The name is not valid"),
			l.Say("Chỉ viết họ tên, không có liên kết, nhiều nhất 80 chữ.", "Enter the name only, without links, at most 80 characters.")})
	}
	if len(digests) == 0 {
		list = append(list, problem{"digest-0", l.Say("Chưa chọn bản tin nào", "No digest is selected"),
			l.Say("Hãy đánh dấu ít nhất một bản tin.", "Tick at least one digest.")})
	}
	return list
}

// emailProblem returns what is wrong with an address, "" for nothing.
func emailProblem(l bantin.Language, email string) (text, hint string) {
	local, domain, at := strings.Cut(email, "@")
	switch {
	case email == "":
		return l.Say("Chưa có địa chỉ thư điện tử", "The e-mail address is missing"),
			l.Say("Hãy viết địa chỉ bạn muốn nhận thư.", "Enter the address at which you want to receive mail.")
	case at && local != "" && domain == "":
		return l.Say("Địa chỉ thư điện tử thiếu phần sau dấu @", "The e-mail address lacks the part after the @"),
			l.Say("Thiếu phần sau dấu @, chẳng hạn “@example.org”.", "The part after the @ is missing, such as “@example.org”.")
	case !isAddress(email):
		return l.Say("Địa chỉ thư điện tử không đúng", "The e-mail address is not valid"),
			l.Say("Viết như lan.nguyen@example.org, không có dấu cách và chữ có dấu.", "Enter it like lan.nguyen@example.org, without spaces and accents.")
	}
	return "", ""
}

// isAddress reports whether mail can be sent to the address (RFC 5321 4.5.3.1 for
// its length). Non-ASCII addresses are refused, since few servers support them.
func isAddress(email string) bool {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || strings.ContainsAny(email, "\"<>()[]\\,;: \t\r\n") {
		return false
	}
	local, domain, _ := strings.Cut(email, "@")
	ascii := strings.IndexFunc(email, func(r rune) bool { return r > '~' || r <= ' ' }) < 0
	return ascii && len(local) <= 64 && strings.Contains(strings.Trim(domain, "."), ".") && !strings.Contains(domain, "..")
}

// isSuspiciousName keeps advertisements out of the name.
func isSuspiciousName(name string) bool {
	lower := strings.ToLower(name)
	return !utf8.ValidString(name) || utf8.RuneCountInString(name) > 80 || strings.ContainsFunc(name, unicode.IsControl) ||
		strings.ContainsAny(name, "<>@|/\\") || strings.Contains(lower, "www.") || strings.Contains(lower, "http")
}
