package web

import (
	"context"
	"errors"
	"net/http"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// failure is what a visitor is told about an error, never its cause.
type failure struct {
	of     error // errors.Is
	status int
	title  bantin.Words
	text   []bantin.Words
	write  bool // offer the office's address
	again  bool // offer to subscribe once more
}

// failureOf returns the first failure that matches err; the last matches any.
func failureOf(err error) failure {
	if withdrawn := (*withdrawnError)(nil); errors.As(err, &withdrawn) {
		return failure{status: http.StatusGone, title: bantin.Words{VI: withdrawn.title, EN: withdrawn.title},
			text: []bantin.Words{{VI: "Bản tin này đã được rút lại.", EN: "This bulletin was withdrawn."}}}
	}
	if errors.As(err, new(*http.MaxBytesError)) {
		err = errTooLarge
	}
	for _, passing := range passingErrors() {
		if errors.Is(err, passing) {
			return busy()
		}
	}
	list := failures()
	for _, f := range list {
		if errors.Is(err, f.of) {
			return f
		}
	}
	return list[len(list)-1]
}

// failures lists what can go wrong; the first match is shown, since an erased
// contact or an expired link is not found either.
func failures() []failure {
	return []failure{{
		of: errErased, status: http.StatusGone,
		title: bantin.Words{VI: "Chúng tôi không còn giữ gì về bạn", EN: "We no longer hold any data about you"},
		text: []bantin.Words{{VI: "Liên kết này thuộc về một người đã được xóa khỏi danh sách. Không có thư nào được gửi nữa.",
			EN: "The person this link was sent to has been removed from our lists. No more mail is sent."}},
	}, {
		of: mailer.ErrExpiredToken, status: http.StatusGone, again: true,
		title: bantin.Words{VI: "Liên kết này đã hết hạn", EN: "This link has expired"},
		text: []bantin.Words{{VI: "Vì an toàn, liên kết chỉ dùng được một thời gian. Hãy xin lại: thư mới đến trong vài phút.",
			EN: "For security, links work for a limited time. Request a new one; it arrives within minutes."},
			{VI: "Nếu đó là liên kết đến dữ liệu của bạn hay để đổi địa chỉ: hãy bấm “Đổi tỉnh, loại tin, tạm ngừng” ở cuối một bản tin rồi xin lại ở đó.",
				EN: "If it was a link to your data or to confirm a new address, follow “Change places and digests, pause” at the end of a digest and request it again there."}},
	}, {
		of: mailer.ErrInvalidToken, status: http.StatusNotFound, write: true,
		title: bantin.Words{VI: "Liên kết này không dùng được", EN: "This link does not work"},
		text: []bantin.Words{{VI: "Có thể liên kết đã bị cắt khi chép sang chỗ khác. Hãy mở lại thư và bấm vào liên kết trong đó.",
			EN: "It may have been cut off when it was copied. Open the mail again and follow the link there."},
			{VI: "Nếu bạn muốn ngừng nhận mà vẫn không được, hãy chuyển tiếp thư đó cho văn phòng Hội; chúng tôi sẽ ngừng gửi giúp bạn.",
				EN: "If you want to unsubscribe and that does not help, forward the mail to the office and we will remove you from the list."}},
	}, {
		of: errBadForm, status: http.StatusBadRequest,
		title: bantin.Words{VI: "Biểu mẫu này không đọc được", EN: "This form cannot be read"},
		text:  []bantin.Words{{VI: "Hãy mở lại trang và gửi lần nữa.", EN: "Open the page again and resubmit the form."}},
	}, {
		of: errNoWayBack, status: http.StatusForbidden,
		title: bantin.Words{VI: "Liên kết này không nhận lại được", EN: "This link does not subscribe you again"},
		text: []bantin.Words{{VI: "Thư của bản tin có thể đã được chuyển tiếp, nên nhận lại cần liên kết gửi riêng cho bạn: hãy dùng nút trong thư báo ngừng nhận, hoặc đăng ký lại.",
			EN: "The mail of a digest may have been forwarded, so subscribing again takes a link that was mailed to you alone: use the button in the mail that confirmed that you left, or subscribe anew."}},
	}, {
		of: errCrossSite, status: http.StatusForbidden,
		title: bantin.Words{VI: "Biểu mẫu này đến từ một trang khác", EN: "This form came from another site"},
		text: []bantin.Words{{VI: "Vì an toàn, chỉ nhận biểu mẫu gửi từ trang này. Hãy mở lại trang và gửi lần nữa.",
			EN: "For security, only forms from this site are accepted. Open the page again and resubmit the form."}},
	}, {
		of: errMethod, status: http.StatusMethodNotAllowed,
		title: bantin.Words{VI: "Trang này không nhận cách gửi như vậy", EN: "This page does not support that method"},
		text:  []bantin.Words{{VI: "Hãy mở trang từ danh sách bản tin.", EN: "Open the page from the list of bulletins."}},
	}, {
		of: store.ErrRequestLimit, status: http.StatusTooManyRequests, write: true,
		title: bantin.Words{VI: "Quá nhiều lần trong thời gian ngắn", EN: "Too many requests"},
		text: []bantin.Words{{VI: "Nếu bạn đang chờ một thư, hãy xem cả hộp thư rác: có thể thư đã đến. Nếu không, hãy thử lại sau vài giờ.",
			EN: "If you are waiting for a mail, check your spam folder: it may have arrived. If not, try again in a few hours."}},
	}, {
		of: errTooLarge, status: http.StatusRequestEntityTooLarge,
		title: bantin.Words{VI: "Điều bạn gửi quá dài", EN: "Your input is too long"},
		text:  []bantin.Words{{VI: "Hãy quay lại và viết ngắn hơn.", EN: "Go back and shorten it."}},
	}, {
		of: bantin.ErrNotFound, status: http.StatusNotFound,
		title: bantin.Words{VI: "Không có trang này", EN: "Page not found"},
		text:  []bantin.Words{{VI: "Địa chỉ có thể đã bị gõ hoặc chép thiếu.", EN: "The address may be mistyped or incomplete."}},
	}, {
		status: http.StatusInternalServerError, write: true,
		title: bantin.Words{VI: "Trang web gặp lỗi", EN: "Something went wrong"},
		text:  []bantin.Words{{VI: "Lỗi đã được ghi lại. Hãy thử lại sau ít phút.", EN: "The error has been logged. Please try again in a few minutes."}},
	}}
}

// passingErrors are what keeps a page from being served, or a form from being stored, for
// now: the visitor is to come again. They come before all others: a contact who cannot
// be looked up is not one who was erased.
func passingErrors() []error {
	return append(store.Unusable(), context.DeadlineExceeded, errNotReady, errTryAgain)
}

// busy is a failure that will pass.
func busy() failure {
	return failure{
		status: http.StatusServiceUnavailable,
		title:  bantin.Words{VI: "Trang web đang bận", EN: "The site is busy"},
		text:   []bantin.Words{{VI: "Hãy thử lại sau một phút.", EN: "Please try again in a minute."}},
	}
}
