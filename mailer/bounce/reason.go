package bounce

import "bantin"

// Reason is why a message came back.
type Reason string

// The reasons. Those of wording.txt are the same.
const (
	UserUnknown Reason = "user-unknown"
	HostUnknown Reason = "host-unknown"
	Moved       Reason = "moved"
	TakesNoMail Reason = "takes-no-mail" // the host or domain wants no mail at all (RFC 7504, 7505)

	MailboxFull Reason = "mailbox-full"
	Suspended   Reason = "suspended" // the account is disabled or asleep
	Filtered    Reason = "filtered"  // the recipient's own rules
	TooBig      Reason = "too-big"
	Rate        Reason = "rate"
	Network     Reason = "network"
	Expired     Reason = "expired"
	System      Reason = "system" // something is broken over there
	Content     Reason = "content"
	Virus       Reason = "virus"
	Unclear     Reason = "unclear"

	Blocked        Reason = "blocked" // our server, its reputation, its name
	Authentication Reason = "authentication"
	Spam           Reason = "spam"
	Policy         Reason = "policy"
	Relay          Reason = "relay-denied"
	Sender         Reason = "sender-rejected"

	Abuse       Reason = "abuse"
	OptOut      Reason = "opt-out" // a mail client's "unsubscribe"
	Vacation    Reason = "vacation"
	Challenge   Reason = "challenge"
	Delivered   Reason = "delivered"
	AuthReport  Reason = "authentication-report"
	NotABounce  Reason = "not-a-bounce"
	NotSpamVote Reason = "not-spam"
)

// ofAddress reports whether the reason speaks of the address for good.
func (r Reason) ofAddress() bool {
	switch r {
	case UserUnknown, HostUnknown, Moved, TakesNoMail:
		return true
	}
	return false
}

// AboutUs reports whether the reason speaks of our server, our name or our
// message and never of the person: an alarm for the admin.
func (r Reason) AboutUs() bool {
	switch r {
	case Blocked, Authentication, Spam, Policy, Relay, Sender:
		return true
	}
	return false
}

// Words names a reason for people.
func (r Reason) Words() bantin.Words {
	return map[Reason]bantin.Words{
		UserUnknown:    {VI: "không có người này", EN: "there is no such user"},
		HostUnknown:    {VI: "không có tên miền này", EN: "there is no such domain"},
		Moved:          {VI: "đã chuyển sang địa chỉ khác", EN: "moved to another address"},
		TakesNoMail:    {VI: "nơi này không nhận thư", EN: "takes no mail at all"},
		MailboxFull:    {VI: "hộp thư đầy", EN: "the mailbox is full"},
		Suspended:      {VI: "tài khoản bị khóa hoặc bỏ không", EN: "the account is disabled or unused"},
		Filtered:       {VI: "người nhận hoặc bộ lọc riêng từ chối", EN: "refused by the recipient's own rules"},
		TooBig:         {VI: "thư quá lớn", EN: "the message is too big"},
		Rate:           {VI: "gửi quá nhanh hoặc quá nhiều", EN: "too much or too fast"},
		Network:        {VI: "không nối được máy chủ", EN: "the server cannot be reached"},
		Expired:        {VI: "thử mãi không được", EN: "tried for too long"},
		System:         {VI: "máy chủ bên nhận hỏng", EN: "the receiving system is broken"},
		Content:        {VI: "nội dung hoặc dạng thư bị từ chối", EN: "the content or form was refused"},
		Virus:          {VI: "bị coi là có vi-rút", EN: "taken for a virus"},
		Unclear:        {VI: "không rõ lý do", EN: "no reason is given"},
		Blocked:        {VI: "máy chủ gửi của ta bị chặn", EN: "our server is blocked"},
		Authentication: {VI: "SPF, DKIM hoặc DMARC không đạt", EN: "SPF, DKIM or DMARC fails"},
		Spam:           {VI: "bị coi là thư rác", EN: "taken for spam"},
		Policy:         {VI: "trái quy định của bên nhận", EN: "against the receiver's policy"},
		Relay:          {VI: "máy chủ không chuyển tiếp", EN: "relaying is denied"},
		Sender:         {VI: "địa chỉ gửi bị từ chối", EN: "our sender address is refused"},
		Abuse:          {VI: "người nhận bấm \"thư rác\"", EN: "the reader pressed \"spam\""},
		OptOut:         {VI: "xin ngừng nhận", EN: "asks to be unsubscribed"},
		Vacation:       {VI: "vắng mặt hoặc trả lời tự động", EN: "away, or an automatic reply"},
		Challenge:      {VI: "đòi người gửi xác nhận", EN: "asks the sender to prove himself"},
		Delivered:      {VI: "báo đã nhận hoặc đã đọc", EN: "delivered or read"},
		AuthReport:     {VI: "báo cáo xác thực", EN: "a report on authentication"},
		NotSpamVote:    {VI: "người nhận nói không phải thư rác", EN: "the reader says it is no spam"},
		NotABounce:     {VI: "thư thường", EN: "an ordinary message"},
	}[r]
}
