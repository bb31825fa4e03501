package bounce

import "bantin"

// Kind is the verdict on a recipient.
type Kind string

// The verdicts.
const (
	Hard      Kind = "hard"      // the address does not exist or accepts no mail
	Soft      Kind = "soft"      // the failure may pass, or concerns the sender
	Complaint Kind = "complaint" // the recipient does not want our mail
	Auto      Kind = "auto"      // an automatic message: absence notice, receipt, challenge, report
	Other     Kind = "other"     // no returned message: a person may have written
)

// Classification is the classification of a message.
type Classification struct {
	Kind       Kind        // the most severe of its recipients
	Recipients []Recipient // at least one; its address may be unknown
	Original   Original    // the returned message, as far as it is included
	From       string      // address of its author
	Subject    string      // decoded
	To         []string    // every address it was sent to, by its header
	Truncated  bool        // the message is longer than MaxMessageBytes
}

// Recipient is the verdict on one address that a message reports on.
type Recipient struct {
	Kind       Kind
	Address    string // "" where the message does not name one
	Status     string // enhanced status code (RFC 3463) such as 5.1.1; "" where unknown
	Reason     Reason
	Diagnostic string // the server's reply or the notice's text, on one line
	Delayed    bool   // the system still retries
	Because    Explanation

	guessed bool // only a word like "failed", or the reply code, decided
}

// Explanation explains a verdict to people.
type Explanation struct {
	Rule  bantin.Words // the rule that decided
	Field string       // the field where it matched, "text" for the notice
	Found string       // the wording or code that matched; "" for none
	Line  int          // of wording.txt, where one of its wordings decided; else 0
}

// Understood reports whether a wording or a code with a meaning of its own decided. What
// was not understood may need a line in wording.txt.
func (r *Recipient) Understood() bool {
	return r.Reason != Unclear && !r.guessed && (r.Kind != Other || r.Address != "")
}

// Original is what is known about the returned message.
type Original struct {
	MessageID string   // with its brackets
	From      string   // address
	To        []string // addresses
	Envelope  string   // its envelope sender: Return-Path, Original-Mail-From
	Tag       string   // what we gave a provider to give back to us
}

// severity orders kinds; the highest must not be overlooked.
func (k Kind) severity() int {
	return map[Kind]int{Other: 0, Auto: 1, Soft: 2, Hard: 3, Complaint: 4}[k]
}

// IsMilder reports whether less follows from a verdict than from another.
func (k Kind) IsMilder(other Kind) bool { return k.severity() < other.severity() }

// Words describes a verdict for people.
func (k Kind) Words() bantin.Words {
	return map[Kind]bantin.Words{
		Hard:      {VI: "địa chỉ hỏng", EN: "dead address"},
		Soft:      {VI: "lỗi tạm hoặc do phía gửi", EN: "temporary, or caused by the sender"},
		Complaint: {VI: "khiếu nại", EN: "complaint"},
		Auto:      {VI: "trả lời tự động", EN: "automatic reply"},
		Other:     {VI: "không phải thư trả lại", EN: "not a returned message"},
	}[k]
}
