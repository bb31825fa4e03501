package main

import (
	"bantin"
	"bantin/mailer"
)

// setupHint says which key of the YAML a trouble with the mail server points at;
// empty where the server's own words must do. In English it follows the error.
func setupHint(p mailer.SetupProblem) bantin.Words {
	return map[mailer.SetupProblem]bantin.Words{
		mailer.HostUnknown: {
			VI: "Không có máy chủ nào tên này: hãy xem lại smtp.host.",
			EN: "check the spelling of smtp.host"},
		mailer.ResolverFails: {
			VI: "Máy này không hỏi được DNS: hãy xem mạng và /etc/resolv.conf; smtp.host có thể vẫn đúng.",
			EN: "the name servers of this machine do not answer: check its network and /etc/resolv.conf; smtp.host may be right"},
		mailer.NothingListens: {
			VI: "Không có gì chạy ở cổng này: hãy xem lại smtp.port và smtp.host; thường là cổng 587 với tls: starttls, hoặc 465 với tls: tls.",
			EN: "nothing listens on this port: check smtp.port and smtp.host; usual are port 587 with tls: starttls and 465 with tls: tls"},
		mailer.Unreachable: {
			VI: "Không tới được máy chủ: hãy xem smtp.host, smtp.port và tường lửa; nhiều nhà mạng chặn cổng 25.",
			EN: "the server cannot be reached: check smtp.host, smtp.port and firewalls; many networks block port 25"},
		mailer.NotSMTP: {
			VI: "Ở cổng này không phải máy chủ gửi thư (có thể là web hoặc SSH): hãy xem lại smtp.port.",
			EN: "perhaps a web server or SSH: check smtp.port"},
		mailer.TLSPort: {
			VI: "Cổng này mã hóa ngay từ đầu: hãy đặt smtp.tls: tls, hoặc đổi smtp.port (thường là 587).",
			EN: "this port is encrypted from the first byte: set smtp.tls: tls, or change smtp.port (usually 587)"},
		mailer.PlainPort: {
			VI: "Cổng này không mã hóa ngay từ đầu: hãy đặt smtp.tls: starttls, hoặc đổi smtp.port (thường là 465).",
			EN: "this port is not encrypted from the first byte: set smtp.tls: starttls, or change smtp.port (usually 465)"},
		mailer.NoSTARTTLS: {
			VI: "Máy chủ không cho mã hóa ở cổng này, hoặc đòi mã hóa mà ta không dùng: hãy xem lại smtp.tls và smtp.port.",
			EN: "the server offers no encryption on this port, or demands it and we use none: check smtp.tls and smtp.port"},
		mailer.TLSFails: {
			VI: "Không mã hóa được kết nối: hãy xem lại smtp.tls và smtp.port.",
			EN: "the connection cannot be encrypted: check smtp.tls and smtp.port"},
		mailer.UnknownAuthority: {
			VI: "Chứng chỉ của máy chủ do nơi lạ cấp: nếu là của Hội tự cấp, hãy ghi chứng chỉ của nơi cấp vào smtp.ca_file; nếu không, hãy xem lại smtp.host.",
			EN: "the certificate is from an unknown authority: if it is your own, put the authority's certificate into smtp.ca_file; if not, check smtp.host"},
		mailer.CertificateName: {
			VI: "Chứng chỉ của máy chủ mang tên khác: hãy ghi đúng tên trong chứng chỉ vào smtp.host.",
			EN: "the certificate is for another name: write the name of the certificate into smtp.host"},
		mailer.CertificateExpired: {
			VI: "Chứng chỉ của máy chủ đã hết hạn hoặc chưa đến hạn: người quản lý máy chủ ở smtp.host phải thay; hãy xem cả đồng hồ của máy này.",
			EN: "the certificate has expired or is not valid yet: the operator of the mail server in smtp.host must renew it; check this machine's clock too"},
		mailer.HelloRefused: {
			VI: "Máy chủ không nhận tên mà ta xưng: hãy ghi vào smtp.hello tên mà DNS biết của máy này.",
			EN: "the server refuses the name that we give: write a name of this machine that the DNS knows into smtp.hello"},
		mailer.LoginRefused: {
			VI: "Máy chủ không nhận tên đăng nhập hoặc mật khẩu: hãy xem lại smtp.username và smtp.password_file (với smtp.auth: xoauth2 thì xem smtp.oauth2).",
			EN: "the user name or the password is refused: check smtp.username and smtp.password_file (with smtp.auth: xoauth2, smtp.oauth2)"},
		mailer.LoginNotOffered: {
			VI: "Máy chủ không cho đăng nhập ở cổng này: hãy xem lại smtp.port (thường là 587 hoặc 465), hoặc bỏ smtp.username.",
			EN: "the server offers no log-in on this port: check smtp.port (usually 587 or 465), or remove smtp.username"},
		mailer.MechanismRefused: {
			VI: "Máy chủ không nhận cách đăng nhập này: hãy xem lại smtp.auth; Gmail và Microsoft 365 cần mật khẩu ứng dụng hoặc smtp.auth: xoauth2.",
			EN: "the server does not take this way to log in: check smtp.auth; Gmail and Microsoft 365 want an app password or smtp.auth: xoauth2"},
		mailer.LoginNeeded: {
			VI: "Máy chủ chỉ nhận thư của người đã đăng nhập: hãy xem lại smtp.username, smtp.password_file và smtp.port.",
			EN: "the server accepts mail only after a log-in: check smtp.username, smtp.password_file and smtp.port"},
		mailer.TokenRefused: {
			VI: "Máy chủ cấp mã không nhận ứng dụng này: hãy xem lại client_id, client_secret_file, refresh_token_file và scope trong smtp.oauth2.",
			EN: "the token server refuses this application: check client_id, client_secret_file, refresh_token_file and scope in smtp.oauth2"},
		mailer.TokenServerFails: {
			VI: "Máy chủ cấp mã chưa dùng được: hãy xem smtp.oauth2.token_url; chương trình sẽ tự thử lại.",
			EN: "the token server cannot be used for now: check smtp.oauth2.token_url; it will be asked again"},
		mailer.SenderRefused: {
			VI: "Máy chủ không nhận địa chỉ gửi: hãy xem lại smtp.from, và tài khoản smtp.username có được gửi từ địa chỉ ấy không.",
			EN: "the sender's address is refused: check smtp.from, and whether the account of smtp.username may send from it"},
	}[p]
}
