package bounce

import "bantin"

// Reason is why a message was returned.
type Reason string

// The reasons: of invalid addresses, of failures that may pass, of failures that
// concern the sender, and of messages that are no bounces. wording.txt uses the
// same names.
const (
	UserUnknown Reason = "user-unknown"
	HostUnknown Reason = "host-unknown"
	Moved       Reason = "moved"
	TakesNoMail Reason = "takes-no-mail" // the host or domain accepts no mail at all (RFC 7504, 7505)
	Withheld    Reason = "withheld"      // our provider has it on its list of addresses that bounced or complained

	MailboxFull Reason = "mailbox-full"
	Suspended   Reason = "suspended" // the account is disabled or inactive
	Filtered    Reason = "filtered"  // the recipient's own rules
	TooBig      Reason = "too-big"
	Rate        Reason = "rate"
	Network     Reason = "network"
	Expired     Reason = "expired"
	System      Reason = "system" // a fault of the receiving system
	Content     Reason = "content"
	Virus       Reason = "virus"
	Unclear     Reason = "unclear"

	Blocked        Reason = "blocked" // our server, by its reputation or name
	Authentication Reason = "authentication"
	Spam           Reason = "spam"
	Policy         Reason = "policy"
	Relay          Reason = "relay-denied"
	Sender         Reason = "sender-rejected"
	Quota          Reason = "quota" // a limit of our account with the relay, or of what we may send in a time

	Abuse       Reason = "abuse"
	OptOut      Reason = "opt-out" // a mail program's "unsubscribe"
	Vacation    Reason = "vacation"
	Challenge   Reason = "challenge"
	Delivered   Reason = "delivered"
	AuthReport  Reason = "authentication-report"
	NotABounce  Reason = "not-a-bounce"
	NotSpamVote Reason = "not-spam"
	AsksToLeave Reason = "asks-to-leave" // a person answers and asks to get no more mail
	Forwarded   Reason = "forwarded"     // a person passes on what came back to them
)

// AboutAddress reports whether the reason is that the address, or its domain, does
// not exist or accepts no mail at all: the only reasons that end an address.
func (r Reason) AboutAddress() bool {
	switch r {
	case UserUnknown, HostUnknown, Moved, TakesNoMail, Withheld:
		return true
	}
	return false
}

// AboutSender reports whether the reason concerns our server, our domain, our
// account or our message and never the recipient: the admin must act.
func (r Reason) AboutSender() bool {
	switch r {
	case Blocked, Authentication, Spam, Policy, Relay, Sender, Quota, Content, Virus, TooBig:
		return true
	}
	return false
}

// Words describes a reason for people.
func (r Reason) Words() bantin.Words {
	return map[Reason]bantin.Words{
		UserUnknown:    {VI: "không có người này", EN: "no such user"},
		HostUnknown:    {VI: "không có tên miền này", EN: "no such domain"},
		Moved:          {VI: "đã chuyển sang địa chỉ khác", EN: "moved to another address"},
		TakesNoMail:    {VI: "nơi này không nhận thư", EN: "accepts no mail"},
		Withheld:       {VI: "nhà cung cấp không gửi tới địa chỉ này nữa", EN: "our provider no longer sends to it"},
		Forwarded:      {VI: "một người chuyển tiếp thư trả lại", EN: "a person forwarded a bounce"},
		MailboxFull:    {VI: "hộp thư đầy", EN: "the mailbox is full"},
		Suspended:      {VI: "tài khoản bị khóa hoặc bỏ không", EN: "the account is disabled or inactive"},
		Filtered:       {VI: "người nhận hoặc bộ lọc riêng từ chối", EN: "refused by the recipient's own rules"},
		TooBig:         {VI: "thư quá lớn", EN: "the message is too large"},
		Rate:           {VI: "gửi quá nhanh hoặc quá nhiều", EN: "too many messages, or too fast"},
		Network:        {VI: "không nối được máy chủ", EN: "the server cannot be reached"},
		Expired:        {VI: "thử mãi không được", EN: "retries have expired"},
		System:         {VI: "máy chủ bên nhận hỏng", EN: "the receiving system is faulty"},
		Content:        {VI: "nội dung hoặc dạng thư bị từ chối", EN: "the content or format was rejected"},
		Virus:          {VI: "bị coi là có vi-rút", EN: "classified as a virus"},
		Unclear:        {VI: "không rõ lý do", EN: "no reason given"},
		Blocked:        {VI: "máy chủ gửi của ta bị chặn", EN: "our server is blocked"},
		Authentication: {VI: "SPF, DKIM hoặc DMARC không đạt", EN: "SPF, DKIM or DMARC fails"},
		Spam:           {VI: "bị coi là thư rác", EN: "classified as spam"},
		Policy:         {VI: "trái quy định của bên nhận", EN: "against the receiver's policy"},
		Relay:          {VI: "máy chủ không chuyển tiếp", EN: "relaying is denied"},
		Sender:         {VI: "địa chỉ gửi bị từ chối", EN: "our sender address is rejected"},
		Quota:          {VI: "hết mức được gửi của tài khoản hay máy chủ ta", EN: "the sending limit of our account or server is reached"},
		Abuse:          {VI: "người nhận bấm \"thư rác\"", EN: "the recipient reported spam"},
		OptOut:         {VI: "xin ngừng nhận", EN: "requests to unsubscribe"},
		Vacation:       {VI: "vắng mặt hoặc trả lời tự động", EN: "away, or an automatic reply"},
		Challenge:      {VI: "đòi người gửi xác nhận", EN: "asks the sender to confirm"},
		Delivered:      {VI: "báo đã nhận hoặc đã đọc", EN: "delivered or read"},
		AuthReport:     {VI: "báo cáo xác thực", EN: "an authentication report"},
		NotSpamVote:    {VI: "người nhận nói không phải thư rác", EN: "the recipient reported that it is not spam"},
		AsksToLeave:    {VI: "trả lời thư và xin ngừng nhận", EN: "answers, and asks to get no more mail"},
		NotABounce:     {VI: "thư thường", EN: "an ordinary message"},
	}[r]
}
