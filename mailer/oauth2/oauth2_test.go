package oauth2

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const clientSecret = "bí mật của ứng dụng"

// tokenServer is a token server (RFC 6749) that answers as the test says.
type tokenServer struct {
	*httptest.Server
	mu       sync.Mutex
	requests []url.Values
	answer   func(w http.ResponseWriter, form url.Values, count int)
}

func startTokenServer(t *testing.T, answer func(w http.ResponseWriter, form url.Values, count int)) *tokenServer {
	t.Helper()
	s := &tokenServer{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		if id, secret, ok := r.BasicAuth(); ok {
			id, _ = url.QueryUnescape(id)
			secret, _ = url.QueryUnescape(secret)
			r.PostForm.Set("client_id", id)
			r.PostForm.Set("client_secret", secret)
		}
		s.mu.Lock()
		s.requests = append(s.requests, r.PostForm)
		n := len(s.requests)
		s.mu.Unlock()
		s.answer(w, r.PostForm, n)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// giveToken answers with a token for an hour, and a refresh token where it is not "".
func giveToken(w http.ResponseWriter, token, refresh string) {
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600}
	if refresh != "" {
		answer["refresh_token"] = refresh
	}
	json.NewEncoder(w).Encode(answer)
}

func refuseToken(w http.ResponseWriter, status int, code, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": description})
}

// testClock is a clock that a test sets.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *testClock {
	return &testClock{now: time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)}
}

func tokensFrom(s *tokenServer, clock *testClock) *Tokens {
	return New(Options{TokenURL: s.URL + "/token", ClientID: "bantin", ClientSecret: clientSecret, Scope: "https://outlook.office365.com/.default SMTP.Send",
		Now: clock.Now, Log: slog.New(slog.DiscardHandler)})
}

// One request serves all connections, with the grant of client credentials.
func TestOneTokenForAllConnections(t *testing.T) {
	s := startTokenServer(t, func(w http.ResponseWriter, _ url.Values, n int) { giveToken(w, fmt.Sprint("mã ", n), "") })
	o := tokensFrom(s, newClock())
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := o.Token(t.Context(), ""); got != "mã 1" || err != nil {
				t.Errorf("Token: %q, %v", got, err)
			}
		})
	}
	all.Wait()
	want := []url.Values{{"grant_type": {"client_credentials"}, "scope": {"https://outlook.office365.com/.default SMTP.Send"}, "client_id": {"bantin"}, "client_secret": {clientSecret}}}
	if diff := cmp.Diff(want, s.requests); diff != "" {
		t.Errorf("the token server heard (-want +got):\n%s", diff)
	}
}

// A token is renewed five minutes before its end. Where that fails it is used to its
// end, and not beyond.
func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	clock := newClock()
	var down bool
	s := startTokenServer(t, func(w http.ResponseWriter, _ url.Values, n int) {
		if down {
			refuseToken(w, http.StatusServiceUnavailable, "temporarily_unavailable", "đang bảo trì")
			return
		}
		giveToken(w, fmt.Sprint("mã ", n), "")
	})
	o := tokensFrom(s, clock)
	for _, at := range []struct {
		after time.Duration
		down  bool
		want  string
	}{
		{0, false, "mã 1"},
		{54 * time.Minute, false, "mã 1"},
		{2 * time.Minute, true, "mã 1"}, // it fails, and there are four minutes left
		{time.Minute, false, "mã"},      // a new one
		{70 * time.Minute, true, ""},
	} {
		clock.add(at.after)
		down = at.down
		got, err := o.Token(t.Context(), "")
		if !strings.HasPrefix(got, at.want) || at.want == "mã" && got == "mã 1" || (err != nil) != (at.want == "") {
			t.Errorf("after %v: %q, %v, want %q", at.after, got, err, at.want)
		}
		if token := (*Error)(nil); err != nil && (!errors.As(err, &token) || token.Refused || !strings.Contains(err.Error(), "đang bảo trì")) {
			t.Errorf("a server that is down: %v", err)
		}
	}
}

// A refused token is renewed, but not at once after it was got.
func TestRefusedTokenIsRenewed(t *testing.T) {
	clock := newClock()
	s := startTokenServer(t, func(w http.ResponseWriter, _ url.Values, n int) { giveToken(w, fmt.Sprint("mã ", n), "") })
	o := tokensFrom(s, clock)
	for _, step := range []struct {
		after         time.Duration
		refused, want string
	}{{0, "", "mã 1"}, {time.Second, "mã 1", "mã 1"}, {2 * time.Minute, "mã 1", "mã 2"}, {0, "mã 1", "mã 2"}, {0, "mã 2", "mã 2"}} {
		clock.add(step.after)
		if got, err := o.Token(t.Context(), step.refused); got != step.want || err != nil {
			t.Errorf("Token(%q) after %v: %q, %v, want %q", step.refused, step.after, got, err, step.want)
		}
	}
}

