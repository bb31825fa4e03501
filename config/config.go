package config

import (
	"bantin"
	"bantin/place"
)

// Config is the whole file. After Load every field holds what is to be used:
// defaults are filled in, paths are absolute, places are slugs.
type Config struct {
	Path string // of the file, absolute

	// Who publishes: the association, its address on the web, its language.
	//
	// Vi: Đơn vị xuất bản: tên hội, địa chỉ web, ngôn ngữ.
	Site Site `yaml:"site"`

	// The folder for what the program itself keeps: database, outbox, images.
	//
	// Vi: Thư mục cho những gì chương trình tự lưu: cơ sở dữ liệu, hộp thư đi, ảnh.
	Data string `yaml:"data" default:"var" is:"path"`

	// The database that several machines share: postgres://USER@HOST/NAME. Without
	// it there is one machine, with SQLite in the data folder. Keep the password
	// in a variable or in ~/.pgpass.
	//
	// Vi: Cơ sở dữ liệu dùng chung cho nhiều máy: postgres://USER@HOST/NAME. Không có thì chỉ có một máy, với SQLite trong thư mục dữ liệu. Hãy giữ mật khẩu trong biến môi trường hoặc ~/.pgpass.
	Database string `yaml:"database" is:"database" example:""`

	// A folder whose templates stand in for the built-in ones, file by file.
	//
	// Vi: Thư mục chứa các mẫu thay cho mẫu có sẵn, từng tệp một.
	Templates string `yaml:"templates" is:"folder" example:""`

	// The web server for pages and feeds.
	//
	// Vi: Máy chủ web cho các trang và nguồn tin.
	HTTP HTTP `yaml:"http"`

	// Where bulletins come from.
	//
	// Vi: Bản tin lấy từ đâu.
	Sources []Source `yaml:"sources"`

	// Named groups of places. They add to the built-in ones, or replace the one
	// of the same id.
	//
	// Vi: Các cụm tỉnh, thành. Thêm vào những cụm có sẵn, hoặc thay cụm cùng id.
	Clusters []Cluster `yaml:"clusters"`

	// Published feeds, each in RSS, Atom and JSON Feed.
	//
	// Vi: Các nguồn tin được xuất bản, mỗi nguồn có RSS, Atom và JSON Feed.
	Feeds []Feed `yaml:"feeds"`

	// WebSub hubs: feeds name them, and they are told within a second of each
	// change, so that readers who listen there need not ask.
	//
	// Vi: Các trạm WebSub: nguồn tin nêu tên chúng, và chúng được báo trong vòng một giây sau mỗi thay đổi, để người đọc qua trạm không phải hỏi.
	WebSub []string `yaml:"websub" is:"hub" example:"https://hub.example.org/"`

	// A folder to keep static copies of all feeds in, after each change, for a
	// web server such as nginx; see docs/feeds.md.
	//
	// Vi: Thư mục giữ bản tĩnh của mọi nguồn tin, cập nhật sau mỗi thay đổi, cho máy chủ web như nginx; xem docs/feeds.md.
	Export string `yaml:"export" is:"path" example:""`

	// A list of contacts (CSV or XLSX) that is imported at start and whenever it changes.
	//
	// Vi: Danh sách người nhận (CSV hoặc XLSX), được nhập khi khởi động và mỗi khi tệp thay đổi.
	Contacts string `yaml:"contacts" is:"file" example:"contacts.csv"`

	// Digests that are mailed.
	//
	// Vi: Các bản tin tổng hợp gửi qua thư điện tử.
	Digests []Digest `yaml:"digests"`

	// The mail server. Without it each message is written to DATA/outbox/*.eml.
	//
	// Vi: Máy chủ gửi thư. Không có thì mỗi thư được ghi vào DATA/outbox/*.eml.
	SMTP *SMTP `yaml:"smtp"`

	// Where what comes back is read. Without it nothing is; bantin bounce receive
	// takes it from a mail server's pipe.
	//
	// Vi: Đọc thư trả lại ở đâu. Không có thì không đọc; bantin bounce receive nhận từ ống dẫn của máy chủ thư.
	Bounces *Bounces `yaml:"bounces"`

	// How long is kept what grows with each edition.
	//
	// Vi: Những gì tăng theo mỗi kỳ được giữ bao lâu.
	Keep Keep `yaml:"keep"`
}

// AllClusters gives the built-in clusters with those of the file added, or put
// in the place of the one of the same id.
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
