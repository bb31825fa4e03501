package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"bantin"
	"bantin/internal/freeport"
	"bantin/internal/smtptest"
	"bantin/mailer"
)

// Each trouble that package mailer can tell has words in both languages that name a
// key of the YAML.
func TestSetupHints(t *testing.T) {
	source, err := os.ReadFile("../../mailer/setup_problem.go")
	if err != nil {
		t.Fatal(err)
	}
	problems := regexp.MustCompile(`SetupProblem = "([\w-]+)"`).FindAllSubmatch(source, -1)
	if len(problems) < 20 {
		t.Errorf("only %d problems are found", len(problems))
	}
	for _, found := range problems {
		for _, lang := range bantin.Languages() {
			if text := setupHint(mailer.SetupProblem(found[1])).In(lang); !strings.Contains(text, "smtp.") {
				t.Errorf("%s in %s: %q", found[1], lang, text)
			}
		}
	}
}

// What is wrong with the settings is said with the key to look at: by `digest send`
// and `digest preview --to`, in both languages, and in the daemon's log.
func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	at := func(stage smtptest.Stage, reply string) int {
		return smtptest.Start(t, func(is smtptest.Stage, _ string) smtptest.Answer {
			if is == stage {
				return smtptest.Answer{Reply: reply}
			}
			return smtptest.Answer{}
		}).Port()
	}
	loginPort, roots := loginRefuser(t, "535 5.7.8 sai mật khẩu")
	for name, test := range map[string]struct {
		yaml string
		key  string
	}{
		"port":      {mailYAML(freeport.Port(t), noTLS), "smtp.port"},
		"in clear":  {mailYAML(at("", ""), "tls: tls"), "smtp.tls: starttls"},
		"starttls":  {mailYAML(at("", ""), "tls: starttls"), "smtp.tls"},
		"hello":     {mailYAML(at(smtptest.Hello, "550 5.7.1 tên lạ"), "tls: none, hello: thu.example.org"), "smtp.hello"},
		"authority": {mailYAML(loginPort, "tls: tls"), "smtp.ca_file"},
		"password":  {mailYAML(loginPort, "tls: tls, ca_file: roots.pem, username: bantin, password_file: mat-khau"), "smtp.password_file"},
		"auth":      {mailYAML(loginPort, "tls: tls, ca_file: roots.pem, username: bantin, password_file: mat-khau, auth: scram"), "smtp.auth"},
		"login":     {mailYAML(at(smtptest.Mail, "530 5.7.0 Authentication required"), noTLS), "smtp.username"},
		"sender":    {mailYAML(at(smtptest.Mail, "550 5.7.60 Client does not have permissions to send as this sender"), noTLS), "smtp.from"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := mailFolder(t, mailYAML(freeport.Port(t), noTLS))
			f.write("mat-khau", "mật khẩu sai\n")
			f.write("roots.pem", roots)
			f.write("bantin.yaml", test.yaml)
			f.inVain([]string{"Máy chủ gửi thư chưa dùng được: ", test.key}, sendFor("1s"))
			f.inVain([]string{"The mail server cannot be used: ", test.key}, sendFor("1s", "--lang", "en"))
			for _, lang := range []string{"vi", "en"} {
				f.fails(1, []string{test.key}, "digest", "preview", "hang-tuan", "--contact", "anh@example.org", "--to", "toi@example.org", "--lang", lang)
			}
		})
	}
}

// anyPort has the daemon listen on a free port.
const anyPort = "http: {listen: '127.0.0.1:0'}\n"

// The daemon's log has the hint beside the error.
func TestLogNamesTheKey(t *testing.T) {
	t.Parallel()
	f := mailFolder(t, mailYAML(freeport.Port(t), noTLS))
	f.inVain(nil, sendFor("1s"))
	f.write("bantin.yaml", f.read("bantin.yaml")+anyPort)
	d := f.start("--log", "json")
	until(t, "the log names the key", func() bool {
		return strings.Contains(d.log.String(), `"hint":"Không có gì chạy ở cổng này: hãy xem lại smtp.port`)
	})
}

