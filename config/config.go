package config

import (
	"bantin"
	"bantin/place"
)

// Config is the whole configuration. After Load every field holds its effective
// value: defaults are filled in, paths are absolute, places are slugs.
type Config struct {
	Path string // of the file, absolute

	// The publisher: name, web address, language.
	//
	// Vi: Đơn vị xuất bản: tên hội, địa chỉ web, ngôn ngữ.
	Site Site `yaml:"site"`

	// The folder for the program's own data: database, outbox, images.
	//
	// Vi: Thư mục cho những gì chương trình tự lưu: cơ sở dữ liệu, hộp thư đi, ảnh.
	Data string `yaml:"data" default:"var" is:"path"`

	// The database shared by several machines: postgres://USER@HOST/NAME. Without
	// it, a single machine uses SQLite in the data folder. Keep the password in
	// database_password_file, an environment variable or ~/.pgpass.
	//
	// Vi: Cơ sở dữ liệu dùng chung cho nhiều máy: postgres://USER@HOST/NAME. Không có thì chỉ có một máy, với SQLite trong thư mục dữ liệu. Hãy giữ mật khẩu trong database_password_file, biến môi trường hoặc ~/.pgpass.
	Database string `yaml:"database" is:"database" example:""`

	// A file with the password of the database, in place of one in the URL. A password
	// that is replaced is used for the next connection.
	//
	// Vi: Tệp chứa mật khẩu của cơ sở dữ liệu, thay cho mật khẩu trong địa chỉ. Khi đổi mật khẩu, kết nối kế tiếp dùng mật khẩu mới.
	DatabasePasswordFile string `yaml:"database_password_file" is:"file" example:""`

	// A folder of templates that override the built-in ones, file by file.
	//
	// Vi: Thư mục chứa các mẫu thay cho mẫu có sẵn, từng tệp một.
	Templates string `yaml:"templates" is:"folder" example:""`

	// The web server for pages and feeds.
	//
	// Vi: Máy chủ web cho các trang và nguồn tin.
	HTTP HTTP `yaml:"http"`

	// Where bulletins come from.
	//
	// Vi: Các nguồn lấy bản tin.
	Sources []Source `yaml:"sources"`

	// Named groups of places. They are added to the built-in clusters, or replace
	// the one with the same id.
	//
	// Vi: Các cụm tỉnh, thành. Thêm vào những cụm có sẵn, hoặc thay cụm cùng id.
	Clusters []Cluster `yaml:"clusters"`

	// Topics of bulletins, which readers choose beside places. A bulletin is of a topic that
	// its front matter or the category of its site or feed names, by id or title; where
	// these name none, of those whose words stand in its text.
	//
	// Vi: Các chủ đề, để người đọc chọn bên cạnh tỉnh, thành. Bản tin thuộc chủ đề mà phần đầu tệp, chuyên mục của trang hoặc của nguồn tin nêu bằng id hay tên; không nêu thì thuộc những chủ đề có từ ngữ đứng trong bài.
	Topics []Topic `yaml:"topics"`

	// Published feeds, each as RSS, Atom and JSON Feed.
	//
	// Vi: Các nguồn tin được xuất bản, mỗi nguồn có RSS, Atom và JSON Feed.
	Feeds []Feed `yaml:"feeds"`

	// WebSub hubs. Feeds name them, and bantin notifies them within a second of
	// each change, so that their subscribers need not poll.
	//
	// Vi: Các hub WebSub. Nguồn tin nêu địa chỉ hub, và bantin báo cho hub trong vòng một giây sau mỗi thay đổi, để bên theo dõi không phải tự kiểm tra.
	WebSub []string `yaml:"websub" is:"hub" example:"https://hub.example.org/"`

	// A folder for static copies of all feeds, updated after each change, for a web
	// server such as nginx; see docs/feeds.md.
	//
	// Vi: Thư mục giữ bản tĩnh của mọi nguồn tin, cập nhật sau mỗi thay đổi, cho máy chủ web như nginx; xem docs/feeds.md.
	Export string `yaml:"export" is:"path" example:""`

	// A list of contacts (CSV or XLSX), imported at start and whenever the file changes.
	//
	// Vi: Danh sách người nhận (CSV hoặc XLSX), được nhập khi khởi động và mỗi khi tệp thay đổi.
	Contacts string `yaml:"contacts" is:"file" example:"contacts.csv"`

	// Digests sent by mail.
	//
	// Vi: Các bản tin tổng hợp gửi qua thư điện tử.
	Digests []Digest `yaml:"digests"`

	// The mail server. Without it, each message is written to DATA/outbox/*.eml.
	//
	// Vi: Máy chủ gửi thư. Không có thì mỗi thư được ghi vào DATA/outbox/*.eml.
	SMTP *SMTP `yaml:"smtp"`

	// Returned mail: its mailbox, and what providers report by HTTP. Without it, nothing is
	// read; bantin bounce receive accepts returned mail from a mail server's pipe instead.
	//
	// Vi: Thư trả lại: hộp thư chứa nó, và những gì nhà cung cấp báo qua HTTP. Không có thì không đọc; khi ấy bantin bounce receive nhận thư trả lại qua pipe của máy chủ thư.
	Bounces *Bounces `yaml:"bounces"`

	// How people are told of troubles by a way that needs no mail server. Without it,
	// the log and a mail to report, or else to site.contact, tell of them.
	//
	// Vi: Cách báo cho người khi có trục trặc mà không cần máy chủ thư. Không có thì báo trong nhật ký và bằng thư đến report, hoặc site.contact.
	Alarm *Alarm `yaml:"alarm"`

	// Pages on which the people of the office see and steer what goes out. Without it,
	// there are none.
	//
	// Vi: Các trang để người của văn phòng xem và điều khiển việc gửi tin. Không có khóa này thì không có các trang ấy.
	Office *Office `yaml:"office"`

	// How long to keep the data that grows with each edition.
	//
	// Vi: Thời gian lưu giữ các dữ liệu tăng theo mỗi kỳ.
	Keep Keep `yaml:"keep"`

	// The journal in the data folder, by which a restored backup knows what happened since.
	//
	// Vi: Nhật ký trong thư mục dữ liệu; nhờ nó, một bản sao lưu được khôi phục biết những gì xảy ra sau khi sao lưu.
	Journal Journal `yaml:"journal"`
}

