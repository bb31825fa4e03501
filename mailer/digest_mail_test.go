package mailer

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bantin/internal/testneed"

	"bantin"
	"bantin/templates"
)

// TestDigestPassesMailcheck puts composed messages before the rules of the
// large receivers.
func TestDigestPassesMailcheck(t *testing.T) {
	tool := testneed.SharedProgram(t, "tools/mailcheck")
	needsDkimpy(t)
	k := newKeyring(t)
	k.signers = k.signers[:1] // the tool knows one key
	record := filepath.Join(t.TempDir(), "s1._domainkey.example.org")
	if err := os.WriteFile(record, []byte(k.records[filepath.Base(record)]), 0o600); err != nil {
		t.Fatal(err)
	}
	sender, tokens := digestSender(k), NewTokens([]byte("bí mật của một máy"))
	local, bare := digestMail(bantin.Vietnamese), digestMail(bantin.Vietnamese)
	local.Site.URL = "http://localhost:8080"
	local.Edition.URL, local.UnsubscribeURL = local.Site.Link("/editions/hang-tuan-47"), local.Site.Link("/unsubscribe/"+TokenPlaceholder)
	bare.Sections, bare.Count, bare.More, bare.Why, bare.Place = nil, 0, 0, "", ""
	cases := map[string]struct {
		mail DigestMail
		skip string
	}{
		"vi": {digestMail(bantin.Vietnamese), ""}, "en": {digestMail(bantin.English), ""},
		"localhost": {local, "list-unsubscribe"}, "empty": {bare, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "digest.eml")
			p, err := tokens.RecipientFields(sender, &bantin.Edition{Digest: c.mail.Digest.ID}, "Nguyễn Thị Ánh", "khuyenhoc@sonla.example.org", randomKey())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, composeDigest(t, c.mail, sender, p), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("/usr/bin/python3", tool, "--address", c.mail.Site.Address, "--dkim-key", record, "--skip", c.skip, file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// digestSender is who mails digests; with bounces and signatures where k has signers.
func digestSender(k keyring) Sender {
	return Sender{Name: "Hội Khuyến học Việt Nam", Address: "bantin@example.org", ReplyTo: "vanphong@example.org",
		BounceAddress: "tra-lai@example.org", Signers: k.signers}
}

func composeDigest(t testing.TB, mail DigestMail, sender Sender, p RecipientFields) []byte {
	t.Helper()
	return file(t, composedDigest(t, mail, sender), p)
}

func composedDigest(t testing.TB, mail DigestMail, sender Sender) *ComposedMessage {
	t.Helper()
	composed, err := Compose(Message{
		Sender:         sender,
		Rendered:       renderDigest(t, mail),
		Digest:         mail.Digest.ID,
		DigestTitle:    mail.Digest.Title,
		ListDomain:     "bantin.example.org",
		Date:           mail.Edition.Date,
		UnsubscribeURL: mail.UnsubscribeURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return composed
}

func BenchmarkRenderDigest(b *testing.B) {
	set, err := templates.Load("")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := RenderDigest(set, digestSubject, digestMail(bantin.Vietnamese)); err != nil {
			b.Fatal(err)
		}
	}
}
