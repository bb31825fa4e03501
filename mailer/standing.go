package mailer

import (
	"cmp"
	"time"

	"bantin"
)

// HoldWords says why an edition, or one receiving domain of it, is held: what was
// answered, to how many, by whom.
func HoldWords(h *bantin.Hold) bantin.Words {
	d := h.Detail
	by := bantin.Words{VI: cmp.Or(d.By, "Máy chủ thư"), EN: cmp.Or(d.By, "The mail server")}
	to := bantin.Words{}
	if h.Domain != "" {
		to = bantin.Words{VI: " tới " + h.Domain, EN: " to " + h.Domain}
	}
	said := bantin.Words{}
	if d.Reply != "" {
		reply := GeneralReply(d.Reply)
		said = bantin.Words{VI: ", chẳng hạn “" + reply + "”", EN: ", for example “" + reply + "”"}
	}
	switch h.Reason {
	case bantin.HeldUnknownWave:
		return bantin.Say("%s trả lời rằng địa chỉ hoặc tên miền không tồn tại cho %d trong %d thư%s%s. Khó có chừng ấy địa chỉ hỏng cùng lúc: máy chủ gửi hoặc bên nhận có lẽ đang trục trặc.",
			"%s answered that the address or its domain does not exist for %d of %d messages%s%s. So many addresses are unlikely to be dead at once: the mail server or the receiver is probably in trouble.", by, d.Refused, d.Outcomes, to, said)
	case bantin.HeldFirstWave:
		return bantin.Say("Trong đợt gửi đầu, %d/%d thư hỏng hoặc bị trả lại%s. Những người còn lại chưa được gửi.",
			"In the first wave, %d of %d messages failed or were returned%s. Nobody else has been mailed yet.", d.Refused, d.Outcomes, said)
	case bantin.HeldByPerson:
		return bantin.Words{VI: "Mọi việc gửi thư đang được giữ lại.", EN: "All mailing is held."}
	case bantin.HeldCopy:
		if d.Doubtful > 0 {
			return bantin.Say("Kỳ này có từ trước khi khôi phục bản sao lưu. Nhật ký biết %d thư đã gửi; %d người còn lại thì không biết đã nhận hay chưa.",
				"This edition is from before the backup was restored. The journal knows of %d messages that were sent; whether the %d others got theirs is not known.", d.Outcomes, d.Doubtful)
		}
		return bantin.Words{VI: "Cơ sở dữ liệu là bản chép hoặc bản khôi phục, nên mọi việc gửi thư được giữ lại.", EN: "The database is a copy or a restored backup, so all mailing is held."}
	}
	return bantin.Say("%s từ chối hẳn %d trong %d thư%s%s. Nhiều như vậy thì lý do ở phía ta, máy chủ gửi hoặc bên nhận, không ở từng người.",
		"%s refused %d of %d messages for good%s%s. So many refusals are about us, the mail server or the receiver, not about each person.", by, d.Refused, d.Outcomes, to, said)
}

// HoldAdvice says how an edition that is held goes on.
func HoldAdvice(edition string, h *bantin.Hold) bantin.Words {
	if h.Reason == bantin.HeldCopy && h.Detail.Doubtful > 0 {
		return bantin.Say("Để gửi cho những người còn lại: bantin editions resume %[1]s. Nếu biết rằng họ đã nhận: bantin deliveries resume --as-sent.",
			"To mail the others: bantin editions resume %[1]s. If it is known that they got theirs: bantin deliveries resume --as-sent.", edition)
	}
	if h.Reason == bantin.HeldByPerson || h.Reason == bantin.HeldCopy {
		return bantin.Words{VI: "Để gửi tiếp: bantin deliveries resume.", EN: "To continue: bantin deliveries resume."}
	}
	return bantin.Say("Khi đã sửa: bantin editions retry --failed %[1]s gửi tiếp, cả cho người bị từ chối; bantin editions resume %[1]s chỉ gửi tiếp. Nếu lời từ chối là đúng: bantin editions resume --accept %[1]s. Để bỏ hẳn: bantin editions cancel %[1]s.",
		"Once it is fixed: bantin editions retry --failed %[1]s continues, also with those who were refused; bantin editions resume %[1]s only continues. If the refusals are right: bantin editions resume --accept %[1]s. To give up: bantin editions cancel %[1]s.", edition)
}

// WaitWords says why nothing of an edition can be sent now. zone is where its times
// are read.
func WaitWords(w *bantin.Wait, zone *time.Location) bantin.Words {
	if w.Hold != nil {
		words := HoldWords(w.Hold)
		if !w.Until.IsZero() {
			words.VI += " Những người khác bị từ chối tạm thời; thử lại lúc " + FormatTime(bantin.Vietnamese, w.Until.In(zone)) + "."
			words.EN += " Others were refused for now; next try at " + FormatTime(bantin.English, w.Until.In(zone)) + "."
		}
		return words
	}
	said := ""
	if w.Said != "" {
		said = ": " + GeneralReply(w.Said)
	}
	until := bantin.Words{}
	if !w.Until.IsZero() {
		until = bantin.Words{VI: "; thử lại lúc " + FormatTime(bantin.Vietnamese, w.Until.In(zone)), EN: "; next try at " + FormatTime(bantin.English, w.Until.In(zone))}
	}
	switch w.Reason {
	case bantin.WaitQuota:
		limit := limitWords(w)
		return bantin.Words{VI: "Tài khoản gửi thư đã hết hạn mức" + said + limit.VI + until.VI + ". Không ai bị bỏ sót.", EN: "A limit of the mail account is reached" + said + limit.EN + until.EN + ". Nobody is skipped."}
	case bantin.WaitRelay:
		return bantin.Words{VI: "Máy chủ gửi thư chưa dùng được" + said + until.VI + ". Không ai bị bỏ sót.", EN: "The mail server cannot be used" + said + until.EN + ". Nobody is skipped."}
	case bantin.WaitRetry:
		return bantin.Words{VI: "Những người còn lại bị từ chối tạm thời" + until.VI + ".", EN: "Those who are left were refused for now" + until.EN + "."}
	}
	return bantin.Words{VI: "Chờ đến giờ gửi" + until.VI + ".", EN: "It waits for its hours" + until.EN + "."}
}

// limitWords says what was learned of a limit of the account.
func limitWords(w *bantin.Wait) bantin.Words {
	if w.Allowed == 0 {
		return bantin.Words{}
	}
	every := bantin.Words{VI: "ngày", EN: "day"}
	switch w.Every {
	case time.Minute:
		every = bantin.Words{VI: "phút", EN: "minute"}
	case time.Hour:
		every = bantin.Words{VI: "giờ", EN: "hour"}
	}
	return bantin.Words{
		VI: "; tới nay khoảng " + FormatCount(bantin.Vietnamese, w.Allowed) + " thư mỗi " + every.VI,
		EN: "; so far about " + FormatCount(bantin.English, w.Allowed) + " messages a " + every.EN,
	}
}
