package bounce

import (
	"strings"

	"bantin"
)

// status reads delivery status notifications: their own part (RFC 3464), the
// same fields in text, and X-Failed-Recipients.
func (l *look) status() []Recipient {
	groups := l.statusGroups()
	if len(groups) == 0 {
		return nil
	}
	var known []string
	for _, g := range groups {
		if a, _ := statusRecipient(g); a != "" {
			known = append(known, a)
		}
	}
	known = uniqueAddresses(known)
	sections, rest := l.notice.sections(known, l.ours)
	if len(known) == 0 {
		sections, rest = l.notice.sections(l.fallback(), l.ours)
	}
	var list []Recipient
	for i, g := range groups {
		e := evidence{action: strings.ToLower(firstWord(g.get("action"))), status: firstWord(g.get("status")),
			diagnostic: typed(g.get("diagnostic-code")), field: "Diagnostic-Code", rest: rest, others: len(groups) > 1}
		e.address, e.where = statusRecipient(g)
		for j, s := range sections {
			if sameAddress(s.address, e.address) || e.address == "" && i == j {
				e.address, e.section = s.address, s.text
			}
		}
		list = add(list, e.judge())
	}
	return list
}

func (l *look) statusGroups() []header {
	var groups []header
	for i := range l.parts {
		switch p := &l.parts[i]; p.kind {
		case "message/delivery-status", "message/global-delivery-status":
			groups = append(groups, parseStatus(p.text(), false)...)
		}
	}
	if len(groups) == 0 {
		groups = parseStatus(strings.Join(l.notice.lines, "\n"), true)
	}
	return groups[:min(len(groups), mostAddresses)]
}

// add keeps one verdict for each address: the graver one.
func add(list []Recipient, r Recipient) []Recipient {
	for i := range list {
		if sameAddress(list[i].Address, r.Address) {
			if r.Kind.gravity() > list[i].Kind.gravity() {
				list[i] = r
			}
			return list
		}
	}
	return append(list, r)
}

func firstWord(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	return s
}

// ours tells the addresses of the one who sent the message that came back.
func (l *look) ours(address string) bool { return l.own[strings.ToLower(address)] }

// ownAddresses collects them: whom the bounce was sent to, and who wrote the
// message, unless it was also for them.
func (l *look) ownAddresses() map[string]bool {
	own := map[string]bool{}
	for _, list := range [][]string{
		l.header.addresses("to", "delivered-to", "x-original-to"),
		l.original.addresses("from", "return-path", "sender", "reply-to", "errors-to"),
		findAddresses(l.original.get("message-id")),
	} {
		for _, a := range list {
			own[strings.ToLower(a)] = true
		}
	}
	for _, a := range l.original.addresses("to") {
		delete(own, strings.ToLower(a))
	}
	return own
}

// plainBounce reads a bounce that is written for people alone.
func (l *look) plainBounce() []Recipient {
	failed := l.header.addresses("x-failed-recipients")
	if len(failed) == 0 && !l.looksReturned() {
		return nil
	}
	sections, rest := l.notice.sections(failed, l.ours)
	where := "X-Failed-Recipients"
	if len(failed) == 0 {
		where = "text"
	}
	if len(sections) == 0 {
		sections, where = nil, "To"
		for _, a := range l.fallback() {
			sections = append(sections, section{address: a})
		}
	}
	if len(sections) == 0 {
		sections = []section{{}}
	}
	var list []Recipient
	for _, s := range sections {
		e := evidence{address: s.address, where: where, section: s.text, rest: rest, field: "text", others: len(sections) > 1}
		e.diagnostic = diagnosticOf(s.text)
		if e.diagnostic == "" && len(sections) == 1 {
			e.diagnostic = diagnosticOf(rest)
		}
		if l.delayed() {
			e.action = "delayed"
		}
		list = add(list, e.judge())
	}
	return list
}

// fallback is whom the message that came back was for.
func (l *look) fallback() []string {
	return l.original.addresses("x-failed-recipients", "to")
}

// diagnosticOf gives what a server said, out of the lines about an address:
// from the first that bears a code of SMTP on.
func diagnosticOf(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if replyCode(line) > 0 || statusCode(line) != "" {
			end := min(len(lines), i+8)
			return strings.TrimSpace(strings.Join(lines[i:end], "\n"))
		}
	}
	return ""
}