// Mail goes out with an access token, which is got once and never shown.
func TestMailByToken(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.FormValue("grant_type")
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.URL.Path, "sai") {
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte(`{"error": "invalid_client", "error_description": "sai khóa: khóa bí mật"}`))
			return
		}
		w.Write([]byte(`{"access_token": "mã truy cập", "token_type": "Bearer", "expires_in": 3600}`))
	}))
	t.Cleanup(tokens.Close)
	port, roots := loginRefuser(t, "535 5.7.8 sai mật khẩu")
	f := mailFolder(t, mailYAML(freeport.Port(t), noTLS))
	f.write("khoa", "khóa bí mật\n")
	f.write("roots.pem", roots)
	with := func(path string) string {
		return mailYAML(port, "tls: tls, ca_file: roots.pem, auth: xoauth2, username: bantin@example.org, oauth2: {token_url: "+strconv.Quote(tokens.URL+path)+", client_id: bantin, client_secret_file: khoa}")
	}
	f.write("bantin.yaml", with("/sai"))
	e := f.inVain([]string{"Máy chủ gửi thư chưa dùng được: ", "smtp.oauth2", "invalid_client"}, sendFor("1s"))
	if strings.Contains(e.err+e.out, "khóa bí mật") {
		t.Errorf("the secret is shown:\n%s%s", e.out, e.err)
	}
	f.write("bantin.yaml", with("/token"))
	e = f.inVain([]string{"5.7.8 sai mật khẩu", "smtp.oauth2"}, sendFor("1s"))
	if strings.Contains(e.err+e.out, "mã truy cập") {
		t.Errorf("the token is shown:\n%s%s", e.out, e.err)
	}
	if got := <-asked; got != "client_credentials" {
		t.Errorf("the token server was asked for %q", got)
	}
}

// A refresh token that is replaced with each use and cannot be written into its file
// outlives a reload of the configuration.
func TestRefreshTokenOutlivesReload(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var shown []string
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		shown = append(shown, r.FormValue("refresh_token"))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token": "mã", "token_type": "Bearer", "expires_in": 1, "refresh_token": "mã làm mới %d"}`, len(shown))
	}))
	t.Cleanup(tokens.Close)
	requests := func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(shown)
	}
	port, roots := loginRefuser(t, "454 4.7.0 thử lại sau")
	f := mailFolder(t, mailYAML(freeport.Port(t), noTLS))
	f.inVain(nil, sendFor("1s")) // an edition waits
	f.write("roots.pem", roots)
	f.write("lam-moi", "${BANTIN_TEST_REFRESH}\n")
	f.write("bantin.yaml", mailYAML(port, "tls: tls, ca_file: roots.pem, auth: xoauth2, username: bantin@example.org, oauth2: {token_url: "+strconv.Quote(tokens.URL)+", client_id: bantin, refresh_token_file: lam-moi}")+anyPort)
	d := f.startWith([]string{"BANTIN_TEST_REFRESH=mã đầu"})
	until(t, "the token was replaced", func() bool { return len(requests()) > 1 })
	d.hangUp()
	until(t, "the configuration is read again", func() bool { return strings.Contains(d.log.String(), "the configuration is read again") })
	before := len(requests())
	until(t, "it is shown after the reload", func() bool { return len(requests()) > before })
	for i, token := range requests() {
		if want := fmt.Sprintf("mã làm mới %d", i); i > 0 && token != want {
			t.Errorf("request %d showed %q, want %q", i+1, token, want)
		}
	}
	if !strings.Contains(d.log.String(), "new refresh token cannot be stored; it is kept in memory only") || strings.Contains(d.log.String(), "mã làm mới") {
		t.Errorf("the log:\n%s", d.log)
	}
}