// What a token server may answer instead: each a bounded error without secrets.
func TestTokenServerFails(t *testing.T) {
	page := func(status int, body string) func(http.ResponseWriter, url.Values, int) {
		return func(w http.ResponseWriter, _ url.Values, _ int) { w.WriteHeader(status); io.WriteString(w, body) }
	}
	jsonBody := func(body string) func(http.ResponseWriter, url.Values, int) {
		return func(w http.ResponseWriter, _ url.Values, _ int) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, body)
		}
	}
	refusal := func(status int, code string) func(http.ResponseWriter, url.Values, int) {
		return func(w http.ResponseWriter, form url.Values, _ int) {
			refuseToken(w, status, code, "sai: "+form.Get("client_secret")+" "+strings.Repeat("dài ", 500))
		}
	}
	for name, test := range map[string]struct {
		answer  func(http.ResponseWriter, url.Values, int)
		refused bool
		says    string
	}{
		"wrong secret":      {refusal(401, "invalid_client"), true, "invalid_client (status 401)"},
		"wrong grant":       {refusal(400, "invalid_grant"), true, "invalid_grant"},
		"wrong scope":       {refusal(400, "invalid_scope"), true, "invalid_scope"},
		"busy":              {refusal(503, "temporarily_unavailable"), false, "temporarily_unavailable"},
		"too many requests": {refusal(429, "invalid_request"), false, "status 429"},
		"broken":            {page(500, "<html>"+clientSecret+"</html>"), false, "status 500"},
		"no such page":      {page(404, "không có trang này"), false, "status 404"},
		"unauthorized page": {page(401, "sai"), true, "status 401"},
		"elsewhere": {func(w http.ResponseWriter, _ url.Values, _ int) {
			w.Header().Set("Location", "/khac")
			w.WriteHeader(307)
		}, false, "status 307"},
		"a page":                 {page(200, "<html>chào "+clientSecret+"</html>"), false, "not an access token"},
		"half of JSON":           {jsonBody(`{"access_token": "` + clientSecret), false, "not an access token"},
		"no token":               {jsonBody(`{"token_type": "Bearer"}`), false, "not an access token"},
		"a list":                 {jsonBody(`["a"]`), false, "not an access token"},
		"a megabyte of nonsense": {jsonBody(`{"x": "` + strings.Repeat("x", 3<<20) + `"}`), false, "not an access token"},
		"hangs up": {func(w http.ResponseWriter, _ url.Values, _ int) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
		}, false, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startTokenServer(t, test.answer)
			_, err := tokensFrom(s, newClock()).Token(t.Context(), "")
			token := (*Error)(nil)
			if !errors.As(err, &token) || token.Refused != test.refused || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v (%+v), want refused %t, %q", err, token, test.refused, test.says)
			}
			if text := err.Error(); strings.Contains(text, clientSecret) || len(text) > 600 || strings.ContainsAny(text, "\r\n") {
				t.Errorf("the error says %q", text)
			}
		})
	}
}

// A token server that is down, and one that never answers.
func TestTokenServerSilent(t *testing.T) {
	hold := make(chan struct{})
	s := startTokenServer(t, func(http.ResponseWriter, url.Values, int) { <-hold })
	defer close(hold)
	o := tokensFrom(s, newClock())
	o.client.Timeout = 20 * time.Millisecond
	if _, err := o.Token(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "Client.Timeout") {
		t.Errorf("silent: %v", err)
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	o = New(Options{TokenURL: gone.URL, ClientID: "bantin", ClientSecret: clientSecret, Now: time.Now})
	if _, err := o.Token(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("down: %v", err)
	}
}

// Who asked first has stopped: the others go on with a request of their own.
func TestFirstToAskStops(t *testing.T) {
	asked, hold := make(chan struct{}), make(chan struct{})
	s := startTokenServer(t, func(w http.ResponseWriter, _ url.Values, n int) {
		if n == 1 {
			close(asked)
			<-hold
		}
		giveToken(w, fmt.Sprint("mã ", n), "")
	})
	defer close(hold)
	o := tokensFrom(s, newClock())
	first, stop := context.WithCancel(t.Context())
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := o.Token(first, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("the first: %v", err)
		}
	})
	<-asked
	both.Go(func() {
		if got, err := o.Token(t.Context(), ""); !strings.HasPrefix(got, "mã ") || err != nil {
			t.Errorf("the second: %q, %v", got, err)
		}
	})
	stop()
	both.Wait()
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Foreign input: whatever a token server answers gives a token or a short error.
func FuzzTokenAnswer(f *testing.F) {
	for _, seed := range []struct {
		status     int
		kind, body string
	}{
		{200, "application/json", `{"access_token":"a","expires_in":"3600"}`},
		{200, "application/json", `{"access_token":"a","expires_in":-5}`},
		{200, "application/x-www-form-urlencoded", "access_token=a&expires=99999999999999999999"},
		{400, "application/json", `{"error":"invalid_grant","error_description":"` + clientSecret + `"}`},
		{302, "text/html", "<html>"}, {200, "", "\x00\xff"},
	} {
		f.Add(seed.status, seed.kind, seed.body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		if status < 100 || status > 599 {
			return
		}
		o := New(Options{TokenURL: "http://127.0.0.1/token", ClientID: "bantin", ClientSecret: clientSecret, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		o.client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})
		token, err := o.Token(t.Context(), "")
		if (err == nil) != (token != "") {
			t.Errorf("token %q and error %v", token, err)
		}
		if err != nil && (len(err.Error()) > 1000 || strings.Contains(err.Error(), clientSecret)) {
			t.Errorf("the error says %q", err)
		}
	})
}
