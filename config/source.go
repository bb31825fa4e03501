package config

import "bantin/schedule"

// Source is an entry of the key sources.
type Source struct {
	// The name of the source in commands and in the ids of its bulletins.
	//
	// Vi: Tên của nguồn trong các lệnh và trong id bản tin.
	ID string `yaml:"id" need:"yes" is:"id" example:"van-phong"`

	// What it is; folder: files .txt (print view), .html, .md, .docx, .eml and
	// .pdf; nukeviet: a site made with NukeViet 2.0, 3.x or 4.x; feed: RSS, Atom or
	// JSON Feed; mailbox: mails to an address of the office.
	//
	// Vi: Loại nguồn; folder: các tệp .txt (bản in), .html, .md, .docx, .eml và .pdf; nukeviet: trang NukeViet 2.0, 3.x hoặc 4.x; feed: RSS, Atom hoặc JSON Feed; mailbox: thư gửi đến một địa chỉ của văn phòng.
	Kind SourceKind `yaml:"kind" need:"yes" choices:"folder|nukeviet|feed|mailbox" example:"folder"`

	// The folder to read, of a source of kind folder.
	//
	// Vi: Thư mục để đọc, của nguồn loại folder.
	Path string `yaml:"path" is:"folder" example:"bulletins"`

	// The address of the site's list of news, of one of its categories, or of
	// the feed, http or https; of a mailbox imaps://USER@HOST, imap://USER@HOST
	// (STARTTLS) or maildir:PATH.
	//
	// Vi: Địa chỉ trang danh sách tin, của một chuyên mục, hoặc của nguồn feed, http hay https; của hộp thư là imaps://TÊN@MÁY, imap://TÊN@MÁY (STARTTLS) hoặc maildir:THƯ-MỤC.
	URL string `yaml:"url" example:""`

	// A file with the password of the mailbox.
	//
	// Vi: Tệp chứa mật khẩu của hộp thư.
	PasswordFile string `yaml:"password_file" is:"file" example:""`

	// Whose mails are bulletins, of a source of kind mailbox.
	//
	// Vi: Thư của những ai là bản tin, của nguồn loại mailbox.
	Senders []string `yaml:"senders" is:"address" example:""`

	// What a mail must show to be taken for the sender's; dkim: a DKIM signature
	// by his domain; any: nothing.
	//
	// Vi: Thư phải có gì thì mới tin là của người gửi ấy; dkim: chữ ký DKIM của tên miền người gửi; any: không cần gì.
	Trust string `yaml:"trust" default:"dkim" choices:"dkim|any" example:""`

	// How many requests are made to the site at most.
	//
	// Vi: Nhiều nhất bao nhiêu lần hỏi trang ấy.
	Rate Rate `yaml:"rate" default:"1/s" example:""`

	// Whether the site may be on an address inside the network, which are
	// refused otherwise.
	//
	// Vi: Trang có được ở địa chỉ trong mạng nội bộ không; nếu không thì bị từ chối.
	AllowPrivate bool `yaml:"allow_private" default:"false" example:""`

	// When to look for news: one line of cron, or a list of them. Without it
	// the source is read by the command collect only.
	//
	// Vi: Khi nào xem có tin mới: một dòng cron hoặc danh sách. Không có thì chỉ đọc bằng lệnh collect.
	Schedule Lines `yaml:"schedule" example:"@every 1m"`

	// Former ids, whose bulletins it carries on.
	//
	// Vi: Các id cũ mà nguồn này tiếp nối.
	Aliases []string `yaml:"aliases" is:"id" example:""`

	// Due is Schedule in the site's zone; nil without one.
	Due *schedule.Schedule
}

// SourceKind is a kind of source.
type SourceKind string

// The kinds of sources.
const (
	Folder   SourceKind = "folder"
	NukeViet SourceKind = "nukeviet"
	WebFeed  SourceKind = "feed"
	Mailbox  SourceKind = "mailbox"
)

// Password is the one of the mailbox, as [SMTP.Password] reads it.
func (s *Source) Password() (string, error) { return passwordOf(s.PasswordFile) }

// Lines are lines of cron, written as one text or as a list.
type Lines []string
