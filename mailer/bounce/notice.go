package bounce

import (
	"slices"
	"strings"
	"sync"
)

// notice is the text that a mail system wrote for people, and the header of the
// returned message where that follows in the text.
type notice struct {
	lines    []string
	original header
	nested   string // the returned message
}

// maxLines limits a notice: the reason stands near its top.
const maxLines = 400

// readNotice separates the text from the returned message. That begins after a
// line that announces it, or with a run of header fields that no explanation has.
func readNotice(text string) notice {
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), 4*maxLines)]
	for i, line := range lines {
		line = strings.TrimRight(line, "\r \t")
		lines[i] = line
		if i > 0 && (announcesOriginal(line) && i+1 < len(lines) || beginsHeader(lines[i:])) {
			nested := unquote(lines[i:])
			h, _ := parseHeader([]byte(nested))
			return notice{lines[:min(i, maxLines)], h, nested}
		}
	}
	return notice{lines: lines[:min(len(lines), maxLines)]}
}

// announcesOriginal recognizes the lines above a returned message: a few words
// between rules, or a short sentence that says what follows.
func announcesOriginal(line string) bool {
	if len(line) < 8 || len(line) > 120 {
		return false
	}
	low := fold(line)
	words := strings.Trim(low, "-=_*|#~+>< :.")
	if ruled := len(words) < len(low)-3; ruled && slices.ContainsFunc(originalTitles(), func(begin string) bool { return strings.HasPrefix(words, begin) }) {
		return true
	}
	for _, sentence := range []string{
		"copy of the message", "copy of your message", "original message follows", "message headers follow", "message header follows", "message text follows",
		"original message as follows", "original mail as follows", "rejected message is as follows", "following is the original", "first part of the original", "text of the original",
	} {
		if strings.Contains(low, sentence) {
			return true
		}
	}
	return false
}

var originalTitles = sync.OnceValue(func() []string {
	return foldAll(
		"original message", "original mail", "unsent message", "returned message", "undelivered message", "message header", "message text", "message follows",
		"rejected message", "start of message", "below this line is", "header of the", "headers of the", "the header of", "the original message", "included message",
		"vorherige nachricht", "ursprungliche nachricht", "kopie der nachricht", "kopfzeilen", "message d'origine", "en-tete du message", "message original",
		"mensaje original", "mensagem original", "messaggio originale", "thu goc", "noi dung thu goc", "元のメッセージ", "原始邮件", "原始郵件",
	)
})

// beginsHeader reports whether a message header begins here: several fields in a
// row that no explanation has.
func beginsHeader(lines []string) bool {
	if !headerStart(lines[0]) {
		return false
	}
	known, sure := 0, 0
	for _, line := range lines[:min(len(lines), 12)] {
		line = strings.TrimPrefix(line, "> ")
		name, _, ok := cutField([]byte(line))
		switch name = strings.ToLower(name); {
		case line == "":
			return known >= 3 && sure > 0
		case !ok && line[0] != ' ' && line[0] != '\t':
			return known >= 3 && sure > 0
		case name == "received" || name == "return-path" || name == "message-id" || name == "mime-version" || name == "dkim-signature" || name == "delivered-to":
			sure++
			known++
		case name == "from" || name == "to" || name == "subject" || name == "date" || name == "content-type" || strings.HasPrefix(name, "x-"):
			known++
		}
	}
	return known >= 3 && sure > 0
}

func headerStart(line string) bool {
	line = strings.TrimPrefix(line, "> ")
	for _, name := range []string{"Received:", "Return-Path:", "Return-path:", "Message-ID:", "Message-Id:", "MIME-Version:", "Mime-Version:", "DKIM-Signature:", "Delivered-To:",
		"X-", "From:", "Date:", "To:", "Subject:", "Content-Type:"} {
		if strings.HasPrefix(line, name) {
			return true
		}
	}
	return false
}

// unquote removes quote marks and rules, for parseHeader.
func unquote(lines []string) string {
	lines = lines[:min(len(lines), 300)]
	at := slices.IndexFunc(lines, func(l string) bool {
		_, _, ok := cutField([]byte(strings.TrimPrefix(l, "> ")))
		return ok && !announcesOriginal(l)
	})
	if at < 0 {
		return ""
	}
	var b strings.Builder
	for _, line := range lines[at:] {
		b.WriteString(strings.TrimPrefix(line, "> "))
		b.WriteByte('\n')
	}
	return b.String()
}

// section is the lines of a notice that speak of one address.
type section struct {
	address string
	text    string
}

