package config

import (
	"net/url"
	"strings"

	"bantin"
)

// filled checks a text that depends on the kind of source.
func (k *checker) filled(text *string, path string, check func(*string, string)) {
	if *text != "" {
		check(text, path)
	}
}

// box checks the address of a mailbox, and makes a path absolute. A password is
// refused.
func (k *checker) box(text *string, path string) {
	u, err := url.Parse(*text)
	switch {
	case err != nil || u.User != nil && hasPassword(u):
	case u.Scheme == "maildir" && u.Host == "" && u.Path+u.Opaque != "":
		dir := u.Path + u.Opaque
		k.path(&dir, path)
		*text = "maildir:" + (&url.URL{Path: dir}).EscapedPath()
		return
	case (u.Scheme == "imaps" || u.Scheme == "imap") && u.Hostname() != "" && u.User.Username() != "":
		return
	}
	k.wrong(path, "%q không phải địa chỉ hộp thư", "%q is not a mailbox address",
		both("viết như imaps://bulletins@imap.example.org, hoặc maildir:/đường/dẫn; mật khẩu để ở password_file", "write it as imaps://bulletins@imap.example.org, or maildir:/path; the password goes into password_file"))
}

func hasPassword(u *url.URL) bool {
	_, has := u.User.Password()
	return has
}

// mailSource checks the keys of a mailbox source: senders, trust and password.
func (k *checker) mailSource(s *Source, path string) {
	if len(s.Senders) == 0 {
		k.report.add(k.at(path), both("thiếu khóa %q: thư của ai là bản tin?", "the key %q is missing: whose mails are bulletins?", "senders"),
			both("ví dụ senders: [vanphong@example.org]", "for example senders: [vanphong@example.org]"))
	}
	if strings.HasPrefix(s.URL, "imap") && s.PasswordFile == "" && !k.has(path+".password_file") {
		k.report.add(k.at(path), both("thiếu khóa %q", "the key %q is missing", "password_file"),
			both("đặt mật khẩu của hộp thư vào một tệp và ghi đường dẫn ở password_file", "put the mailbox password into a file and its path into password_file"))
	}
	if s.Trust == "any" {
		k.report.warn(k.at(path+".trust"), both("trust: any tin mọi thư tự nhận là của senders", "trust: any accepts every mail that claims to be from senders"),
			bantin.Words{VI: "chỉ dùng khi máy nhận thư đã tự kiểm tra người gửi", EN: "use it only where the mail server itself makes sure of senders"})
	}
}
