package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bantin/config"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
	"bantin/mailer/webhook"
)

// webhooksFolder has the webhooks of all providers, and an edition that went by Mailgun.
func webhooksFolder(t *testing.T) *folder {
	t.Helper()
	server := smtptest.Start(t, nil)
	f := newFolder(t, map[string]string{"mailgun.key": "khóa ký của tài khoản này\n", "brevo.token": "mot-ma-dai-chi-hai-ben-biet\n", "bulletins/phu-tho.md": phuTho,
		"contacts.csv": "thư điện tử,tỉnh\nlan@example.org,Phú Thọ\nhoa@example.org,Hà Nội\ncuong@example.org,Lào Cai\n",
		"bantin.yaml": mailYAML(server.Port(), "tls: none, provider: mailgun") + `http: {listen: "127.0.0.1:0"}
bounces:
  webhooks:
    - {provider: ses, topic_arn: "arn:aws:sns:ap-southeast-1:123456789012:bantin"}
    - {provider: mailgun, secret_file: mailgun.key}
    - {provider: brevo, secret_file: brevo.token}
`})
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	f.ok("digest", "send", "hang-tuan")
	for _, m := range server.Messages() {
		if !strings.Contains(string(m.Data), "X-Mailgun-Variables:") || strings.Contains(m.From, "+") {
			t.Errorf("from %s:\n%s", m.From, m.Data)
		}
	}
	return f
}

// The commands of docs/bounces.md do what it says, against a daemon that has no mailbox:
// one contact is pending, one unsubscribed from everything, and what SNS has not signed is
// refused.
func TestWebhooksAsDocumented(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			testneed.Skip(t, program)
		}
	}
	f := webhooksFolder(t)
	d := f.start()
	page, err := os.ReadFile("../../docs/bounces.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Providers that report by HTTP")
	section, _, _ = strings.Cut(section, "\n## ")
	var answers []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(section, -1) {
		script := strings.NewReplacer("https://bantin.example.org", d.base, "/etc/bantin/", f.dir+"/").Replace(block[1])
		cmd := exec.Command("sh", "-eu", "-c", script)
		answers = append(answers, strings.TrimSpace(f.end(cmd).out))
	}
	if !slices.Equal(answers, []string{"403", "200", "200"}) {
		t.Fatalf("the commands answer %q", answers)
	}
	until(t, "the reports are acted on", func() bool { return f.suppressed() == "hoa@example.org abuse" })
	f.tells(map[string]string{
		"contacts show lan@example.org":               "thư ở kỳ hang-tuan-1 bị từ chối, ",
		"contacts show cuong@example.org":             "đã gửi",
		"suppressions list hoa@example.org":           "biết là ai nhờ: nhà cung cấp gửi thư báo (brevo)",
		"editions show hang-tuan-1 --json":            `"returned":1`,
		"check":                                       "Webhook của mailgun: https://bantin.example.org/returns/mailgun",
		"suppressions list hoa@example.org --message": `"event": "spam"`,
	})
	if e := f.bantin("doctor", "--resolver", "127.0.0.1:1"); !strings.Contains(e.out, "mailgun.key") || strings.Contains(e.out, "bounces.mailbox") {
		t.Errorf("the doctor, without a mailbox:\n%s", e.out)
	}
	if res := d.get("/returns/mailgun"); res.status != http.StatusMethodNotAllowed {
		t.Errorf("in a browser: %d", res.status)
	}
	if log := d.log.String(); !strings.Contains(log, "webhook request refused") || strings.Contains(log, "khóa ký") || strings.Contains(log, "mot-ma-dai") {
		t.Errorf("the log:\n%s", log)
	}
	d.stop()
}

// A secret that cannot be used stops the daemon and is told by check, and never shown.
func TestWebhookSecrets(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"brevo.token": "ngắn", "bulletins/x.md": phuTho,
		"bantin.yaml": mailYAML(25, "tls: none") + "bounces: {webhooks: [{provider: brevo, secret_file: brevo.token}]}\nhttp: {listen: 127.0.0.1:0}\n"})
	for _, args := range [][]string{{"check"}, {"run"}} {
		e := f.bantin(args...)
		if e.status == 0 || !strings.Contains(e.err, "at least 16 characters") || strings.Contains(e.out+e.err, "ngắn") {
			t.Errorf("%v: status %d\n%s%s", args, e.status, e.out, e.err)
		}
	}
	if e := f.bantin("check"); !strings.Contains(e.err, "smtp.host 127.0.0.1 không phải của brevo") {
		t.Errorf("mail that does not go by Brevo:\n%s", e.err)
	}
}

// The names that the YAML takes are those of the providers.
func TestProviderNames(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range webhook.Kinds() {
		names = append(names, k.Name)
	}
	schema, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]string{names, append(slices.Clone(names), "none")} {
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if flat := strings.Join(strings.Fields(string(schema)), ""); !strings.Contains(flat, `"enum":`+string(text)) {
			t.Errorf("the schema has no choice of %s", text)
		}
	}
}
