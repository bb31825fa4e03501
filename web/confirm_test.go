package web

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"

	"bantin/mailer"
)

// Tokens as mail programs hand them on, and those that are none.
func TestConfirmTokens(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	s.post(t, "/subscribe", signUpForm("lan@example.org"))
	token := strings.TrimPrefix(linkIn(t, s.mails(t)[0], "confirm"), "/confirm/")
	key := s.contactKey(t)
	other, err := s.tokens.LinkToken(mailer.PurposeAccount, key, s.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	never, err := s.tokens.LinkToken(mailer.PurposeConfirm, strings.Repeat("ab", 16), s.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		token  string
		status int
	}{
		"whole":        {token, 200},
		"line break":   {token[:20] + "%0D%0A" + token[20:], 200},
		"quoted":       {token[:20] + "=%0A" + token[20:], 200},
		"blank":        {"%20" + token[:30] + "%20" + token[30:], 200},
		"full stop":    {token + ".", 200},
		"bracket":      {token + "%3E", 200},
		"cut":          {token[:len(token)-3], 404},
		"cut short":    {token[:5], 404},
		"altered":      {altered(token), 404},
		"longer":       {token + "AAAA", 404},
		"huge":         {strings.Repeat("a", 20_000), 404},
		"of another":   {other, 404},
		"to leave":     {s.contact(t, "hang-tuan"), 404},
		"never asked":  {never, 410},
		"another case": {strings.ToUpper(token), 404},
	} {
		if res, _ := s.do(t, "GET", "/confirm/"+tt.token, ""); res.StatusCode != tt.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, tt.status)
		}
	}
	s.pass(confirmTTL)
	for _, method := range []string{"GET", "POST"} {
		res, body := s.do(t, method, "/confirm/"+token, "")
		if res.StatusCode != 410 || !strings.Contains(body, "đã hết hạn") || !strings.Contains(body, "/subscribe") {
			t.Errorf("%s after a week: %d", method, res.StatusCode)
		}
	}
	if s.known(t, "lan@example.org") != nil {
		t.Error("a link that is none confirmed")
	}
}

// contactKey adds mai@sonla.example.org and returns their key.
func (s *testSite) contactKey(t *testing.T) string {
	t.Helper()
	s.contact(t, "hang-tuan")
	return s.known(t, "mai@sonla.example.org").Key
}

// checkMail holds all that was mailed against what receivers demand.
func (s *testSite) checkMail(t *testing.T) {
	t.Helper()
	t.Run("mailcheck", func(t *testing.T) {
		tool := testneed.SharedProgram(t, "tools/mailcheck")
		for _, l := range s.mails(t) {
			out, err := exec.CommandContext(t.Context(), tool, "--skip", "list-unsubscribe,list-id,unsubscribe-visible", l.file).CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", l.subject, err, out)
			}
		}
	})
}
