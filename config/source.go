package config

import "bantin/schedule"

// Source is an entry of the key sources.
type Source struct {
	// The name of the source in commands and in the ids of its bulletins.
	//
	// Vi: Tên của nguồn trong các lệnh và trong id bản tin.
	ID string `yaml:"id" need:"yes" is:"id" example:"van-phong"`

	// What it is; folder: files .txt (print view), .html and .md.
	//
	// Vi: Loại nguồn; folder: các tệp .txt (bản in), .html và .md.
	Kind SourceKind `yaml:"kind" need:"yes" choices:"folder" example:"folder"`

	// The folder to read.
	//
	// Vi: Thư mục để đọc.
	Path string `yaml:"path" need:"yes" is:"folder" example:"bulletins"`

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
	Folder SourceKind = "folder"
)

// Lines are lines of cron, written as one text or as a list.
type Lines []string
