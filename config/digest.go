package config

import (
	"time"

	"bantin"
	"bantin/schedule"
)

// Digest is an entry of the key digests.
type Digest struct {
	// The id of the digest in commands, in URLs and in List-Id.
	//
	// Vi: Tên của bản tin tổng hợp trong lệnh, trong địa chỉ và trong List-Id.
	ID string `yaml:"id" need:"yes" is:"id" example:"hang-tuan"`

	// The displayed title; by default the site's title.
	//
	// Vi: Tên để hiển thị; không có thì dùng tên của site.
	Title string `yaml:"title" empty:"no" example:"Bản tin khuyến học trong tuần"`

	// When the digest is due: a cron line with five fields, or @daily and the like;
	// MON#1 is the first Monday, FRI#L the last Friday and L the last day of the
	// month; or a list of such lines. @news is due ten minutes after the first new
	// bulletin, at most once an hour and six times a day. Without it, the digest is
	// sent only by the command digest send.
	//
	// Vi: Thời điểm gửi: một dòng cron năm trường, @daily và tương tự, MON#1 là thứ Hai đầu tháng, FRI#L là thứ Sáu cuối tháng, L là ngày cuối tháng; hoặc một danh sách. @news là mười phút sau tin mới đầu tiên, nhiều nhất mỗi giờ một kỳ và sáu kỳ một ngày. Không có thì chỉ gửi bằng lệnh digest send.
	Schedule Lines `yaml:"schedule" example:"0 7 * * MON"`

	// The time zone of the schedule; by default the site's.
	//
	// Vi: Múi giờ của lịch; không có thì theo site.
	Timezone string `yaml:"timezone" empty:"no" is:"zone" example:"Asia/Ho_Chi_Minh"`

	// Days on which the digest is not due: single days and ranges.
	//
	// Vi: Những ngày không gửi: từng ngày hoặc khoảng ngày.
	Skip []string `yaml:"skip" is:"days" example:"2027-02-05..2027-02-12"`

	// After a downtime: send once for all missed due times, or skip them.
	//
	// Vi: Sau khi máy ngừng: once là gửi một lần cho mọi lần đã lỡ, skip là bỏ qua.
	Missed MissedPolicy `yaml:"missed" default:"once" choices:"once|skip"`

	// A due time older than this is reported and not mailed.
	//
	// Vi: Lần đến hạn đã qua lâu hơn mức này thì chỉ báo, không gửi.
	Late Duration `yaml:"late" default:"24h"`

	// What to do at a due time without news.
	//
	// Vi: Việc cần làm khi đến hạn mà không có tin mới.
	WhenEmpty bantin.WhenEmpty `yaml:"when_empty" default:"skip" choices:"skip|send"`

	// The number of the first edition.
	//
	// Vi: Số của kỳ đầu tiên.
	FirstNumber int `yaml:"first_number" default:"1" min:"1" max:"1000000"`

	// Hours of the day in which mail is sent, in the time zone of the schedule; the
	// range may cross midnight. What is unfinished at its end continues when it next
	// begins. By default mail is sent at any hour.
	//
	// Vi: Khung giờ được gửi thư trong ngày, theo múi giờ của lịch; có thể qua nửa đêm. Hết giờ mà chưa xong thì gửi tiếp ở khung giờ kế tiếp. Không có thì gửi vào bất cứ giờ nào.
	Between string `yaml:"between" is:"hours" example:"06:00-21:00"`

	// How many contacts get the edition first; the others follow after canary_wait.
	// If more than a tenth of the first failed, the edition is held for review.
	//
	// Vi: Số người nhận trước; những người còn lại nhận sau canary_wait. Nếu hơn một phần mười số đầu bị hỏng thì giữ lại, chờ người xem.
	Canary int `yaml:"canary" default:"0" max:"100000"`

	// How long to wait for bounces of the first ones.
	//
	// Vi: Chờ bao lâu xem thư của những người đầu có bị trả lại không.
	CanaryWait Duration `yaml:"canary_wait" default:"15m"`

	// The address for a short report with the counts when an edition is settled, is
	// held, or is not settled two hours after its due time, counted within its
	// sending hours; and when a due time is too late to be mailed. Without it, no
	// report is sent.
	//
	// Vi: Địa chỉ nhận thư ngắn báo số liệu khi một kỳ gửi xong, bị giữ lại, hoặc hai giờ sau hạn (tính trong giờ được gửi) mà chưa xong, và khi một lần đến hạn đã quá trễ nên không gửi. Không có thì không gửi báo cáo.
	Report string `yaml:"report" is:"address" example:"admin@example.org"`

	// Whether an edition waits as a draft until a person approves it, in the office's
	// pages or with editions approve. The people of office.people get a mail about it;
	// without office, the address of report. A draft that is not approved by the digest's
	// next due time is cancelled, and its news goes into the next edition.
	//
	// Vi: Có chờ duyệt hay không: true thì mỗi kỳ là bản thảo cho đến khi có người duyệt, trên trang văn phòng hoặc bằng editions approve. Những người trong office.people nhận thư báo; không có office thì địa chỉ ở report. Đến hạn lần sau mà chưa duyệt thì bản thảo bị hủy, tin của nó vào kỳ sau.
	Approve bool `yaml:"approve" default:"false"`

	// After how long it is reported that nobody approved a draft; it stays a draft.
	//
	// Vi: Sau bao lâu thì báo rằng bản thảo chưa ai duyệt; nó vẫn là bản thảo.
	ApproveWithin Duration `yaml:"approve_within" default:"24h"`

	// Which bulletins to include; by default all.
	//
	// Vi: Chọn bản tin nào; không có thì tất cả.
	Select DigestSelection `yaml:"select"`

	// Who gets the digest without signing up; by default every contact.
	//
	// Vi: Những ai nhận mà không cần đăng ký; không có thì là mọi người nhận.
	Audience Audience `yaml:"audience"`

	// The subject of the mail, a Go template; by default {{.SubjectLine}}, the title of
	// the first bulletin and the number of the edition; {{.Headline}} is the digest's title
	// and the number.
	//
	// Vi: Tiêu đề thư, viết theo mẫu của Go; không có thì {{.SubjectLine}}: tên
	// tin đầu và số của kỳ; {{.Headline}} là tên bản tin tổng hợp và số.
	Subject string `yaml:"subject" empty:"no" is:"template" example:"{{.Digest.Title}} – số {{.Edition.Number}}"`

	// Whether who confirms a sign-up gets a mail with the last edition and the day of the
	// next one.
	//
	// Vi: Người vừa xác nhận đăng ký có nhận ngay một thư với số mới nhất và ngày của số tới hay không.
	Welcome bool `yaml:"welcome" default:"true"`

	// A label before the subject of each mail, as the law asks of advertising.
	//
	// Vi: Nhãn đặt trước tiêu đề mỗi thư, như pháp luật yêu cầu với thư quảng cáo.
	Label string `yaml:"label" example:"\"[QC]\""`

	// Who gets tests of the digest: digest preview --to tests, and the button on the
	// office's page.
	//
	// Vi: Những ai nhận thư thử: digest preview --to tests, và nút trên trang văn phòng.
	Tests []string `yaml:"tests" is:"address" example:"chi.lan@example.org"`

	// Former ids; the digest continues their editions and subscriptions.
	//
	// Vi: Các id cũ mà bản này tiếp nối: kỳ đã gửi và người đăng ký.
	Aliases []string `yaml:"aliases" is:"id" example:""`

	// Location is the zone of its schedule.
	Location *time.Location

	// Due is Schedule in that zone without the days of Skip; nil without one.
	Due *schedule.Schedule
}