// Journal is the key journal.
type Journal struct {
	// Whether to note who was handed each edition, as keyed hashes of addresses, so that
	// nobody gets an edition twice after a restore. It costs some 35 bytes a message.
	//
	// Vi: Có ghi lại ai đã được gửi kỳ nào hay không (bằng mã băm có khóa của địa chỉ), để sau khi khôi phục không ai nhận một kỳ hai lần. Mỗi thư tốn khoảng 35 byte.
	Deliveries bool `yaml:"deliveries" default:"true"`
}

// DatabasePassword reads the password of the database, as [SMTP.Password] does.
func (c *Config) DatabasePassword() (string, error) { return passwordOf(c.DatabasePasswordFile) }

// AllTopics returns the topics.
func (c *Config) AllTopics() []bantin.Topic {
	var list []bantin.Topic
	for i := range c.Topics {
		list = append(list, c.Topics[i].Topic())
	}
	return list
}

// AllClusters returns the built-in clusters and those of the file. A cluster of
// the file replaces the built-in one with the same id.
func (c *Config) AllClusters() []bantin.Cluster {
	all := place.BuiltInClusters()
	at := map[string]int{}
	for i, cluster := range all {
		at[cluster.ID] = i
	}
	for _, own := range c.Clusters {
		if i, ok := at[own.ID]; ok {
			all[i] = own.Cluster()
			continue
		}
		at[own.ID] = len(all)
		all = append(all, own.Cluster())
	}
	return all
}
