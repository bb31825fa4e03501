package bounce

import (
	"strings"
	"sync"
)

// looksReturned reports whether a message without any bounce fields is a bounce: a
// mail system wrote it, and it says that something was not delivered.
func (l *analysis) looksReturned() bool {
	machine := false
	for _, from := range l.header.addresses("from", "sender", "return-path") {
		machine = machine || isMailerDaemon(from)
	}
	machine = machine || l.header.has("x-mlserver") // fml
	from := fold(l.header.text("from"))
	machine = machine || strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster") ||
		strings.Contains(from, "mail delivery") || strings.Contains(from, "mail administrator")
	if strings.TrimSpace(l.header.get("return-path")) == "<>" {
		automatic, _ := l.automaticField() // absence notices have a null sender too (RFC 3834 3.3)
		machine = machine || automatic == ""
	}
	subject := fold(l.header.text("subject"))
	if saysReturned(subject) {
		return machine || len(l.original) > 0 || l.speaksOfFailure()
	}
	return machine && (l.speaksOfFailure() || len(l.original) > 0)
}

func (l *analysis) speaksOfFailure() bool {
	text := strings.Join(l.notice.lines[:min(len(l.notice.lines), 60)], "\n")
	folded := fold(text)
	if saysReturned(folded) {
		return true
	}
	if replyCode(text) == 0 {
		return false
	}
	return matchWording(folded, strong).reason != "" || statusCode(text) != ""
}

// saysReturned knows how systems title what they send back.
func saysReturned(folded string) bool { return firstOf(folded, returnedTitles()...) != "" }

var returnedTitles = sync.OnceValue(func() []string {
	return foldAll(
		"undeliver", "not deliver", "non-deliver", "nondeliver", "delivery fail", "delivery status", "delivery notif", "delivery error", "delivery problem", "delivery has failed",
		"delivery report", "failure notice", "failure notif", "failed mail", "mail failure", "mail failed", "mail delivery", "returned mail", "returning message", "returned to sender", "return to sender", "message returned",
		"could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "unable to deliver", "not been delivered", "wasn't delivered", "was not delivered", "did not reach", "delivery incomplete",
		"delivery delayed", "delayed mail", "delayed message", "message delayed", "mail system error", "could not send message", "message could not", "mail could not", "rejected mail", "rejected:", "bounce", "permanent error", "permanent fail", "fatal error", "unknown user",
		"user unknown", "warning: message", "warning: could not", "undelivered", "your message was not", "loop alert", "duplicated message-id", "not member article", "mail error", "email error", "delivery unsuccessful", "service message", "problem delivering", "error delivering",
		"unzustellbar", "nicht zustellbar", "nicht zugestellt", "zustellung fehlgeschlagen", "ubermittlungsstatus", "uebermittlungsstatus",
		"echec de remise", "non remis", "non distribu", "echec de distribution", "impossible de remettre", "n'a pas pu etre", "erreur de livraison", "notification d'etat de remise",
		"no se puede entregar", "no se pudo entregar", "no entregado", "mensaje devuelto", "error de entrega", "notificacion de estado de entrega", "no se ha podido entregar",
		"nao entregue", "nao foi possivel entregar", "nao pode ser entregue", "falha na entrega", "devolvid", "notificacao de status de entrega",
		"mancato recapito", "consegna non riuscita", "non recapitabile", "impossibile recapitare", "не доставлен", "недостав",
		"khong gui duoc", "khong the gui", "thu bi tra lai", "khong chuyen duoc", "khong den duoc", "gui khong thanh cong", "loi gui thu", "khong phat duoc", "thu tra lai", "khong the chuyen",
		"配信不能", "配信できません", "配送できません", "送信できません", "届けられません", "エラーメール", "送信エラー", "未達",
		"退信", "投递失败", "无法投递", "無法傳遞", "无法送达", "未送达", "未能送达", "被退回", "退回",
		"chua gui duoc", "chua chuyen duoc", "gui that bai", "chuyen thu that bai", "khong phan phoi",
		"no entregada", "no se entrego", "fallo en la entrega", "entrega fallida", "nao foi entregue", "falha ao entregar",
		"не может быть доставлен", "не удалось доставить", "ошибка доставки", "невозможно доставить",
		"配信エラー", "送信に失敗", "配信に失敗", "配送に失敗", "送信できなかった", "届きませんでした", "返送されました",
		"전송 실패", "전송에 실패", "전송되지", "발송 실패", "배달되지", "배달하지", "전달되지", "전달할 수 없", "반송",
	)
})

// delayed reports whether the system says that it still retries.
func (l *analysis) delayed() bool {
	subject := fold(l.header.text("subject"))
	if isAboutAddress(subject) {
		return false // "Warning: lan@example.org - user unknown"
	}
	if firstOf(subject, delayTitles()...) != "" {
		return true
	}
	text := fold(strings.Join(l.notice.lines[:min(len(l.notice.lines), 20)], "\n"))
	return strings.Contains(text, "warning message only") || strings.Contains(text, "this is a warning only") || strings.Contains(text, "need to resend your message")
}

var delayTitles = sync.OnceValue(func() []string {
	return foldAll("delayed", "(delay)", "warning:", "still being retried", "verzogert", "retard", "bi cham", "bi tri hoan", "遅延", "延迟", "지연", "задерж")
})
