package config

import (
	"net"
	"net/url"

	"bantin"
)

// OAuth2 is the key smtp.oauth2.
type OAuth2 struct {
	// The address of the token server, with https.
	//
	// Vi: Địa chỉ https của máy chủ cấp mã truy cập (token).
	TokenURL string `yaml:"token_url" need:"yes" is:"token" example:"https://login.example.org/oauth2/token"`

	// The client id, under which bantin is registered there.
	//
	// Vi: Mã ứng dụng (client id) mà bantin được đăng ký ở đó.
	ClientID string `yaml:"client_id" need:"yes" example:"bantin"`

	// A file with the client secret.
	//
	// Vi: Tệp chứa khóa bí mật của ứng dụng (client secret).
	ClientSecretFile string `yaml:"client_secret_file" is:"file" example:"/run/credentials/oauth2"`

	// A file with a refresh token, for a mailbox whose owner has agreed once. If the
	// token server replaces the token, the file is written anew. Without it bantin
	// logs in as an application (client credentials).
	//
	// Vi: Tệp chứa mã làm mới (refresh token), khi chủ hộp thư đã cho phép một lần. Máy chủ đổi mã thì tệp được ghi lại. Không có thì bantin đăng nhập với tư cách ứng dụng (client credentials).
	RefreshTokenFile string `yaml:"refresh_token_file" is:"file" example:""`

	// What to ask access to; several scopes stand with spaces between them.
	//
	// Vi: Xin quyền gì (scope); nhiều quyền thì cách nhau bằng dấu cách.
	Scope string `yaml:"scope" example:"https://outlook.office365.com/.default"`
}

// ClientSecret reads the client secret, as [SMTP.Password] reads the password.
func (o *OAuth2) ClientSecret() (string, error) { return secretOf("client secret", o.ClientSecretFile) }

// RefreshToken reads the refresh token in the same way.
func (o *OAuth2) RefreshToken() (string, error) { return secretOf("refresh token", o.RefreshTokenFile) }

// token checks the address of a token server. Secrets go there, so it is https;
// only a server on this machine may do without.
func (k *checker) token(text *string, path string) {
	u, err := url.Parse(*text)
	if err == nil && u.User == nil && u.Hostname() != "" && u.Fragment == "" && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())) {
		return
	}
	k.wrong(path, "%q không phải địa chỉ https của máy chủ cấp mã", "%q is not the https address of a token server",
		both("viết như https://login.example.org/oauth2/token, không có mật khẩu trong đó", "write it as https://login.example.org/oauth2/token, without a password in it"))
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// login checks the keys of smtp that say how to log in.
func (k *checker) login(s *SMTP) {
	tokens := s.Auth == AuthXOAUTH2
	switch {
	case tokens && s.OAuth2 == nil && !k.has("smtp.oauth2"):
		k.report.add(k.at("smtp.auth"), both("có auth: xoauth2 mà thiếu oauth2", "auth is xoauth2 but oauth2 is missing"),
			both("ví dụ oauth2: {token_url: …, client_id: …, client_secret_file: …}", "for example oauth2: {token_url: …, client_id: …, client_secret_file: …}"))
	case !tokens && s.OAuth2 != nil:
		k.report.add(k.at("smtp.oauth2"), both("oauth2 chỉ dùng với auth: xoauth2", "oauth2 is used only with auth: xoauth2"), both("thêm auth: xoauth2, hoặc bỏ oauth2", "add auth: xoauth2, or remove oauth2"))
	case s.Auth != AuthAuto && s.Username == "" && !k.has("smtp.username"):
		k.report.add(k.at("smtp.auth"), both("có auth mà thiếu username", "auth is set but username is missing"), both("ghi tên đăng nhập, thường là địa chỉ gửi", "give the user name, usually the sender's address"))
	case tokens && s.PasswordFile != "":
		k.report.add(k.at("smtp.password_file"), both("auth: xoauth2 không dùng mật khẩu", "auth: xoauth2 uses no password"), both("bỏ khóa này", "remove this key"))
	case !tokens && s.Username != "" && s.PasswordFile == "" && !k.has("smtp.password_file"):
		k.report.add(k.at("smtp.username"), both("có username mà thiếu password_file", "username is set but password_file is missing"),
			both("đặt mật khẩu vào một tệp và ghi đường dẫn ở password_file", "put the password into a file and its path into password_file"))
	case s.PasswordFile != "" && s.Username == "":
		k.report.add(k.at("smtp.password_file"), both("có password_file mà thiếu username", "password_file is set but username is missing"), bantin.Words{})
	case s.TLS == TLSNone && s.Username != "":
		k.report.warn(k.at("smtp.tls"), both("tls: none không bao giờ gửi mật khẩu, nên sẽ không đăng nhập", "tls: none never sends a password, so there will be no login"),
			both("dùng starttls hoặc tls", "use starttls or tls"))
	}
	if o := s.OAuth2; o != nil && o.ClientSecretFile == "" && o.RefreshTokenFile == "" && !k.has("smtp.oauth2.client_secret_file") {
		k.report.add(k.at("smtp.oauth2"), both("thiếu khóa %q", "the key %q is missing", "client_secret_file"),
			both("đặt khóa bí mật của ứng dụng vào một tệp và ghi đường dẫn ở đó", "put the client secret into a file and its path there"))
	}
}