// looksReturned reports whether a message without any fields of a bounce is
// one: a machine wrote it, and it says that something was not delivered.
func (l *look) looksReturned() bool {
	machine := false
	for _, from := range l.header.addresses("from", "sender", "return-path") {
		machine = machine || isMachine(from)
	}
	from := fold(l.header.text("from"))
	machine = machine || strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster") ||
		strings.Contains(from, "mail delivery") || strings.Contains(from, "mail administrator") ||
		strings.TrimSpace(l.header.get("return-path")) == "<>"
	subject := fold(l.header.text("subject"))
	if saysReturned(subject) {
		return machine || len(l.original) > 0 || l.speaksOfFailure()
	}
	return machine && (l.speaksOfFailure() || len(l.original) > 0)
}

func (l *look) speaksOfFailure() bool {
	text := strings.Join(l.notice.lines[:min(len(l.notice.lines), 60)], "\n")
	folded := fold(text)
	if saysReturned(folded) {
		return true
	}
	if replyCode(text) == 0 {
		return false
	}
	r, _ := inWords(folded, strong)
	return r != "" || statusCode(text) != ""
}

// saysReturned knows how systems title what they send back.
func saysReturned(folded string) bool {
	for _, words := range []string{
		"undeliver", "not deliver", "non-deliver", "nondeliver", "delivery fail", "delivery status", "delivery notif", "delivery error", "delivery problem", "delivery has failed",
		"delivery report", "failure notice", "failure notif", "failed mail", "mail failure", "mail failed", "mail delivery", "returned mail", "returning message", "returned to sender", "return to sender", "message returned",
		"could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "unable to deliver", "not been delivered", "wasn't delivered", "was not delivered", "did not reach", "delivery incomplete",
		"delivery delayed", "delayed mail", "delayed message", "message delayed", "mail system error", "could not send message", "message could not", "mail could not", "rejected mail", "rejected:", "bounce", "permanent error", "permanent fail", "fatal error", "unknown user",
		"user unknown", "warning: message", "warning: could not", "undelivered", "your message was not", "mail error", "email error", "delivery unsuccessful", "service message", "problem delivering", "error delivering",
		"unzustellbar", "nicht zustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "ubermittlungsstatus", "uebermittlungsstatus",
		"echec de remise", "non remis", "non distribu", "echec de distribution", "impossible de remettre", "n'a pas pu etre", "erreur de livraison", "notification d'etat de remise",
		"no se puede entregar", "no se pudo entregar", "no entregado", "mensaje devuelto", "error de entrega", "notificacion de estado de entrega", "no se ha podido entregar",
		"nao entregue", "nao foi possivel entregar", "nao pode ser entregue", "falha na entrega", "devolvid", "notificacao de status de entrega",
		"mancato recapito", "consegna non riuscita", "non recapitabile", "impossibile recapitare", "не доставлен", "недостав",
		"khong gui duoc", "khong the gui", "thu bi tra lai", "khong chuyen duoc", "khong den duoc", "gui khong thanh cong", "loi gui thu", "khong phat duoc", "thu tra lai", "khong the chuyen",
		"配信不能", "配信できません", "配送できません", "送信できません", "届けられません", "エラーメール", "送信エラー", "未達",
		"退信", "投递失败", "无法投递", "無法傳遞", "无法送达", "未送达", "未能送达", "被退回", "退回",
	} {
		if strings.Contains(folded, words) {
			return true
		}
	}
	return false
}

// delayed reports whether the system says that it goes on trying.
func (l *look) delayed() bool {
	subject := fold(l.header.text("subject"))
	for _, words := range []string{"delayed", "(delay)", "warning:", "still being retried", "verzogert", "retard", "bi cham", "遅延"} {
		if strings.Contains(subject, words) {
			return true
		}
	}
	text := fold(strings.Join(l.notice.lines[:min(len(l.notice.lines), 20)], "\n"))
	return strings.Contains(text, "warning message only") || strings.Contains(text, "this is a warning only") || strings.Contains(text, "need to resend your message")
}

// optOut knows the mails that mail programs send for List-Unsubscribe
// (RFC 2369 3.2): their subject, or all they say, is the one word.
func (l *look) optOut() []Recipient {
	subject := fold(l.header.text("subject"))
	if strings.Trim(subject, " .!\"") != "unsubscribe" {
		return nil
	}
	r := Recipient{Kind: Complaint, Reason: OptOut, Because: Because{bantin.Words{VI: "thư xin ngừng nhận", EN: "a mail that asks to unsubscribe"}, "Subject", subject}}
	if from := l.header.addresses("from"); len(from) > 0 {
		r.Address = from[0]
	}
	return []Recipient{r}
}
