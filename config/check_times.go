package config

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/place"
	"bantin/schedule"
)

// zoneNames are the zones of the IANA database, one a line: the standard
// library can load them and cannot list them.
//
//go:embed zones.txt
var zoneNames string

func (k *checker) zone(text *string, path string) {
	if _, err := loadZone(*text); err == nil {
		return
	}
	at := k.at(path)
	near := zoneOf(*text)
	if near == "" {
		near = nearest(*text, strings.Fields(zoneNames))
	}
	if near != "" {
		near = strconv.Quote(near)
	}
	k.report.add(at, joined(both("không có múi giờ %q", "unknown time zone %q", at.raw), asking(near)),
		both("viết tên IANA, như Asia/Ho_Chi_Minh, Europe/Paris hoặc UTC", "write an IANA name, such as Asia/Ho_Chi_Minh, Europe/Paris or UTC"))
}

// zoneOf suggests the time zone of a city, which is what most people know. Hà Nội,
// though the capital, has none of its own.
func zoneOf(name string) string {
	folded := place.Fold(name)
	for _, said := range []string{"ha noi", "hanoi", "sai gon", "saigon", "viet nam", "vietnam", "+7", "+07"} {
		if strings.Contains(folded, said) {
			return "Asia/Ho_Chi_Minh"
		}
	}
	for zone := range strings.FieldsSeq(zoneNames) {
		city := zone[strings.LastIndexByte(zone, '/')+1:]
		if strings.EqualFold(city, strings.ReplaceAll(name, " ", "_")) {
			return zone
		}
	}
	return ""
}

// loadZone refuses "" and "Local", whose meaning depends on the machine.
func loadZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, errors.New("no zone of the IANA database")
	}
	return time.LoadLocation(name)
}

