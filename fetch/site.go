package fetch

import (
	"errors"
	"fmt"
	"time"

	"bantin"
)

// SiteError says that a site could not be read, in both languages where it is
// known what an admin can do about it.
type SiteError struct {
	Words bantin.Words
	Err   error // the cause; may be nil
}

func (e *SiteError) Error() string {
	switch {
	case e.Err == nil:
		return e.Words.EN
	case e.Words.EN == "":
		return e.Err.Error()
	}
	return e.Words.EN + ": " + e.Err.Error()
}

func (e *SiteError) Unwrap() error { return e.Err }

// RetryAt is when the site may be requested again; zero where it did not say.
func (e *SiteError) RetryAt() time.Time {
	var f *Error
	if errors.As(e.Err, &f) {
		return f.RetryAt
	}
	return time.Time{}
}

// NewSiteError makes a SiteError of the error of a request, with what an admin can do
// about it where that is not obvious.
func NewSiteError(err error) *SiteError {
	e := &SiteError{Err: err}
	var inner *InnerError
	var status *Error
	switch {
	case errors.As(err, &inner) && inner.Allowed != "":
		e.Words = bantin.Words{VI: "trang dẫn đến một địa chỉ khác trong mạng nội bộ; allow_private chỉ mở " + inner.Allowed + "; nếu trang nay ở địa chỉ mới, hãy ghi địa chỉ ấy ở url",
			EN: "the site leads to another private network address; allow_private opens " + inner.Allowed + " only; if the site has moved, write its new address under url"}
	case errors.As(err, &inner):
		e.Words = bantin.Words{VI: "địa chỉ của trang nằm trong mạng nội bộ; nếu đúng là như vậy, hãy ghi allow_private: true dưới nguồn này",
			EN: "the site has a private network address; if that is right, write allow_private: true under this source"}
	case errors.As(err, &status) && status.Status != 0:
		e.Words.VI = fmt.Sprintf("trang trả lời mã %d", status.Status)
	case errors.Is(err, ErrSlow):
		e.Words.VI = "trang trả lời quá chậm"
	case errors.Is(err, ErrMustWait):
		e.Words.VI = "trang yêu cầu chờ"
	default:
		e.Words.VI = "không đọc được trang"
	}
	return e
}
