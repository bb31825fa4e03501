package config

import (
	"net/netip"
	"time"

	"bantin"
	"bantin/place"
)

// Site is the key site.
type Site struct {
	// The name of the publisher, on pages, in feeds and in mail.
	//
	// Vi: Tên đơn vị xuất bản, trên trang web, trong nguồn tin và trong thư.
	Title string `yaml:"title" default:"Bản tin" example:"Hội Khuyến học Việt Nam"`

	// The public URL of the web server, the base of every link. Without it,
	// links point to http://localhost with the port of http.listen and work on this
	// machine only.
	//
	// Vi: Địa chỉ công khai của máy chủ web, gốc của mọi đường liên kết. Không có thì liên kết trỏ về http://localhost với cổng của http.listen và chỉ dùng được trên máy này.
	URL string `yaml:"url" empty:"no" is:"url" example:"https://bantin.example.org"`

	// The default language of pages, mail, plain text and dates.
	//
	// Vi: Ngôn ngữ của trang web, thư và ngày tháng khi người đọc không chọn.
	Language bantin.Language `yaml:"language" default:"vi" choices:"vi|en"`

	// The time zone of displayed dates and of schedules, an IANA name.
	//
	// Vi: Múi giờ của ngày tháng và lịch, theo tên IANA.
	Timezone string `yaml:"timezone" default:"Asia/Ho_Chi_Minh" is:"zone"`

	// An e-mail address for questions.
	//
	// Vi: Địa chỉ thư điện tử để hỏi.
	Contact string `yaml:"contact" is:"address" example:"vanphong@example.org"`

	// The postal address in the footer of every message.
	//
	// Vi: Địa chỉ bưu điện ở chân mỗi thư.
	Address string `yaml:"address" is:"lines" example:"1 Example Street, Hà Nội"`

	// The province or city of a provincial association: bulletins that name no place
	// belong there, and pages and mail speak of it. Without it, the association is a
	// central one.
	//
	// Vi: Tỉnh, thành phố của hội cấp tỉnh: tin không nhắc đến nơi nào thì thuộc về đó, trang web và thư nói về nơi đó. Không có thì là hội trung ương.
	Place string `yaml:"place" is:"place" example:""`

	// A picture (PNG, JPEG, GIF or WebP) that stands at the head of pages and mails in
	// place of the title, at most 48 pixels high. A larger one is scaled down.
	//
	// Vi: Ảnh (PNG, JPEG, GIF hoặc WebP) đứng ở đầu trang web và đầu thư thay cho tên đơn vị, cao nhất 48 điểm ảnh. Ảnh lớn hơn được thu nhỏ.
	Logo string `yaml:"logo" is:"file" example:""`

	// A file with the secret that signs links. Without it, the program creates a
	// secret on its first start and keeps it in the database.
	//
	// Vi: Tệp chứa khóa bí mật dùng để ký các đường liên kết. Không có thì chương trình tạo khóa khi khởi động lần đầu và giữ trong cơ sở dữ liệu.
	SecretFile string `yaml:"secret_file" is:"file" example:""`

	// Files with secrets that were used before. Links, return paths and hashes that were
	// made with them still count.
	//
	// Vi: Các tệp chứa khóa bí mật đã dùng trước đây. Đường liên kết, địa chỉ trả lại và mã băm làm bằng các khóa ấy vẫn có giá trị.
	FormerSecrets []string `yaml:"former_secrets" is:"file" example:""`

	// Location is the zone that Timezone names.
	Location *time.Location
}

// Site converts the entry to the type of the root package.
func (s *Site) Site() bantin.Site {
	return bantin.Site{
		Title: s.Title, URL: s.URL, Language: s.Language, Location: s.Location,
		Contact: s.Contact, Address: s.Address, Place: s.Place, Unit: unitWords(s.Place),
	}
}

// unitWords is what sentences call a place.
func unitWords(slug string) bantin.Words {
	if slug == "" {
		return bantin.Words{}
	}
	kind := "tỉnh "
	if place.IsCity(slug) {
		kind = "thành phố "
	}
	return bantin.Words{VI: kind + place.Name(slug, bantin.Vietnamese), EN: place.Name(slug, bantin.English)}
}

// HTTP is the key http.
type HTTP struct {
	// The address to listen on, or a socket: unix:/run/bantin/web.sock (mode 0660; who may
	// connect to it is a trusted proxy). Put an HTTPS proxy in front of it. A socket
	// passed by systemd takes the place of this address.
	//
	// Vi: Địa chỉ lắng nghe, hoặc một ổ cắm: unix:/run/bantin/web.sock (quyền 0660; ai nối vào được thì được tin như proxy). Đặt phía trước một proxy có https. Ổ cắm do systemd trao thì thay cho địa chỉ này.
	Listen string `yaml:"listen" default:"127.0.0.1:8080" is:"listen"`
	// The address on which to serve /metrics for Prometheus, separate from the pages:
	// 127.0.0.1:9090. Without it, metrics are not served.
	//
	// Vi: Địa chỉ phục vụ /metrics cho Prometheus, tách khỏi các trang: 127.0.0.1:9090. Không có thì không phục vụ.
	Metrics string `yaml:"metrics" is:"listen"`

	// Proxies whose X-Forwarded-For header is trusted, as addresses or networks.
	// Without them, the rate limits of the sign-up form count all visitors behind a
	// proxy as one.
	//
	// Vi: Các proxy mà bantin tin phần đầu X-Forwarded-For, viết địa chỉ hoặc dải mạng. Không có thì giới hạn của trang đăng ký đếm mọi người đứng sau một proxy là một.
	TrustedProxies []string `yaml:"trusted_proxies" is:"network" example:"127.0.0.1"`
}

// Proxies returns TrustedProxies as networks.
func (h *HTTP) Proxies() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range h.TrustedProxies {
		if p, err := parseNetwork(text); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// parseNetwork parses an address or a network in CIDR notation.
func parseNetwork(text string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), nil
	}
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return ip.Prefix(ip.BitLen())
}