// location returns the time zone, or UTC where it is invalid and was reported.
func location(name string) *time.Location {
	loc, err := loadZone(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

func (k *checker) source(s *Source, path string) {
	k.notOfUploads(s.ID, path+".id")
	for i, id := range s.Aliases {
		k.notOfUploads(id, fmt.Sprintf("%s.aliases[%d]", path, i))
	}
	k.locationKeys(s, path)
	s.Due = k.schedule(s.Schedule, path+".schedule", k.c.Site.Location)
	k.notOnNews(s.Due, path+".schedule")
	if s.ID != "" && !k.has(path+".schedule") {
		k.report.warn(k.at(path), both("nguồn %q không có schedule: chỉ đọc bằng lệnh bantin collect", "the source %q has no schedule: it is read only by the command bantin collect", s.ID),
			both(`ví dụ schedule: "@every 1m"`, `for example schedule: "@every 1m"`))
	}
}

// uploadSource is the source of what people upload to the office's pages.
const uploadSource = "office-pages"

func (k *checker) notOfUploads(id, path string) {
	if id == uploadSource {
		k.wrong(path, "id %q để dành cho tin tải lên trang của văn phòng", "the id %q is that of bulletins from the office's pages", both("chọn một id khác", "choose another id"))
	}
}

// locationKeys requires the key that locates a source of its kind, and refuses
// those of other kinds.
func (k *checker) locationKeys(s *Source, path string) {
	needed, wrong := "path", "url"
	switch s.Kind {
	case NukeViet, WebFeed:
		needed, wrong = "url", "path"
		k.filled(&s.URL, path+".url", k.page)
	case Mailbox:
		needed, wrong = "url", "path"
		k.filled(&s.URL, path+".url", k.box)
		k.mailSource(s, path)
	case Folder:
	default:
		return // reported already
	}
	if !k.has(path + "." + needed) {
		k.report.add(k.at(path), both("thiếu khóa %q: nguồn loại %s cần khóa này", "the key %q is missing: a source of kind %s needs it", needed, string(s.Kind)), bantin.Words{})
	}
	if k.has(path + "." + wrong) {
		k.report.add(k.at(path+"."+wrong), both("nguồn loại %s không có khóa %q", "a source of kind %s has no key %q", string(s.Kind), wrong), bantin.Words{})
	}
}

func (k *checker) digest(d *Digest, path string) {
	d.Location = k.c.Site.Location
	if d.Timezone == "" {
		d.Timezone = k.c.Site.Timezone
	} else {
		d.Location = location(d.Timezone)
	}
	d.Title = cmp.Or(d.Title, k.c.Site.Title)
	if d.Subject == "" {
		d.Subject = "{{.SubjectLine}}"
	}
	days := k.days(d.Skip, path+".skip")
	if d.Due = k.schedule(d.Schedule, path+".schedule", d.Location); d.Due != nil {
		d.Due = d.Due.Skipping(days).Aligned()
	}
	if d.ID != "" && !k.has(path+".schedule") {
		k.report.warn(k.at(path), both("bản %q không có schedule: chỉ gửi bằng lệnh bantin digest send", "the digest %q has no schedule: it is sent only by the command bantin digest send", d.ID),
			both(`ví dụ schedule: "0 7 * * MON"`, `for example schedule: "0 7 * * MON"`))
	}
}

// schedule parses the lines one by one, so that each problem is reported at its line.
func (k *checker) schedule(lines Lines, path string, loc *time.Location) *schedule.Schedule {
	if len(lines) == 0 {
		return nil
	}
	wrong := false
	for i, line := range lines {
		if _, err := schedule.Parse([]string{line}, loc); err != nil {
			wrong = true
			k.fault(fmt.Sprintf("%s[%d]", path, i), err)
		}
		k.eitherDay(line, fmt.Sprintf("%s[%d]", path, i))
	}
	if wrong {
		return nil
	}
	s, err := schedule.Parse(lines, loc)
	if err != nil {
		k.fault(path, err)
	}
	return s
}

// notOnNews refuses @news where nothing is mailed.
func (k *checker) notOnNews(s *schedule.Schedule, path string) {
	if s.OnNews() {
		k.report.add(k.at(path), both("@news chỉ dùng cho digests", "@news is for digests only"),
			both("ví dụ @every 5m", "for example @every 5m"))
	}
}

// eitherDay warns of a line that names days of the month and days of the week: cron takes
// either of them, and most who write it mean both.
func (k *checker) eitherDay(line, path string) {
	meant, either := schedule.EitherDay(line)
	if !either {
		return
	}
	f := strings.Fields(line)
	hint := both("nếu đúng ý, viết thành hai dòng: [%q, %q]", "if that is meant, write two lines: [%q, %q]",
		fmt.Sprintf("%s %s %s %s *", f[0], f[1], f[2], f[3]), fmt.Sprintf("%s %s * %s %s", f[0], f[1], f[3], f[4]))
	if meant != "" {
		hint = both("nếu muốn cả hai cùng khớp, viết %q", "if both should fit, write %q", meant)
	}
	k.report.warn(k.at(path), both("%q đến hạn khi khớp ngày trong tháng HOẶC thứ trong tuần", "%q is due when the day of the month OR the day of the week fits", k.at(path).raw), hint)
}

func (k *checker) days(specs []string, path string) schedule.Days {
	for i, spec := range specs {
		if _, err := schedule.ParseDays([]string{spec}); err != nil {
			k.fault(fmt.Sprintf("%s[%d]", path, i), err)
		}
	}
	days, err := schedule.ParseDays(specs)
	if err != nil {
		return nil // reported above
	}
	return days
}

func (k *checker) hours(text *string, path string) {
	if _, err := schedule.ParseWindow(*text); err != nil {
		k.fault(path, err)
	}
}

// fault reports an error of the package schedule.
func (k *checker) fault(path string, err error) {
	var wrong *schedule.Error
	if !errors.As(err, &wrong) {
		k.report.add(k.at(path), both("%v", "%v", err), bantin.Words{})
		return
	}
	at := k.at(path)
	what := bantin.Words{VI: ": " + wrong.What.VI, EN: ": " + wrong.What.EN}
	k.report.add(at, joined(both("%q", "%q", at.raw), what), wrong.Hint)
}
