package main

import (
	"bantin"
	"bantin/config"
	"bantin/mailer/webhook"
)

// webhookProblems are what is wrong with bounces.webhooks beyond the form of the file:
// a secret that cannot be used, and mail that does not go by the provider.
func webhookProblems(file string, c *config.Config) []config.Problem {
	if c.Bounces == nil {
		return nil
	}
	var list []config.Problem
	for i := range c.Bounces.Webhooks {
		h := &c.Bounces.Webhooks[i]
		if _, err := openWebhook(h, webhook.Options{}); err != nil {
			list = append(list, config.Problem{File: file, Message: bantin.Say("webhook của %s không dùng được: %v", "the webhook of %s cannot be used: %v", h.Provider, err), Hint: bantin.Words{VI: "cách lấy khóa: docs/bounces.md", EN: "docs/bounces.md says where to get the secret"}})
		}
		if c.SMTP == nil || c.SMTP.Provider != "" {
			continue // smtp.provider was compared already
		}
		if webhook.KindOfRelay(c.SMTP.Host).Name != h.Provider {
			list = append(list, config.Problem{File: file, Warning: true, Message: bantin.Say("smtp.host %s không phải của %s: thư không mang những gì %s cần để báo lại",
				"smtp.host %s is not known as one of %s: mail does not carry what %s needs to report it", c.SMTP.Host, h.Provider, h.Provider), Hint: bantin.Say("thêm provider: %s trong smtp nếu thư đi qua đó",
				"add provider: %s in smtp if mail goes by it", h.Provider)})
		}
	}
	return list
}

// printWebhooks says which addresses the providers must be given.
func (a checkCommand) printWebhooks(c *config.Config) {
	if c.Bounces == nil {
		return
	}
	site := c.Site.Site()
	for _, h := range c.Bounces.Webhooks {
		a.say("Webhook của %s: %s", "Webhook of %s: %s", h.Provider, site.Link("/returns/"+h.Provider))
	}
}
