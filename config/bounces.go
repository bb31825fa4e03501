package config

import (
	"net/url"
	"path/filepath"
	"strings"

	"bantin/schedule"
)

// Bounces is the key bounces.
type Bounces struct {
	// The mailbox that smtp.bounces is delivered to: of an IMAP server, with the
	// name to log in, or a Maildir on this machine. Other mail in it is left alone.
	//
	// Vi: Hộp thư nhận thư gửi về smtp.bounces: trên máy chủ IMAP, kèm tên đăng nhập, hoặc một Maildir trên máy này. Thư khác trong hộp được để yên.
	Mailbox string `yaml:"mailbox" need:"yes" is:"inbox" example:"imaps://tra-lai@imap.example.org"`

	// A file with the password of the IMAP server.
	//
	// Vi: Tệp chứa mật khẩu của máy chủ IMAP.
	PasswordFile string `yaml:"password_file" is:"file" example:"/run/credentials/bounces"`

	// When to read it: one line of cron, or a list of them.
	//
	// Vi: Khi nào đọc: một dòng cron hoặc danh sách.
	Schedule Lines `yaml:"schedule" default:"@every 5m"`

	// Due is Schedule in the site's zone.
	Due *schedule.Schedule
}

// Password reads the password file as that of smtp; empty without one.
func (b *Bounces) Password() (string, error) { return passwordOf(b.PasswordFile) }

// Keep is the key keep.
type Keep struct {
	// How long whom an edition went to, and what the server said, is kept once
	// it ended. Its counts stay.
	//
	// Vi: Giữ bao lâu danh sách người nhận của một kỳ và lời máy chủ, kể từ khi kỳ ấy xong. Số đếm thì còn mãi.
	Deliveries Duration `yaml:"deliveries" default:"400d"`

	// How long messages that came back are kept as they are. What they said in
	// short stays as long as deliveries.
	//
	// Vi: Giữ nguyên văn thư trả lại bao lâu. Nội dung tóm tắt thì giữ như danh sách người nhận.
	Bounces Duration `yaml:"bounces" default:"90d"`
}

// bounceBox looks at what the keys of bounces need of each other.
func (k *checker) bounceBox() {
	b := k.c.Bounces
	if b == nil {
		return
	}
	b.Due = k.schedule(b.Schedule, "bounces.schedule", k.c.Site.Location)
	imap := strings.HasPrefix(b.Mailbox, "imap")
	switch {
	case imap && b.PasswordFile == "" && !k.has("bounces.password_file"):
		k.report.add(k.at("bounces"), both("thiếu khóa %q: máy chủ IMAP cần mật khẩu", "the key %q is missing: an IMAP server wants a password", "password_file"), both("ghi mật khẩu vào một tệp chỉ bantin đọc được", "put the password into a file that only bantin can read"))
	case !imap && b.PasswordFile != "":
		k.report.warn(k.at("bounces.password_file"), both("Maildir không cần mật khẩu", "a Maildir needs no password"), both("bỏ khóa này", "leave this key out"))
	}
	if k.c.SMTP == nil || k.c.SMTP.Bounces == "" {
		k.report.warn(k.at("bounces"), both("thiếu smtp.bounces: thư trả lại không về hộp thư này", "smtp.bounces is missing: what comes back does not come to this mailbox"),
			both("ví dụ bounces: tra-lai@example.org trong smtp", "for example bounces: tra-lai@example.org in smtp"))
	}
}

// inbox wants a mailbox that can be read.
func (k *checker) inbox(text *string, path string) {
	hint := both("viết như imaps://tra-lai@imap.example.org hoặc maildir:/var/mail/tra-lai", "write it as imaps://tra-lai@imap.example.org or maildir:/var/mail/tra-lai")
	if dir, ok := strings.CutPrefix(*text, "maildir:"); ok {
		if dir == "" {
			k.wrong(path, "%q thiếu thư mục", "%q names no folder", hint)
			return
		}
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(k.dir, dir)
		}
		*text = "maildir:" + dir
		return
	}
	u, err := url.Parse(*text)
	if err != nil || u.Scheme != "imaps" && u.Scheme != "imap" || u.Hostname() == "" || u.User.Username() == "" {
		k.wrong(path, "%q không phải địa chỉ hộp thư", "%q is no address of a mailbox", hint)
		return
	}
	if _, has := u.User.Password(); has {
		k.report.add(k.at(path), both("mật khẩu nằm trong địa chỉ hộp thư", "the address of the mailbox holds a password"), both("ghi vào tệp của khóa password_file", "put it into the file of password_file"))
	}
}
