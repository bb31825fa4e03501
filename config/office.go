package config

import (
	"fmt"
	"strings"

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
