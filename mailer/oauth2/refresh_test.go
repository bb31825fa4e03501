package oauth2

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func refreshFile(t *testing.T, token string) (*RefreshToken, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "lam-moi")
	if err := os.WriteFile(name, []byte(token+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	return NewRefreshToken(name, func() (string, error) {
		text, err := os.ReadFile(name)
		return strings.TrimSpace(string(text)), err
	}), name
}

// A refresh token that is replaced with each use: the next one is in the file, and
// is shown next. What a person writes there counts.
func TestRefreshTokenIsReplaced(t *testing.T) {
	clock := newClock()
	s := startTokenServer(t, func(w http.ResponseWriter, form url.Values, n int) {
		giveToken(w, fmt.Sprint("mã ", n), fmt.Sprintf("%s+%d", form.Get("refresh_token"), n))
	})
	file, name := refreshFile(t, "làm mới")
	o := tokensFrom(s, clock)
	o.opt.Refresh = file
	for range 2 {
		if _, err := o.Token(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		clock.add(time.Hour)
	}
	if text, err := os.ReadFile(name); string(text) != "làm mới+1+2\n" || err != nil {
		t.Errorf("the file says %q, %v", text, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(name, []byte("do người ghi"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Token(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, r := range s.requests {
		shown = append(shown, r.Get("grant_type")+" "+r.Get("refresh_token"))
	}
	want := []string{"refresh_token làm mới", "refresh_token làm mới+1", "refresh_token do người ghi"}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the token server was shown (-want +got):\n%s", diff)
	}
}

// Where the file cannot be written, the next token is kept in memory and that is
// logged, without the token.
func TestRefreshTokenThatCannotBeWritten(t *testing.T) {
	clock := newClock()
	s := startTokenServer(t, func(w http.ResponseWriter, form url.Values, _ int) {
		giveToken(w, "mã", form.Get("refresh_token")+"+")
	})
	var log strings.Builder
	o := tokensFrom(s, clock)
	o.opt.Log = slog.New(slog.NewTextHandler(&log, nil))
	o.opt.Refresh = NewRefreshToken(filepath.Join(t.TempDir(), "không", "có"), func() (string, error) { return "làm mới", nil })
	for range 3 {
		if _, err := o.Token(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		clock.add(time.Hour)
	}
	if got := s.requests[2].Get("refresh_token"); got != "làm mới++" {
		t.Errorf("the third request showed %q", got)
	}
	if n := strings.Count(log.String(), "new refresh token cannot be stored"); n != 3 || strings.Contains(log.String(), "làm mới") {
		t.Errorf("the log:\n%s", log.String())
	}
}

func TestRefreshTokenMissing(t *testing.T) {
	s := startTokenServer(t, func(w http.ResponseWriter, _ url.Values, _ int) { giveToken(w, "mã", "") })
	o := tokensFrom(s, newClock())
	for _, read := range []func() (string, error){
		func() (string, error) { return "", nil },
		func() (string, error) { return "", os.ErrPermission },
	} {
		o.opt.Refresh = NewRefreshToken("lam-moi", read)
		if _, err := o.Token(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "refresh token") {
			t.Errorf("without a refresh token: %v", err)
		}
	}
	if s.count() > 0 {
		t.Errorf("the token server was asked %d times", s.count())
	}
}
