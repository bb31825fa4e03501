package config

import (
	"net"
	"net/mail"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"text/template/parse"
)

// url checks the base of links and removes its final slash. A path is refused: the
// pages link to each other from the root of the host.
func (k *checker) url(text *string, path string) {
	hint := both("viết như https://bantin.example.org", "write it as https://bantin.example.org")
	u, err := url.Parse(*text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		k.wrong(path, "%q không phải địa chỉ web", "%q is not a web URL", hint)
		return
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		k.wrong(path, "%q có nhiều hơn tên máy chủ", "%q contains more than a host name", both("dành cho bantin một tên miền riêng, như https://bantin.example.org", "give bantin a host name of its own, such as https://bantin.example.org"))
		return
	}
	*text = strings.TrimRight(*text, "/")
}

// page checks the URL of a page; a password in it is refused.
func (k *checker) page(text *string, path string) {
	u, err := url.Parse(*text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		k.wrong(path, "%q không phải địa chỉ trang web", "%q is not the URL of a web page",
			both("viết như https://www.example.org/modules.php?name=News; chỉ nhận http và https", "write it as https://www.example.org/modules.php?name=News; http and https only"))
	}
}

// database checks the URL of a PostgreSQL database. It may contain a password, so
// it is never shown.
func (k *checker) database(text *string, path string) {
	u, err := url.Parse(*text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" {
		k.report.add(k.at(path), both("đây không phải địa chỉ của một cơ sở dữ liệu", "this is not a database address"),
			both("viết như postgres://bantin:${MAT_KHAU}@db.example.org/bantin; bỏ khóa này đi thì dùng SQLite", "write it as postgres://bantin:${PASSWORD}@db.example.org/bantin; omit the key to use SQLite"))
	}
}

// databasePassword checks that the password of the database stands in one place.
func (k *checker) databasePassword() {
	c := k.c
	if c.DatabasePasswordFile == "" {
		return
	}
	u, err := url.Parse(c.Database)
	if c.Database == "" || err != nil {
		k.report.warn(k.at("database_password_file"), both("không có database: SQLite không cần mật khẩu", "there is no database: SQLite needs no password"), both("bỏ khóa này", "remove this key"))
		return
	}
	if _, has := u.User.Password(); has {
		k.report.add(k.at("database_password_file"), both("mật khẩu có cả trong địa chỉ của database", "the URL of database has a password too"), both("bỏ mật khẩu khỏi địa chỉ", "remove it from the URL"))
	}
}

// address checks a bare e-mail address, mailbox one with an optional name.
func (k *checker) address(text *string, path string) {
	if a, err := mail.ParseAddress(*text); err != nil || a.Name != "" || a.Address != *text {
		k.wrong(path, "%q không phải địa chỉ thư điện tử", "%q is not an e-mail address", both("viết như vanphong@example.org", "write it as vanphong@example.org"))
	}
}

func (k *checker) mailbox(text *string, path string) {
	if _, err := mail.ParseAddress(*text); err != nil {
		k.wrong(path, "%q không phải địa chỉ thư điện tử", "%q is not an e-mail address",
			both("viết như vanphong@example.org, hoặc Văn phòng <vanphong@example.org>", "write it as vanphong@example.org, or Văn phòng <vanphong@example.org>"))
	}
}

func (k *checker) host(text *string, path string) {
	if strings.ContainsAny(*text, ":/ @") && net.ParseIP(*text) == nil {
		k.wrong(path, "%q không phải tên máy chủ", "%q is not a server name", both("chỉ viết tên, ví dụ smtp.example.org; cổng viết ở khóa port", "write the host name only, such as smtp.example.org; the port has its own key, port"))
	}
}

// maxSocketPath is what every system takes as the path of a socket.
const maxSocketPath = 100

// listen checks an address to listen on: host and port, or unix: and a path.
func (k *checker) listen(text *string, path string) {
	if socket, ok := strings.CutPrefix(*text, "unix:"); ok {
		if !filepath.IsAbs(socket) || len(socket) > maxSocketPath {
			k.wrong(path, "%q không phải ổ cắm unix dùng được", "%q is no usable unix socket", both("viết đường dẫn đầy đủ, tối đa 100 byte, như unix:/run/bantin/web.sock", "write a full path of at most 100 bytes, such as unix:/run/bantin/web.sock"))
		}
		return
	}
	_, port, err := net.SplitHostPort(*text)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		k.wrong(path, "%q không phải địa chỉ để lắng nghe", "%q is not a listen address", both("viết máy và cổng, như 127.0.0.1:8080, hoặc :8080 cho mọi địa chỉ; hoặc ổ cắm như unix:/run/bantin/web.sock", "write host and port, such as 127.0.0.1:8080, or :8080 for all addresses; or a socket, such as unix:/run/bantin/web.sock"))
	}
}

// network checks an address or a network in CIDR notation.
func (k *checker) network(text *string, path string) {
	if _, err := parseNetwork(*text); err != nil {
		k.wrong(path, "%q không phải địa chỉ hay dải mạng", "%q is neither an address nor a network", both("viết như 127.0.0.1 hoặc 10.0.0.0/8", "write it as 127.0.0.1 or 10.0.0.0/8"))
	}
}

// template checks a text/template. Its functions are known only to the package
// templates, so only the syntax is checked here.
func (k *checker) template(text *string, path string) {
	tree := parse.New("subject")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(*text, "", "", map[string]*parse.Tree{}); err != nil {
		why := strings.TrimPrefix(err.Error(), "template: subject:")
		k.report.add(k.at(path), both("mẫu không hợp lệ: %s", "invalid template: %s", why),
			both("viết như {{.Digest.Title}} – số {{.Edition.Number}}", "write it as {{.Digest.Title}} – No. {{.Edition.Number}}"))
	}
}

// site fills in what depends on other keys and warns of missing ones.
func (k *checker) site() {
	s := &k.c.Site
	if s.URL == "" {
		s.URL = "http://localhost:" + portOf(k.c.HTTP.Listen)
		k.report.warn(k.at("site.url"), both("thiếu site.url: liên kết trỏ về %s", "site.url is missing: links point to %s", s.URL),
			both("chỉ máy này mở được; viết địa chỉ công khai, như https://bantin.example.org", "they work on this machine only; set the public URL, such as https://bantin.example.org"))
		return
	}
	if len(k.c.Digests) > 0 && strings.HasPrefix(s.URL, "http:") {
		k.report.warn(k.at("site.url"), both("site.url không phải https", "site.url is not https"),
			both("chương trình thư chỉ dùng nút hủy đăng ký một lần bấm khi địa chỉ là https (RFC 8058)", "mail programs honour one-click unsubscribe only over https (RFC 8058)"))
		k.report.Problems[len(k.report.Problems)-1].Trial = k.c.SMTP == nil
	}
}

func portOf(listen string) string {
	_, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return "8080"
	}
	return port
}