// sections finds the addresses a notice reports on and gives each its lines:
// from where it is named to where another one is. rest is what stands above
// them and speaks of all.
func (n *notice) sections(known []string, isSenderAddress func(string) bool) (list []section, rest string) {
	named := known
	if len(named) == 0 {
		named = n.named(isSenderAddress)
	}
	texts := map[string]*strings.Builder{}
	var above strings.Builder
	current := &above
	coded := false // the section began with a reply code, as sendmail's transcripts do: the next code is another's
	for _, line := range n.lines {
		if strings.HasPrefix(strings.TrimSpace(line), "---") || coded && beginsWithCode(line) {
			current, coded = &above, false
		}
		for _, address := range findAddresses(line) {
			key := strings.ToLower(address)
			if !containsAddress(named, address) {
				continue
			}
			if texts[key] == nil {
				texts[key] = &strings.Builder{}
			}
			current, coded = texts[key], beginsWithCode(line)
			break
		}
		if !quotesSubject(line) {
			current.WriteString(line)
			current.WriteByte('\n')
		}
	}
	for _, address := range named {
		s := section{address: address}
		if b := texts[strings.ToLower(address)]; b != nil {
			s.text = b.String()
		}
		list = append(list, s)
	}
	return list, above.String()
}

// quotesSubject recognizes a line with the returned message's subject: its words are no
// reason.
func quotesSubject(line string) bool {
	label, _, ok := strings.Cut(fold(line[:min(len(line), 40)]), ":")
	if !ok {
		return false
	}
	return slices.Contains(subjectLabels(), strings.Trim(label, " >*-"))
}

var subjectLabels = sync.OnceValue(func() []string {
	return foldAll("subject", "message subject", "tiêu đề", "chủ đề", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "тема",
		"件名", "主题", "主旨", "主題", "제목")
})

func beginsWithCode(line string) bool {
	return len(line) > 4 && line[3] == ' ' && replyCode(line[:4]) > 0
}

// named gives the addresses a notice reports on: those in the plainest form
// that it has.
func (n *notice) named(isSenderAddress func(string) bool) []string {
	var forms [4][]string
	var plain []string // of our own, in the plainest form: mail to oneself comes back too
	seen := 0
	contactAddresses := n.contactAddresses()
	for i, line := range n.lines {
		for _, address := range findAddresses(line) {
			if seen++; seen > maxAddresses {
				break
			}
			f := n.salience(i, address)
			switch {
			case containsAddress(contactAddresses, address):
			case !isSenderAddress(address):
				forms[f] = append(forms[f], address)
			case f == 0:
				plain = append(plain, address)
			}
		}
	}
	for i, list := range forms {
		if len(list) > 0 {
			if i == 3 && len(plain) > 0 {
				return uniqueAddresses(plain)
			}
			return uniqueAddresses(list)
		}
	}
	return uniqueAddresses(plain)
}

// contactAddresses returns the addresses that the notice offers for help.
func (n *notice) contactAddresses() []string {
	var list []string
	for _, line := range n.lines {
		for _, address := range findAddresses(line) {
			before := strings.TrimRight(fold(line[:strings.Index(line, address)]), " <(:")
			for _, word := range []string{"contact", "support", "help", "postmaster", "administrator", "write to", "lien he"} {
				if strings.HasSuffix(before, word) && len(list) < maxAddresses {
					list = append(list, address)
				}
			}
		}
	}
	return list
}

// form says how plainly a line reports on an address: 0 it begins with it (as
// qmail, Postfix, Exim and sendmail write), 1 it follows RCPT or a word for
// recipient, 2 it follows "to" or "for", 3 it stands anywhere.
func (n *notice) salience(i int, address string) int {
	line := n.lines[i]
	at := strings.Index(line, address)
	before := strings.TrimLeft(fold(line[:at]), "0123456789.-> ") // reply codes, quote marks
	after := strings.TrimLeft(line[at+len(address):], `>"') `)
	if isMailerDaemon(address) && !strings.Contains(before, "rcpt to") {
		return 3
	}
	switch strings.Trim(before, ` <>"'*-:([|`) {
	case "":
		if after == "" || strings.IndexByte(":.;,-(|", after[0]) >= 0 || strings.HasPrefix(line, "<") || strings.HasPrefix(line, " ") {
			return 0
		}
		return 1
	case "from", "sender", "reply-to", "return-path", "x-sender", "message-id", "mail from":
		return 3
	}
	if strings.HasSuffix(strings.TrimRight(before, " <"), "rcpt to:") {
		return 1
	}
	for _, word := range []string{"recipient", "address", "user", "following", "deliver", "empfanger", "destinat", "nguoi nhan", "dia chi", "宛先", "收件人", "x-failed"} {
		if strings.Contains(before, word) {
			return 1
		}
	}
	if strings.HasSuffix(strings.TrimRight(before, " <:"), "to") || strings.HasSuffix(strings.TrimRight(before, " <:"), "for") {
		return 2
	}
	return 3
}
