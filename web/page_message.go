package web

import (
	"fmt"
	"net/http"

	"bantin"
)

// messagePage says in a few words why there is nothing else to see.
type messagePage struct {
	page
	Paragraphs []string
	Write      bool   // offer the office's address
	Back       string // where to go on; "": the list of bulletins
	BackTo     string // what that is called

	status int
}

func (s *site) message(r *http.Request, status int, title string, paragraphs ...string) *messagePage {
	p := &messagePage{page: s.newPage(r, "", title), Paragraphs: paragraphs, status: status}
	p.Private = true
	return p
}

func (s *site) notFound(r *http.Request) *messagePage {
	lang := s.language(r)
	return s.message(r, http.StatusNotFound,
		lang.Say("Không có trang này", "There is no such page"),
		lang.Say("Địa chỉ có thể đã bị gõ hoặc chép thiếu.", "The address may have been typed or copied in part."))
}

func (s *site) withdrawn(r *http.Request, e *withdrawnError) *messagePage {
	return s.message(r, http.StatusGone, e.title,
		s.language(r).Say("Bản tin này đã được rút lại.", "This bulletin was withdrawn."))
}

func (s *site) badLink(r *http.Request) *messagePage {
	lang := s.language(r)
	p := s.message(r, http.StatusNotFound,
		lang.Say("Liên kết này không dùng được", "This link does not work"),
		lang.Say("Có thể liên kết đã bị cắt khi chép sang chỗ khác. Hãy mở lại thư và bấm “Ngừng nhận bản tin này” ở cuối thư.",
			"It may have been cut when it was copied. Open the mail again and follow “Unsubscribe from this digest” at its end."),
		lang.Say("Nếu vẫn không được, hãy chuyển tiếp thư đó cho văn phòng Hội; chúng tôi sẽ ngừng gửi giúp bạn.",
			"If that does not help, forward the mail to the office, and we will take you off the list."))
	p.Write = true
	return p
}

func (s *site) expired(r *http.Request) *messagePage {
	lang := s.language(r)
	p := s.message(r, http.StatusGone,
		lang.Say("Liên kết này đã hết hạn", "This link has expired"),
		lang.Say("Vì an toàn, liên kết chỉ dùng được một thời gian. Hãy xin lại: thư mới đến trong vài phút.",
			"For safety a link works for some time only. Ask again: a new mail comes within minutes."))
	if len(s.Digests) > 0 {
		p.Back, p.BackTo = p.Href("/subscribe"), lang.Say("Đăng ký nhận bản tin", "Subscribe")
	}
	return p
}

func (s *site) erased(r *http.Request) *messagePage {
	lang := s.language(r)
	return s.message(r, http.StatusGone,
		lang.Say("Chúng tôi không còn giữ gì về bạn", "We keep nothing of you any more"),
		lang.Say("Liên kết này thuộc về một người đã được xóa khỏi danh sách. Không có thư nào được gửi nữa.",
			"This link belongs to somebody who was erased. Nothing is mailed any more."))
}

func (s *site) tooOften(r *http.Request) *messagePage {
	lang := s.language(r)
	return s.message(r, http.StatusTooManyRequests,
		lang.Say("Quá nhiều lần trong một giờ", "Too often within an hour"),
		lang.Say("Mạng của bạn vừa gửi đăng ký quá nhiều lần. Hãy thử lại sau một giờ, hoặc viết cho văn phòng Hội.",
			"Too many sign-ups came from your network. Try again in an hour, or write to the office."))
}

func (s *site) tooLarge(r *http.Request) *messagePage {
	lang := s.language(r)
	return s.message(r, http.StatusRequestEntityTooLarge,
		lang.Say("Điều bạn gửi quá dài", "What you sent is too long"),
		lang.Say("Hãy quay lại và viết ngắn hơn.", "Go back and write less."))
}

func (s *site) crossSite(r *http.Request) *messagePage {
	lang := s.language(r)
	return s.message(r, http.StatusForbidden,
		lang.Say("Biểu mẫu này đến từ một trang khác", "This form came from another site"),
		lang.Say("Vì an toàn, chỉ nhận biểu mẫu gửi từ trang này. Hãy mở lại trang và gửi lần nữa.",
			"For safety only forms of this site are taken. Open the page again and send it once more."))
}

func (s *site) busy(r *http.Request) *messagePage {
	lang := s.language(r)
	return s.message(r, http.StatusServiceUnavailable,
		lang.Say("Trang web đang bận", "The site is busy"),
		lang.Say("Hãy thử lại sau một phút.", "Please try again in a minute."))
}

func (s *site) broken(r *http.Request) *messagePage {
	lang := s.language(r)
	p := s.message(r, http.StatusInternalServerError,
		lang.Say("Trang web gặp lỗi", "Something went wrong here"),
		lang.Say("Lỗi đã được ghi lại. Hãy thử lại sau ít phút.", "It was noted. Please try again in a few minutes."))
	p.Write = true
	return p
}

// nothing serves every path that is not in the table of contents.
func (s *site) nothing(_ http.ResponseWriter, r *http.Request) error {
	return fmt.Errorf("path %q: %w", r.URL.Path, bantin.ErrNotFound)
}
