package bounce

import "strings"

// byStatus returns what an enhanced status code means by itself (RFC 3463 3, and
// the registry of RFC 5248), "" for codes that mean nothing.
func byStatus(status string) Reason {
	_, code, _ := strings.Cut(status, ".")
	if r, ok := statusReasons[code]; ok {
		return r
	}
	subject, _, _ := strings.Cut(code, ".")
	switch subject {
	case "3":
		return System
	case "4":
		return Network
	case "6":
		return Content
	case "7":
		return Policy
	}
	return ""
}

// statusReasons are the codes with a meaning of their own. 1.0, 2.0 and the like
// are left out, since their use varies too much.
var statusReasons = map[string]Reason{
	"1.1": UserUnknown, "1.2": HostUnknown, "1.3": UserUnknown, "1.6": Moved,
	"1.7": Sender, "1.8": Sender, "1.9": Content, "1.10": TakesNoMail, "1.90": Quota,
	"2.1": Suspended, "2.2": MailboxFull, "2.3": TooBig, "2.4": System,
	"3.4": TooBig, "3.3": Content, "3.5": System,
	"4.1": Network, "4.2": Network, "4.3": System, "4.4": Network, "4.5": Rate, "4.6": Network, "4.7": Expired,
	"4.310": HostUnknown, "4.312": Network, "4.316": Network,
	"5.0": "", "5.3": Rate,
	"7.13": Suspended, "7.17": Suspended,
	"7.20": Authentication, "7.21": Authentication, "7.22": Authentication, "7.23": Authentication, "7.24": Authentication, "7.26": Authentication,
	"7.509": Authentication, "7.515": Authentication,
	"7.25": Blocked, "7.27": Sender, "7.28": Rate, "7.511": Blocked, "7.606": Blocked,
}

// byReply returns what an SMTP reply code means without known wording
// (RFC 5321 4.2.3).
func byReply(code int) Reason {
	switch code {
	case 421, 450, 451:
		return System
	case 452:
		return System
	case 552:
		return MailboxFull
	case 556:
		return TakesNoMail
	}
	return ""
}
