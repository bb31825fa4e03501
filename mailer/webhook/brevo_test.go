package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const brevoSecret = "một mã dài chỉ hai bên biết"

func openBrevo(t *testing.T, authorization, body string) ([]Event, error) {
	t.Helper()
	hook, err := newBrevo(Options{Secret: brevoSecret, Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return hook.Open(t.Context(), header, []byte(body))
}

func TestBrevoSecret(t *testing.T) {
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	body := string(payload(t, "brevo-spam"))
	for authorization, want := range map[string]bool{
		"Bearer " + brevoSecret:            true,
		"bearer " + brevoSecret:            true,
		basic("bantin:" + brevoSecret):     true,
		"":                                 false,
		"Bearer ":                          false,
		"Bearer sai":                       false,
		"Bearer " + brevoSecret + "x":      false,
		basic(brevoSecret + ":"):           false,
		"Basic !":                          false,
		"Digest " + brevoSecret:            false,
		basic("bantin:" + brevoSecret[1:]): false,
	} {
		events, err := openBrevo(t, authorization, body)
		if got := err == nil && len(events) == 1; got != want || !want && !errors.Is(err, ErrForeign) {
			t.Errorf("%q: %d events, %v", authorization, len(events), err)
		}
		if err != nil && strings.Contains(err.Error(), brevoSecret) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
	if _, err := newBrevo(Options{Secret: "ngắn"}); err == nil || strings.Contains(err.Error(), "ngắn") {
		t.Errorf("a short secret: %v", err)
	}
}

// A batch is split; what says nothing of a return is left out, and so is what is too old.
func TestBrevoBatch(t *testing.T) {
	old := strings.Replace(string(payload(t, "brevo-spam")), "1796000001,", fmt.Sprint(testNow().Add(-24*time.Hour).Unix())+",", 1)
	body := "[" + strings.Join([]string{string(payload(t, "brevo-spam")), string(payload(t, "brevo-delivered")), string(payload(t, "brevo-hard-bounce")), old}, ",") + "]"
	events, err := openBrevo(t, "Bearer "+brevoSecret, body)
	if err != nil || len(events) != 2 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	if events[0].ID == events[1].ID || events[0].Nonce != events[0].ID {
		t.Errorf("%+v", events)
	}
	if _, err := openBrevo(t, "Bearer "+brevoSecret, old); !errors.Is(err, ErrForeign) {
		t.Errorf("yesterday's: %v", err)
	}
	for _, body := range []string{"", "[", "null1", "[1]", `{"email": 7}`, strings.Repeat("[", 100000), "[" + strings.Repeat("{},", 1000) + "{}]"} {
		if _, err := openBrevo(t, "Bearer "+brevoSecret, body); !errors.Is(err, ErrMalformed) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}
