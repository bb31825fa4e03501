package bantin

import (
	"slices"
	"time"
)

// DataRequest is what a person asked of the office about what it holds of them. The law
// gives a time in which it is to be answered.
type DataRequest struct {
	ID      int64       `json:"id"`
	Kind    RequestKind `json:"kind"`
	Email   string      `json:"email,omitempty"` // "" once they are erased
	Note    string      `json:"note,omitempty"`
	Arrived time.Time   `json:"arrived"`
	Due     time.Time   `json:"due"`
	By      string      `json:"by,omitempty"` // wrote it down
	Done    time.Time   `json:"done,omitzero"`
	DoneBy  string      `json:"done_by,omitempty"` // "" where erasing the contact ended it
	Answer  string      `json:"answer,omitempty"`
}

// RequestKind is what a person asks for.
type RequestKind string

// The kinds.
const (
	RequestAccess  RequestKind = "access"  // to see what is held of them
	RequestCorrect RequestKind = "correct" // to have it corrected
	RequestErase   RequestKind = "erase"   // to have it erased
)

// AnswerWithin is the default time in which a request is to be answered: the shortest that
// a law known to us gives (Nghị định 13/2023/NĐ-CP, articles 14 to 16).
const AnswerWithin = 72 * time.Hour

// RequestKinds are all kinds.
func RequestKinds() []RequestKind { return []RequestKind{RequestAccess, RequestCorrect, RequestErase} }

// Known reports whether there is such a kind.
func (k RequestKind) Known() bool { return slices.Contains(RequestKinds(), k) }

// Words says what is asked for.
func (k RequestKind) Words() Words {
	return map[RequestKind]Words{
		RequestAccess:  {VI: "xin xem dữ liệu về mình", EN: "asks what is held of them"},
		RequestCorrect: {VI: "xin sửa dữ liệu về mình", EN: "asks for a correction"},
		RequestErase:   {VI: "xin xóa dữ liệu về mình", EN: "asks to be erased"},
	}[k]
}

// Open reports whether nobody has answered yet.
func (r *DataRequest) Open() bool { return r.Done.IsZero() }

// Presses reports whether an open request needs somebody now: two days before its end, or
// when a quarter of its time is left, if that is earlier.
func (r *DataRequest) Presses(now time.Time) bool {
	return r.Open() && r.Due.Sub(now) <= max(48*time.Hour, r.Due.Sub(r.Arrived)/4)
}
