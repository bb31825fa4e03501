package config

import (
	"fmt"
	"strings"
	"time"

	"bantin"
)

// Office is the key office.
type Office struct {
	// An address of its own to listen on for the office's pages, separate from those
	// that everybody reads. Without it, they are served under /office at http.listen.
	//
	// Vi: Địa chỉ lắng nghe riêng cho các trang của văn phòng, tách khỏi các trang cho mọi người. Không có thì phục vụ dưới /office ở http.listen.
	Listen string `yaml:"listen" is:"listen"`

	// Who may sign in, each by a link that is mailed to their address. Removing an
	// address ends what they are signed in to.
	//
	// Vi: Những ai được đăng nhập, mỗi người bằng một liên kết gửi đến địa chỉ của mình. Bỏ một địa chỉ thì phiên đăng nhập của người đó kết thúc.
	People []string `yaml:"people" need:"yes" is:"address" example:"lan@example.org"`

	// By when to answer a person who asks what is held of them, or to correct or erase it,
	// after the request arrived. What the law gives differs: Nghị định 13/2023/NĐ-CP 72
	// hours, the GDPR a month (30d).
	//
	// Vi: Phải trả lời trong bao lâu khi một người xin xem, sửa hay xóa dữ liệu về mình, kể từ lúc yêu cầu đến. Mỗi luật một khác: Nghị định 13/2023/NĐ-CP là 72 giờ, GDPR là một tháng (30d).
	AnswerWithin Duration `yaml:"answer_within" default:"72h"`
}

// AnswerWithin is the time in which requests of people are to be answered, also where the
// office has no pages.
func (c *Config) AnswerWithin() time.Duration {
	if c.Office == nil {
		return bantin.AnswerWithin
	}
	return c.Office.AnswerWithin.Std()
}

// office checks the keys of office against others.
func (k *checker) office() {
	o := k.c.Office
	if o == nil {
		return
	}
	seen := map[string]bool{}
	for i, address := range o.People {
		key := bantin.AddressKey(address)
		if seen[key] {
			k.report.warn(k.at(fmt.Sprintf("office.people[%d]", i)), both("%q có hai lần", "%q is there twice", address), both("bỏ một dòng", "remove one of them"))
		}
		seen[key] = true
	}
	for other, address := range map[string]string{"http.listen": k.c.HTTP.Listen, "http.metrics": k.c.HTTP.Metrics} {
		if o.Listen != "" && o.Listen == address && !strings.HasSuffix(address, ":0") { // any port is another each time
			k.report.add(k.at("office.listen"), both("%q đã là %s", "%q is already %s", o.Listen, other),
				both("chọn cổng khác, hoặc bỏ khóa này để phục vụ các trang dưới /office", "choose another port, or remove this key to serve the pages under /office"))
		}
	}
}
