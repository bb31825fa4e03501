package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// SMTP is the key smtp.
type SMTP struct {
	// The host name of the mail server.
	//
	// Vi: Tên máy chủ gửi thư.
	Host string `yaml:"host" need:"yes" is:"host" example:"smtp.example.org"`

	// The port of the mail server.
	//
	// Vi: Cổng của máy chủ.
	Port int `yaml:"port" default:"587" min:"1" max:"65535"`

	// The name said in EHLO; by default the domain of from. The DNS should know it.
	//
	// Vi: Tên xưng với máy chủ (EHLO); không có thì là tên miền của from. DNS nên biết tên ấy.
	Hello string `yaml:"hello" empty:"no" is:"hello" example:"example.org"`

	// A PEM file with the certificate of a private authority, trusted beside those of
	// the system, for the mail server and the token server.
	//
	// Vi: Tệp PEM có chứng chỉ của nơi cấp riêng, được tin bên cạnh các nơi cấp của hệ thống, cho máy chủ gửi thư và máy chủ cấp mã.
	CAFile string `yaml:"ca_file" is:"file" example:""`

	// How to log in: auto is the strongest way that the server offers and a password
	// serves; xoauth2 uses an access token of oauth2.
	//
	// Vi: Cách đăng nhập: auto là cách mạnh nhất mà máy chủ có và dùng được mật khẩu; xoauth2 dùng mã truy cập của oauth2.
	Auth Auth `yaml:"auth" default:"auto" choices:"auto|plain|login|scram|xoauth2"`

	// Where to get access tokens, for auth: xoauth2; see docs/operate.md.
	//
	// Vi: Nơi xin mã truy cập, cho auth: xoauth2; xem docs/operate.md.
	OAuth2 *OAuth2 `yaml:"oauth2" example:"excluded"`

	// How the connection is encrypted; with none no password is ever sent.
	//
	// Vi: Cách mã hóa kết nối; none thì không bao giờ gửi mật khẩu.
	TLS TLS `yaml:"tls" default:"starttls" choices:"starttls|tls|none"`

	// The user name to log in with; without it there is no login.
	//
	// Vi: Tên đăng nhập; không có thì không đăng nhập.
	Username string `yaml:"username" example:"bantin"`

	// A file with the password.
	//
	// Vi: Tệp chứa mật khẩu.
	PasswordFile string `yaml:"password_file" is:"file" example:"/run/credentials/smtp"`

	// The sender of every message.
	//
	// Vi: Người gửi của mọi thư.
	From string `yaml:"from" need:"yes" is:"mailbox" example:"Hội Khuyến học Việt Nam <bantin@example.org>"`

	// The address for replies.
	//
	// Vi: Địa chỉ nhận thư trả lời.
	ReplyTo string `yaml:"reply_to" is:"mailbox" example:"vanphong@example.org"`

	// The address for returned mail: the return path of each message is this address
	// with a signed suffix after a + (VERP), and mail to such an address can also
	// unsubscribe. Without it, the return path is from. The mailbox must accept any
	// address of the form NAME+….
	//
	// Vi: Nơi nhận thư bị trả lại: địa chỉ trả lại của mỗi thư là địa chỉ này với chữ ký sau
	// dấu + (VERP); thư gửi tới đó cũng hủy đăng ký được. Không có thì dùng from. Hộp thư
	// phải nhận mọi địa chỉ dạng TÊN+….
	Bounces string `yaml:"bounces" is:"bounces" example:"tra-lai@example.org"`

	// The keys that sign every message, one or a list; an RSA and an Ed25519 key can both sign.
	//
	// Vi: Các khóa ký mọi thư, một hoặc một danh sách: khóa RSA và khóa Ed25519 cùng ký.
	DKIM DKIMs `yaml:"dkim"`

	// The number of concurrent connections.
	//
	// Vi: Số kết nối cùng lúc.
	Connections int `yaml:"connections" default:"8" min:"1" max:"200"`

	// The maximum message rate: 20/s, 100/m, 1000/h, 500/d. Without it, there is no limit.
	//
	// Vi: Số thư nhiều nhất trong một khoảng: 20/s, 100/m, 1000/h, 500/d. Không có thì không giới hạn.
	Rate Rate `yaml:"rate" example:"20/s"`

	// Limits for single receiving domains, in addition to the overall rate: gmail.com: {rate: 5/s}.
	//
	// Vi: Giới hạn riêng cho từng tên miền nhận, bên cạnh giới hạn chung: gmail.com: {rate: 5/s}.
	Domains Domains `yaml:"domains"`

	// The provider that relays the mail: its messages carry what the provider needs to tell
	// which one came back. By default it is known by the host; none adds nothing.
	//
	// Vi: Nhà cung cấp chuyển thư đi: thư mang thêm những gì nhà cung cấp cần để báo lại đúng thư. Không có thì nhận ra theo host; none thì không thêm gì.
	Provider string `yaml:"provider" choices:"ses|mailgun|brevo|none" example:""`

	// The configuration set of Amazon SES that the messages are sent under. Without it,
	// the identity's own one counts.
	//
	// Vi: Configuration set của Amazon SES dùng cho thư; không có thì dùng bộ của identity.
	ConfigurationSet string `yaml:"configuration_set" is:"configuration set" example:""`

	// How long to wait after each temporary failure; after the last one the message
	// has failed.
	//
	// Vi: Chờ bao lâu sau mỗi lần bị từ chối tạm thời; hết danh sách thì thư bị coi là hỏng.
	Retry []Duration `yaml:"retry" default:"5m,15m,1h,4h,12h,24h"`

	// When an edition is held because so many recipients are refused that it cannot
	// be about them.
	//
	// Vi: Khi nào giữ một kỳ lại vì nhiều người bị từ chối đến mức không thể là do họ.
	Hold Hold `yaml:"hold"`
}

