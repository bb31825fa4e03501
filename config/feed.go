package config

import (
	"cmp"

	"bantin"
)

// Cluster is an entry of the key clusters.
type Cluster struct {
	// The id of the cluster in this file and in URLs.
	//
	// Vi: Tên của cụm trong tệp này và trong địa chỉ web.
	ID string `yaml:"id" need:"yes" is:"id" example:"tay-bac"`

	// The displayed title.
	//
	// Vi: Tên để hiển thị.
	Title string `yaml:"title" example:"Cụm I – Tây Bắc"`

	// The names by which bulletins mention it.
	//
	// Vi: Những cách gọi cụm này trong bản tin.
	Names []string `yaml:"names" example:"cụm I,cụm số 1,cụm Tây Bắc"`

	// Its members: slugs or names of provinces and cities.
	//
	// Vi: Các thành viên: mã hoặc tên tỉnh, thành phố.
	Places []string `yaml:"places" need:"yes" is:"place" example:"lai-chau,dien-bien,son-la"`
}

// Cluster converts the entry to the type of the root package.
func (c *Cluster) Cluster() bantin.Cluster {
	return bantin.Cluster{ID: c.ID, Title: c.Title, Names: c.Names, Places: c.Places}
}

// Topic is an entry of the key topics.
type Topic struct {
	// The id of the topic in this file and in URLs.
	//
	// Vi: Tên của chủ đề trong tệp này và trong địa chỉ web.
	ID string `yaml:"id" need:"yes" is:"id" example:"hoc-bong"`

	// The displayed title; by default the id. A category with this title is the topic.
	//
	// Vi: Tên để hiển thị; không có thì dùng id. Chuyên mục có tên này là chủ đề ấy.
	Title string `yaml:"title" empty:"no" example:"Học bổng"`

	// Words by which a text is about it, whole and in any case. Words without diacritics
	// in the text are found too. Changed words are looked for in stored bulletins, too.
	//
	// Vi: Những từ ngữ cho biết bài viết về chủ đề này, nguyên cả từ, viết hoa hay thường; trong bài viết không dấu cũng tìm ra. Khi đổi từ ngữ, các tin đã lưu cũng được xét lại.
	Words []string `yaml:"words" example:"học bổng,quỹ khuyến học"`
}

// Topic converts the entry to the type of the root package.
func (t *Topic) Topic() bantin.Topic {
	return bantin.Topic{ID: t.ID, Title: cmp.Or(t.Title, t.ID), Words: t.Words}
}

// Feed is an entry of the key feeds.
type Feed struct {
	// The id of the feed in its URL, /feeds/ID.rss.
	//
	// Vi: Tên của nguồn tin trong địa chỉ /feeds/ID.rss.
	ID string `yaml:"id" need:"yes" is:"id" example:"tat-ca"`

	// The title in feed readers; by default the site's title. The feed of a place or
	// a cluster adds its name.
	//
	// Vi: Tên hiện trong chương trình đọc tin; không có thì dùng tên của site. Nguồn tin theo tỉnh hoặc cụm thêm tên của tỉnh, cụm.
	Title string `yaml:"title" empty:"no" example:"Bản tin khuyến học"`

	// How many bulletins the feed contains.
	//
	// Vi: Số bản tin trong nguồn tin.
	Limit int `yaml:"limit" default:"50" min:"1" max:"10000"`

	// Which bulletins to include; by default all.
	//
	// Vi: Chọn bản tin nào; không có thì tất cả.
	Select Selection `yaml:"select"`

	// One feed for each place, cluster or topic that has bulletins.
	//
	// Vi: Mỗi tỉnh (place), cụm (cluster) hoặc chủ đề (topic) có bản tin thì một nguồn tin.
	Per SplitBy `yaml:"per" choices:"place|cluster|topic" example:""`

	// Former ids; their URLs redirect to this feed.
	//
	// Vi: Các id cũ, địa chỉ cũ vẫn dẫn đến nguồn tin này.
	Aliases []string `yaml:"aliases" is:"id" example:""`

	// The feed has ended permanently: its URLs, including those of its places or
	// clusters, tell feed readers to unsubscribe (410), and most never ask again.
	//
	// Vi: Đã ngừng hẳn: mọi địa chỉ của nguồn tin này, kể cả của từng tỉnh hoặc cụm, báo cho chương trình đọc tin bỏ theo dõi (410), và phần lớn sẽ không hỏi lại nữa.
	Gone bool `yaml:"gone" example:""`
}

// Feed converts the entry to the type of the root package. For a feed per place or
// cluster it is the pattern from which these feeds are made.
func (f *Feed) Feed() bantin.Feed {
	return bantin.Feed{ID: f.ID, Title: f.Title, Select: f.Select.Selection(), Limit: f.Limit, Aliases: f.Aliases, Gone: f.Gone}
}

// SplitBy is what a feed is made for each of.
type SplitBy string

// The values of SplitBy.
const (
	PerPlace   SplitBy = "place"
	PerCluster SplitBy = "cluster"
	PerTopic   SplitBy = "topic"
)

// Selection selects bulletins: those that match every given key. A key matches by
// any of its values.
type Selection struct {
	// Slugs or names of places.
	//
	// Vi: Mã hoặc tên tỉnh, thành phố.
	Places []string `yaml:"places" is:"place" example:""`

	// Ids of clusters.
	//
	// Vi: Id của các cụm.
	Clusters []string `yaml:"clusters" is:"cluster" example:""`

	// Ids of sources.
	//
	// Vi: Id của các nguồn.
	Sources []string `yaml:"sources" is:"source" example:""`

	// Ids of topics.
	//
	// Vi: Id của các chủ đề.
	Topics []string `yaml:"topics" is:"topic" example:""`

	// Only urgent bulletins: those whose front matter, in a folder or a mailbox that is
	// trusted, says urgent: true.
	//
	// Vi: Chỉ tin khẩn: tin mà phần đầu tệp ghi khẩn: có (urgent: true), trong thư mục hoặc hộp thư được tin cậy.
	Urgent bool `yaml:"urgent" example:""`
}

// Selection converts the entry to the type of the root package.
func (s *Selection) Selection() bantin.Selection {
	return bantin.Selection{Places: s.Places, Clusters: s.Clusters, Sources: s.Sources, Topics: s.Topics, Urgent: s.Urgent}
}
