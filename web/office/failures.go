package office

import (
	"errors"
	"fmt"
	"net/http"

	"bantin"
	"bantin/store"
)

var (
	errNoSession   = errors.New("there is no session")
	errNotSignedIn = errors.New("not signed in")
	errReadOnly    = errors.New("the token is read-only")
	errPeopleOnly  = errors.New("no token opens this")
	errNotFresh    = errors.New("the sign-in is too old for this")
	errCrossSite   = errors.New("the form comes from another site")
	errBadForm     = errors.New("the form cannot be read")
	errBadLink     = errors.New("the link to sign in is not valid")
)

// refusal is an error with words for people: what they asked for makes no sense now.
type refusal struct {
	status int
	words  bantin.Words
}

func (e *refusal) Error() string { return e.words.EN }

// notFound serves every path without a route.
func (o *office) notFound(_ http.ResponseWriter, r *http.Request, _ *visit) error {
	return fmt.Errorf("path %q: %w", r.URL.Path, bantin.ErrNotFound)
}

// messagePage is a page with a message.
type messagePage struct {
	page
	Paragraphs     []string
	Back, BackText string
	status         int
}

// fail chooses status, page and log line for an error. Only server errors are logged.
func (o *office) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	if r.Context().Err() != nil {
		return // the visitor has gone
	}
	if v == nil {
		v = &visit{lang: o.Site.Language}
	}
	p := o.failure(r, v, err)
	if p.status >= 500 {
		o.Log.Error("request failed", "method", r.Method, "route", r.Pattern, "error", err)
		w.Header().Set("Retry-After", "60")
	}
	if p.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "3600")
	}
	if wantsJSON(r) {
		write(w, p.status, "application/json", fmt.Appendf(nil, "{\"error\":%q}\n", p.Title))
		return
	}
	if err := o.render(w, p.status, "message", p); err != nil {
		o.Log.Error("render the page of a failure", "error", err)
		http.Error(w, p.Title, p.status)
	}
}

func (o *office) failure(r *http.Request, v *visit, err error) *messagePage {
	p := &messagePage{page: o.newPage(r, v, "", ""), status: http.StatusInternalServerError}
	p.Switch = ""
	p.Back, p.BackText = "/office", p.Say("Về trang Hôm nay", "Back to Today")
	signIn := func() {
		p.Back, p.BackText = "/office/sign-in", p.Say("Xin liên kết đăng nhập", "Ask for a link to sign in")
	}
	say := func(status int, title, text bantin.Words) {
		p.status, p.Title = status, title.In(p.Language)
		if t := text.In(p.Language); t != "" {
			p.Paragraphs = append(p.Paragraphs, t)
		}
	}
	refused := (*refusal)(nil)
	switch {
	case errors.As(err, &refused):
		say(refused.status, bantin.Words{VI: "Không làm được việc này", EN: "This cannot be done"}, refused.words)
	case errors.As(err, new(*store.StateError)):
		say(http.StatusConflict, bantin.Words{VI: "Kỳ này nay ở trạng thái khác", EN: "The edition is in another state now"}, stateWords(err))
	case errors.Is(err, errBadLink):
		signIn()
		say(http.StatusNotFound, bantin.Words{VI: "Liên kết không dùng được", EN: "The link does not work"},
			bantin.Words{VI: "Mỗi liên kết dùng được một lần, trong 15 phút. Hãy xin liên kết mới.", EN: "Each link works once, for 15 minutes. Ask for a new one."})
	case errors.Is(err, bantin.ErrNotFound):
		say(http.StatusNotFound, bantin.Words{VI: "Không có trang này", EN: "There is no such page"}, bantin.Words{})
	case errors.Is(err, errNoSession):
		signIn()
		say(http.StatusUnauthorized, bantin.Words{VI: "Cần đăng nhập", EN: "You need to sign in"}, bantin.Words{})
	case errors.Is(err, errNotSignedIn):
		signIn()
		say(http.StatusForbidden, bantin.Words{VI: "Bạn chưa đăng nhập, hoặc phiên đã kết thúc", EN: "You are not signed in, or your session has ended"},
			bantin.Words{VI: "Chưa có gì được thay đổi. Hãy đăng nhập rồi làm lại.", EN: "Nothing was changed. Sign in and do it again."})
	case errors.Is(err, errReadOnly):
		say(http.StatusForbidden, bantin.Words{VI: "Mã này chỉ được xem", EN: "The token is read-only"},
			bantin.Words{VI: "bantin office token TÊN --write tạo một mã được làm.", EN: "bantin office token NAME --write makes one that may act."})
	case errors.Is(err, errPeopleOnly):
		say(http.StatusForbidden, bantin.Words{VI: "Việc này cần một người đăng nhập", EN: "This needs a person who signed in"}, bantin.Words{})
	case errors.Is(err, errNotFresh):
		signIn()
		say(http.StatusForbidden, bantin.Words{VI: "Việc này cần đăng nhập lại", EN: "This needs a fresh sign-in"},
			bantin.Words{VI: "Bạn đã đăng nhập hơn 15 phút trước. Hãy xin một liên kết mới, rồi làm lại.", EN: "You signed in more than 15 minutes ago. Ask for a new link, and do it again."})
	case errors.Is(err, errCrossSite):
		say(http.StatusForbidden, bantin.Words{VI: "Biểu mẫu đến từ trang khác", EN: "The form comes from another site"}, bantin.Words{})
	case errors.Is(err, errBadForm):
		say(http.StatusBadRequest, bantin.Words{VI: "Không đọc được biểu mẫu", EN: "The form cannot be read"}, bantin.Words{})
	case errors.Is(err, errTooLarge):
		say(http.StatusRequestEntityTooLarge, bantin.Words{VI: "Tệp quá lớn", EN: "The file is too large"},
			bantin.Words{VI: "Tệp tải lên được nhiều nhất 20 MB. Một danh sách dài hơn thì chia ra, hoặc nhập bằng lệnh: bantin contacts import TỆP.", EN: "An upload is at most 20 MB. Split a longer list, or import it by the command: bantin contacts import FILE."})
	case errors.As(err, new(*http.MaxBytesError)):
		say(http.StatusRequestEntityTooLarge, bantin.Words{VI: "Biểu mẫu quá lớn", EN: "The form is too large"}, bantin.Words{})
	case errors.Is(err, store.ErrRequestLimit):
		signIn()
		say(http.StatusTooManyRequests, bantin.Words{VI: "Xin liên kết quá nhiều lần", EN: "Too many requests"},
			bantin.Words{VI: "Hãy thử lại sau một giờ.", EN: "Try again in an hour."})
	default:
		say(http.StatusInternalServerError, bantin.Words{VI: "Hiện không mở được trang này", EN: "This page does not work right now"},
			bantin.Words{VI: "Lỗi ở phía chúng tôi và đã được ghi lại. Hãy thử lại sau một phút.", EN: "The fault is ours, and it was logged. Try again in a minute."})
	}
	return p
}

// stateWords says that an act does not fit the state of an edition.
func stateWords(err error) bantin.Words {
	state := (*store.StateError)(nil)
	if !errors.As(err, &state) {
		return bantin.Words{}
	}
	return bantin.Words{
		VI: fmt.Sprintf("Kỳ %s nay %s, nên việc vừa bấm không còn nghĩa. Chưa có gì được thay đổi.", state.Edition, statusWords(state.Status).VI),
		EN: fmt.Sprintf("The edition %s is %s now, so what was asked for makes no sense any more. Nothing was changed.", state.Edition, statusWords(state.Status).EN),
	}
}