// Digest converts the entry to the type of the root package.
func (d *Digest) Digest() bantin.Digest {
	return bantin.Digest{
		ID: d.ID, Aliases: d.Aliases, Title: d.Title, Subject: d.Subject,
		Select: d.Select.Selection.Selection(), Max: d.Select.Max,
		Audience: d.Audience.Audience(), WhenEmpty: d.WhenEmpty,
		FirstNumber: d.FirstNumber, Location: d.Location,
		Between: d.Between, Canary: d.Canary, CanaryWait: d.CanaryWait.Std(), Report: d.Report,
		Approve: d.Approve, ApproveWithin: d.ApproveWithin.Std(),
	}
}

// MissedPolicy is what to do for due times missed during a downtime.
type MissedPolicy string

// The policies for missed due times.
const (
	MissedOnce MissedPolicy = "once"
	MissedSkip MissedPolicy = "skip"
)

// DigestSelection is a Selection with a maximum number of bulletins.
type DigestSelection struct {
	// How many bulletins a mail shows; one link leads to the rest.
	//
	// Vi: Số bản tin hiện trong một thư; phần còn lại là một liên kết.
	Max int `yaml:"max" default:"30" min:"1" max:"1000"`

	Selection
}

// Audience selects the contacts who get a digest: those who match every given key.
// A key matches by any of its values.
type Audience struct {
	// Levels of the association, also in Vietnamese: trung ương, tỉnh, huyện, xã, hội viên.
	//
	// Vi: Các cấp hội; ghi bằng tiếng Việt cũng được: trung ương, tỉnh, huyện, xã, hội viên.
	Levels []bantin.Level `yaml:"levels" is:"level" choices:"central|province|district|commune|member" example:"province"`

	// Slugs or names of places.
	//
	// Vi: Mã hoặc tên tỉnh, thành phố.
	Places []string `yaml:"places" is:"place" example:""`

	// Ids of clusters.
	//
	// Vi: Id của các cụm.
	Clusters []string `yaml:"clusters" is:"cluster" example:"tay-bac"`

	// Languages of contacts.
	//
	// Vi: Ngôn ngữ của người nhận.
	Languages []bantin.Language `yaml:"languages" choices:"vi|en" example:""`

	// Tags of contacts.
	//
	// Vi: Nhãn của người nhận.
	Tags []string `yaml:"tags" example:""`
}

// Audience converts the entry to the type of the root package.
func (a *Audience) Audience() bantin.Audience {
	return bantin.Audience{Levels: a.Levels, Places: a.Places, Clusters: a.Clusters, Languages: a.Languages, Tags: a.Tags}
}
