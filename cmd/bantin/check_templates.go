package main

import (
	"strings"
	"time"

	"bantin"
	"bantin/config"
	"bantin/mailer"
	"bantin/templates"
)

// personalDigests warns of digests whose words speak of the contact: that may
// be meant, and it has a price. Templates that fail are reported as such.
func personalDigests(file string, c *config.Config) []config.Problem {
	if len(c.Digests) == 0 {
		return nil
	}
	set, err := templates.Load(c.Templates)
	if err != nil {
		return []config.Problem{brokenTemplate(file, err)}
	}
	site := c.Site.Site()
	var list []config.Problem
	for _, o := range set.Outdated() {
		list = append(list, outdatedTemplate(o))
	}
	for _, d := range c.Digests {
		each, personal, err := mailer.PersonalizationCost(set, d.Subject, &site)
		switch {
		case err != nil:
			list = append(list, brokenTemplate(file, err))
		case personal:
			list = append(list, personalDigest(file, d.ID, each))
		}
	}
	return list
}

func personalDigest(file, id string, each time.Duration) config.Problem {
	const many = 10_000
	seconds := max(1, int((many * each).Round(time.Second).Seconds()))
	return config.Problem{File: file, Warning: true, Message: bantin.Say("thư của bản tin tổng hợp %q nói về từng người nhận (.Contact): mỗi thư được soạn riêng, thêm khoảng %d giây xử lý cho mỗi 10.000 thư",
		"the digest %q uses .Contact, so each message is composed separately: about %d more seconds of processor time per 10,000 messages", id, seconds), Hint: bantin.Words{
		VI: "được phép; bỏ .Contact khỏi mẫu và tiêu đề thì mỗi tỉnh chỉ phải soạn một lần",
		EN: "this is allowed; without .Contact in templates and subject, one message per place is composed",
	}}
}

// outdatedTemplate warns of an override that was written before the program could show
// what the office says at the head of a digest.
func outdatedTemplate(o templates.Outdated) config.Problem {
	missing := strings.Join(o.Missing, ", ")
	return config.Problem{File: o.File, Warning: true, Message: bantin.Say("mẫu này thiếu %s: lời chào, tệp kèm, lời đính chính hoặc ghi chú của văn phòng sẽ không hiện trong thư",
		"this template lacks %s: a greeting, a linked file, a correction or a note of the office would not be shown", missing), Hint: bantin.Words{
		VI: `thêm {{template "greeting" .}}, {{template "corrections" .}} và {{template "note" .}} (trong .txt: các trường cùng tên), hoặc xóa tệp để dùng mẫu có sẵn`,
		EN: `add {{template "greeting" .}}, {{template "corrections" .}} and {{template "note" .}} (in .txt: the fields of these names), or delete the file to use the built-in template`,
	}}
}

func brokenTemplate(file string, err error) config.Problem {
	return config.Problem{File: file, Warning: true, Message: bantin.Say("mẫu thư hỏng: %v", "a mail template fails: %v", err)}
}
