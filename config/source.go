package config

import "bantin/schedule"

// Source is an entry of the key sources.
type Source struct {
	// The id of the source in commands and in the ids of its bulletins.
	//
	// Vi: Tên của nguồn trong các lệnh và trong id bản tin.
	ID string `yaml:"id" need:"yes" is:"id" example:"van-phong"`

	// The kind of source. folder: .txt (print view), .html, .md, .docx, .eml and .pdf
	// files; nukeviet: a site made with NukeViet 2.0, 3.x or 4.x; feed: RSS, Atom or
	// JSON Feed; mailbox: mail to an address of the office.
	//
	// Vi: Loại nguồn; folder: các tệp .txt (bản in), .html, .md, .docx, .eml và .pdf; nukeviet: trang NukeViet 2.0, 3.x hoặc 4.x; feed: RSS, Atom hoặc JSON Feed; mailbox: thư gửi đến một địa chỉ của văn phòng.
	Kind SourceKind `yaml:"kind" need:"yes" choices:"folder|nukeviet|feed|mailbox" example:"folder"`

	// The folder to read, for a source of kind folder.
	//
	// Vi: Thư mục để đọc, của nguồn loại folder.
	Path string `yaml:"path" is:"folder" example:"bulletins"`

	// The URL (http or https) of the site's news list, of one of its categories, or
	// of the feed; for a mailbox imaps://USER@HOST, imap://USER@HOST (STARTTLS) or
	// maildir:PATH.
	//
	// Vi: Địa chỉ trang danh sách tin, của một chuyên mục, hoặc của nguồn feed, http hay https; của hộp thư là imaps://TÊN@MÁY, imap://TÊN@MÁY (STARTTLS) hoặc maildir:THƯ-MỤC.
	URL string `yaml:"url" example:""`

	// A file with the password for the mailbox.
	//
	// Vi: Tệp chứa mật khẩu của hộp thư.
	PasswordFile string `yaml:"password_file" is:"file" example:""`

	// The senders whose mails are bulletins, for a source of kind mailbox.
	//
	// Vi: Những người gửi có thư là bản tin, cho nguồn loại mailbox.
	Senders []string `yaml:"senders" is:"address" example:""`

	// The addresses that a mail must be to (To or Cc); one that is to none of them is held.
	// Without this key, a mail may be to any address.
	//
	// Vi: Các địa chỉ mà thư phải gửi đến (To hoặc Cc); thư không gửi đến địa chỉ nào trong đó bị giữ lại. Không có khóa này thì thư gửi đến địa chỉ nào cũng được.
	Addresses []string `yaml:"addresses" is:"address" example:""`

	// How to verify that a mail comes from its sender. dkim: a DKIM signature of the
	// sender's domain; any: no verification.
	//
	// Vi: Cách xác minh thư đúng là của người gửi. dkim: chữ ký DKIM của tên miền người gửi; any: không xác minh.
	Trust string `yaml:"trust" default:"dkim" choices:"dkim|any" example:""`

	// The maximum request rate to the site.
	//
	// Vi: Số lần truy cập trang nhiều nhất trong một khoảng thời gian.
	Rate Rate `yaml:"rate" default:"1/s" example:""`

	// Whether the site may have a private network address; such addresses are refused
	// otherwise. It opens the host and port of url only, also for redirects and pictures.
	//
	// Vi: Trang có được ở địa chỉ trong mạng nội bộ không; nếu không thì bị từ chối. Chỉ mở đúng máy và cổng của url, kể cả khi chuyển hướng và lấy ảnh.
	AllowPrivate bool `yaml:"allow_private" default:"false" example:""`

	// When to look for news: a cron line, or a list of them. Without it, the source is
	// read only by the command collect.
	//
	// Vi: Thời điểm kiểm tra tin mới: một dòng cron hoặc danh sách. Không có thì chỉ đọc bằng lệnh collect.
	Schedule Lines `yaml:"schedule" example:"@every 1m"`

	// Former ids; the source continues their bulletins.
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

// Password reads the password of the mailbox, as [SMTP.Password] does.
func (s *Source) Password() (string, error) { return passwordOf(s.PasswordFile) }

// Lines are cron lines, written as one text or as a list.
type Lines []string
