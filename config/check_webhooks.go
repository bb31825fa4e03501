package config

import (
	"fmt"
	"regexp"
)

// webhooks checks the entries of bounces.webhooks against each other.
func (k *checker) webhooks(b *Bounces) {
	seen := map[string]bool{}
	for i := range b.Webhooks {
		h, path := &b.Webhooks[i], fmt.Sprintf("bounces.webhooks[%d]", i)
		needed, unused := "secret_file", "topic_arn"
		hint := both("ghi khóa bí mật vào một tệp chỉ bantin đọc được; xem docs/bounces.md", "put the secret into a file that only bantin can read; see docs/bounces.md")
		switch h.Provider {
		case "ses":
			needed, unused = unused, needed
			hint = both("ví dụ arn:aws:sns:ap-southeast-1:123456789012:bantin", "for example arn:aws:sns:ap-southeast-1:123456789012:bantin")
		case "mailgun", "brevo":
		default:
			continue // it was reported
		}
		if !k.has(path + "." + needed) {
			k.report.add(k.at(path), both("thiếu khóa %q", "the key %q is missing", needed), hint)
		}
		if k.has(path + "." + unused) {
			k.report.warn(k.at(path+"."+unused), both("%s không dùng khóa này", "%s does not use this key", h.Provider), both("bỏ khóa này", "remove this key"))
		}
		if seen[h.Provider] {
			k.report.add(k.at(path+".provider"), both("%q có hai lần", "%q stands here twice", h.Provider), both("mỗi nhà cung cấp một mục", "one entry a provider"))
		}
		seen[h.Provider] = true
		k.isRelay(h.Provider, path)
	}
}

// isRelay warns of a webhook whose provider does not relay the mail.
func (k *checker) isRelay(provider, path string) {
	s := k.c.SMTP
	if s == nil || s.Provider == "" || s.Provider == provider {
		return // where smtp.provider is absent, the host says it
	}
	k.report.warn(k.at(path+".provider"), both("thư không đi qua %s: smtp.provider là %s", "mail does not go by %s: smtp.provider is %s", provider, s.Provider),
		both("sửa cho khớp, nếu không thì chẳng có gì được báo", "make them agree, or nothing is reported"))
}

var (
	topicARN             = regexp.MustCompile(`^arn:(aws|aws-cn|aws-us-gov):sns:[a-z0-9-]+:\d{12}:[\w.-]+$`)
	configurationSetName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// snsTopic checks the ARN of an SNS topic.
func (k *checker) snsTopic(text *string, path string) {
	if !topicARN.MatchString(*text) {
		k.wrong(path, "%q không phải ARN của một chủ đề SNS", "%q is not the ARN of an SNS topic",
			both("chép từ trang của chủ đề, dạng arn:aws:sns:ap-southeast-1:123456789012:bantin", "copy it from the page of the topic, like arn:aws:sns:ap-southeast-1:123456789012:bantin"))
	}
}

// configurationSet checks the name of a configuration set.
func (k *checker) configurationSet(text *string, path string) {
	if !configurationSetName.MatchString(*text) {
		k.wrong(path, "%q không phải tên configuration set", "%q is not the name of a configuration set",
			both("chỉ có chữ cái không dấu, chữ số, - và _", "letters a to z, digits, - and _ only"))
	}
}
