package bounce

import "bantin"

// Kind says what a return means for the recipient it speaks of.
type Kind string

// The kinds of returns.
const (
	Hard      Kind = "hard"      // the address does not exist, or takes no mail
	Soft      Kind = "soft"      // it may pass, or is about us
	Complaint Kind = "complaint" // she does not want our mail
	Auto      Kind = "auto"      // a machine answered: absence, receipt, challenge, report
	Other     Kind = "other"     // nothing that comes back: perhaps a person wrote
)

// Report is what a message says.
type Report struct {
	Kind       Kind        // the gravest of its recipients'
	Recipients []Recipient // at least one; its address may be unknown
	Original   Original    // of the message that it brings back, as far as it does
	From       string      // address of its author
	Subject    string      // decoded
	To         []string    // every address it was sent to, as its header knows them
	Truncated  bool        // there was more than Limit
}

// Recipient is one address that a message speaks of.
type Recipient struct {
	Kind       Kind
	Address    string // "" where the message does not name one
	Status     string // RFC 3463, such as 5.1.1; "" where none is known
	Reason     Reason
	Diagnostic string // what the system said, on one line
	Delayed    bool   // it still tries
	Because    Because
}

// Because explains a verdict to people.
type Because struct {
	Rule  bantin.Words // what was looked for
	Field string       // where it was found
	Found string       // the words or the code that decided; "" where none did
}

// Original is what is known of the message that came back.
type Original struct {
	MessageID string   // with its brackets
	From      string   // address
	To        []string // addresses
	Envelope  string   // whom it was returned to: Return-Path, Original-Mail-From
}

// gravity orders kinds: what must not be overlooked comes last.
func (k Kind) gravity() int {
	return map[Kind]int{Other: 0, Auto: 1, Soft: 2, Hard: 3, Complaint: 4}[k]
}

// Words names a kind for people.
func (k Kind) Words() bantin.Words {
	return map[Kind]bantin.Words{
		Hard:      {VI: "địa chỉ hỏng", EN: "dead address"},
		Soft:      {VI: "lỗi tạm hoặc do phía gửi", EN: "may pass, or is about us"},
		Complaint: {VI: "khiếu nại", EN: "complaint"},
		Auto:      {VI: "trả lời tự động", EN: "automatic answer"},
		Other:     {VI: "không phải thư trả lại", EN: "nothing that came back"},
	}[k]
}
