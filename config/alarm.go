package config

import (
	"errors"
	"io/fs"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Alarm is the key alarm.
type Alarm struct {
	// A program that tells people, with its arguments; it is run without a shell. It
	// gets the alarm in JSON on standard input and has 30 seconds.
	//
	// Vi: Chương trình báo cho người, kèm tham số; chạy không qua shell. Nó nhận báo động dạng JSON ở đầu vào chuẩn và có 30 giây.
	Command []string `yaml:"command" example:"/usr/local/bin/tell"`

	// A web address to which the same JSON is posted. It may lie inside the network.
	//
	// Vi: Địa chỉ web nhận cùng JSON ấy bằng POST. Có thể ở trong mạng nội bộ.
	URL string `yaml:"url" is:"webhook" example:""`

	// How long a trouble of sources, returned mail, the mail server, hubs, exports,
	// disk or database has lasted when it is told. Held editions, a refused
	// configuration and a wrong clock are told at once.
	//
	// Vi: Một trục trặc của nguồn, thư trả lại, máy chủ gửi thư, hub, bản tĩnh, ổ đĩa hay cơ sở dữ liệu kéo dài bao lâu thì báo. Kỳ bị giữ lại, cấu hình bị từ chối và đồng hồ sai thì báo ngay.
	After Duration `yaml:"after" default:"15m"`

	// A regular sign of life, so that silence is noticed.
	//
	// Vi: Báo đều đặn rằng chương trình vẫn chạy, để khi im lặng thì biết.
	Well Well `yaml:"well" choices:"weekly" example:"weekly"`
}

// Well is how often a sign of life is given; "" for never.
type Well string

// WellWeekly is the only choice.
const WellWeekly Well = "weekly"

// Interval is the time between two signs of life; 0 for never. A nil Alarm has none.
func (a *Alarm) Interval() time.Duration {
	if a == nil || a.Well != WellWeekly {
		return 0
	}
	return 7 * 24 * time.Hour
}

// alarm checks the keys of alarm against each other, and that the command is there.
func (k *checker) alarm() {
	a := k.c.Alarm
	if a == nil {
		return
	}
	if len(a.Command) == 0 && a.URL == "" {
		k.report.add(k.at("alarm"), both("thiếu khóa %q hoặc %q: báo bằng cách nào?", "the key %q or %q is missing: how are people told?", "command", "url"),
			both("ví dụ command: [/usr/local/bin/tell]", "for example command: [/usr/local/bin/tell]"))
		return
	}
	if len(a.Command) > 0 {
		k.program(&a.Command[0], "alarm.command[0]")
	}
}

// program checks that a program can be run. A name without a slash is looked for in PATH,
// a path with one is relative to this file.
func (k *checker) program(name *string, path string) {
	if strings.ContainsAny(*name, `/\`) && !filepath.IsAbs(*name) {
		*name = filepath.Join(k.dir, *name)
	}
	found, err := exec.LookPath(*name)
	if err == nil {
		*name = found
		return
	}
	why := unreadable(err)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, exec.ErrNotFound):
		why = both("không tồn tại", "does not exist")
	case errors.Is(err, fs.ErrPermission):
		why = both("không có quyền chạy", "no permission to run it")
	}
	// A warning: a daemon that runs is not to stop since a program for alarms is away.
	k.report.warn(k.at(path), joined(both("không chạy được %q: ", "%q cannot be run: ", k.at(path).raw), why),
		both("ghi đường dẫn đầy đủ đến một chương trình có quyền chạy; tham số là những mục sau trong danh sách", "write the full path of an executable program; its arguments are further items of the list"))
}

// webhook checks the address that alarms are posted to. It may contain a secret, so it is
// never shown.
func (k *checker) webhook(text *string, path string) {
	u, err := url.Parse(*text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		k.report.add(k.at(path), both("đây không phải địa chỉ web", "this is not a web address"),
			both("viết như https://hooks.example.org/bantin; chỉ nhận http và https", "write it as https://hooks.example.org/bantin; http and https only"))
	}
}
