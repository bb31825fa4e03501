package config

import (
	"net/url"
	"path/filepath"
	"strings"

	"bantin/schedule"
)

// Bounces is the key bounces.
type Bounces struct {
	// The mailbox that receives mail for smtp.bounces: on an IMAP server, with the
	// user name, or a Maildir on this machine. Other mail in it is left alone. It may be
	// absent where there are webhooks.
	//
	// Vi: Hộp thư nhận thư gửi về smtp.bounces: trên máy chủ IMAP, kèm tên đăng nhập, hoặc một Maildir trên máy này. Thư khác trong hộp được để yên. Có webhooks thì không bắt buộc.
	Mailbox string `yaml:"mailbox" is:"inbox" example:"imaps://tra-lai@imap.example.org"`

	// A file with the password for the IMAP server.
	//
	// Vi: Tệp chứa mật khẩu của máy chủ IMAP.
	PasswordFile string `yaml:"password_file" is:"file" example:"/run/credentials/bounces"`

	// When to read the mailbox: a cron line, or a list of them.
	//
	// Vi: Thời điểm đọc: một dòng cron hoặc danh sách.
	Schedule Lines `yaml:"schedule" default:"@every 5m"`

	// What providers report by HTTP, at /returns/PROVIDER; see docs/bounces.md.
	//
	// Vi: Những gì nhà cung cấp báo qua HTTP, tại /returns/PROVIDER; xem docs/bounces.md.
	Webhooks []Webhook `yaml:"webhooks"`

	// Due is Schedule in the site's zone.
	Due *schedule.Schedule
}

// Password reads the password file, as [SMTP.Password] does; "" without one.
func (b *Bounces) Password() (string, error) { return passwordOf(b.PasswordFile) }

// Webhook is an entry of bounces.webhooks.
type Webhook struct {
	// The provider that relays the mail.
	//
	// Vi: Nhà cung cấp chuyển thư đi.
	Provider string `yaml:"provider" need:"yes" choices:"ses|mailgun|brevo" example:"ses"`

	// The SNS topic that Amazon SES reports to; other topics are refused.
	//
	// Vi: Chủ đề (topic) SNS mà Amazon SES báo vào; chủ đề khác bị từ chối.
	TopicARN string `yaml:"topic_arn" is:"sns topic" example:"arn:aws:sns:ap-southeast-1:123456789012:bantin"`

	// A file with the secret: Mailgun's HTTP webhook signing key, or the token that Brevo
	// was given.
	//
	// Vi: Tệp chứa khóa bí mật: khóa ký webhook (HTTP webhook signing key) của Mailgun, hoặc mã đã ghi ở Brevo.
	SecretFile string `yaml:"secret_file" is:"file" example:""`
}

// Secret reads the secret file, as [SMTP.Password] does; "" without one.
func (h *Webhook) Secret() (string, error) { return secretOf("webhook secret", h.SecretFile) }

// Keep is the key keep.
type Keep struct {
	// How long to keep an edition's deliveries, recipients, messages and server replies, after
	// it ended. Its counts are kept for good.
	//
	// Vi: Thời gian giữ danh sách người nhận, thư của một kỳ và trả lời của máy chủ, tính từ khi kỳ ấy kết thúc. Số liệu tổng hợp được giữ mãi.
	Deliveries Duration `yaml:"deliveries" default:"400d"`

	// How long to keep returned messages in full. Their summaries are kept as long
	// as deliveries.
	//
	// Vi: Thời gian giữ nguyên văn thư trả lại. Phần tóm tắt được giữ lâu như danh sách người nhận.
	Bounces Duration `yaml:"bounces" default:"90d"`

	// How long to keep the address of a contact who left every digest. Then a keyed
	// hash is kept, so that no list brings them back. Without it addresses are kept.
	//
	// Vi: Thời gian giữ địa chỉ của người đã ngừng nhận mọi bản tin. Sau đó chỉ còn mã băm có khóa, để không danh sách nào đưa họ trở lại. Không có thì địa chỉ được giữ mãi.
	Addresses Duration `yaml:"addresses" example:"28d"`
}

// bounceBox checks the keys of bounces against each other.
func (k *checker) bounceBox() {
	b := k.c.Bounces
	if b == nil {
		return
	}
	b.Due = k.schedule(b.Schedule, "bounces.schedule", k.c.Site.Location)
	k.webhooks(b)
	imap := strings.HasPrefix(b.Mailbox, "imap")
	switch {
	case b.Mailbox == "":
		if len(b.Webhooks) == 0 {
			k.report.add(k.at("bounces"), both("thiếu khóa %q hoặc %q", "the key %q or %q is missing", "mailbox", "webhooks"),
				both("ví dụ mailbox: imaps://tra-lai@imap.example.org", "for example mailbox: imaps://tra-lai@imap.example.org"))
		}
		return
	case imap && b.PasswordFile == "" && !k.has("bounces.password_file"):
		k.report.add(k.at("bounces"), both("thiếu khóa %q: máy chủ IMAP cần mật khẩu", "the key %q is missing: an IMAP server requires a password", "password_file"), both("ghi mật khẩu vào một tệp chỉ bantin đọc được", "put the password into a file that only bantin can read"))
	case !imap && b.PasswordFile != "":
		k.report.warn(k.at("bounces.password_file"), both("Maildir không cần mật khẩu", "a Maildir needs no password"), both("bỏ khóa này", "remove this key"))
	}
	if k.c.SMTP == nil || k.c.SMTP.Bounces == "" {
		k.report.warn(k.at("bounces"), both("thiếu smtp.bounces: thư trả lại không về hộp thư này", "smtp.bounces is missing: bounces do not arrive in this mailbox"),
			both("ví dụ bounces: tra-lai@example.org trong smtp", "for example bounces: tra-lai@example.org in smtp"))
	}
}

// inbox checks the address of a mailbox to read.
func (k *checker) inbox(text *string, path string) {
	hint := both("viết như imaps://tra-lai@imap.example.org hoặc maildir:/var/mail/tra-lai", "write it as imaps://tra-lai@imap.example.org or maildir:/var/mail/tra-lai")
	if dir, ok := strings.CutPrefix(*text, "maildir:"); ok {
		if dir == "" {
			k.wrong(path, "%q thiếu thư mục", "%q does not name a folder", hint)
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
		k.wrong(path, "%q không phải địa chỉ hộp thư", "%q is not a mailbox address", hint)
		return
	}
	if _, has := u.User.Password(); has {
		k.report.add(k.at(path), both("mật khẩu nằm trong địa chỉ hộp thư", "the mailbox address contains a password"), both("ghi vào tệp của khóa password_file", "put it into the file named by password_file"))
	}
}