// Domain is an entry of smtp.domains.
type Domain struct {
	Name string // the key it stands under, in lower case

	// The maximum message rate to addresses of this domain.
	//
	// Vi: Số thư nhiều nhất tới địa chỉ thuộc tên miền này trong một khoảng thời gian.
	Rate Rate `yaml:"rate" need:"yes" example:"5/s"`
}

// Domains are receiving domains, written as keys with their limits.
type Domains []Domain

// TLS is how a connection is encrypted.
type TLS string

// The ways to encrypt a connection.
const (
	TLSStart TLS = "starttls" // STARTTLS after connecting (RFC 3207)
	TLSFull  TLS = "tls"      // implicit TLS (RFC 8314)
	TLSNone  TLS = "none"
)

// Auth is how to log in.
type Auth string

// The ways to log in.
const (
	AuthAuto    Auth = "auto"
	AuthPlain   Auth = "plain"
	AuthLogin   Auth = "login"
	AuthSCRAM   Auth = "scram"
	AuthXOAUTH2 Auth = "xoauth2"
)

// maxSecretBytes is larger than any password.
const maxSecretBytes = 64 << 10

// Password reads the password file, without its final line end. A file that
// contains only ${NAME} stands for that environment variable. It returns "" without
// a password file, and an error where the file cannot be read.
func (s *SMTP) Password() (string, error) { return passwordOf(s.PasswordFile) }

func passwordOf(file string) (string, error) { return secretOf("password", file) }

// secretOf reads a secret; what names it in errors.
func secretOf(what, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", what, err)
	}
	if info.Size() > maxSecretBytes {
		return "", fmt.Errorf("read %s %s: %d bytes are too many for a %[1]s", what, file, info.Size())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", what, err)
	}
	return fromVariable(strings.TrimRight(string(text), "\r\n"), what, file)
}

func fromVariable(text, what, file string) (string, error) {
	name := regexp.MustCompile(`^\$\{(\w+)\}$`).FindStringSubmatch(text)
	if name == nil {
		return text, nil
	}
	value, ok := os.LookupEnv(name[1])
	if !ok {
		return "", fmt.Errorf("read %s %s: the environment variable %s is not set", what, file, name[1])
	}
	return value, nil
}
