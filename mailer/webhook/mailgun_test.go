package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const mailgunKey = "khóa ký của tài khoản này"

// signMailgun writes a request as Mailgun does.
func signMailgun(key string, at time.Time, token string, event []byte) string {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + token))
	return fmt.Sprintf(`{"signature": {"timestamp": %q, "token": %q, "signature": %q}, "event-data": %s}`,
		stamp, token, hex.EncodeToString(mac.Sum(nil)), event)
}

func TestMailgun(t *testing.T) {
	hook, err := newMailgun(Options{Secret: mailgunKey, Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	failed := payload(t, "mailgun-failed-permanent")
	good := signMailgun(mailgunKey, testNow(), "t1", failed)
	for name, c := range map[string]struct {
		body   string
		events int
		err    error
	}{
		"as sent":              {good, 1, nil},
		"delivered":            {signMailgun(mailgunKey, testNow(), "t1", payload(t, "mailgun-delivered")), 0, nil},
		"after eleven hours":   {signMailgun(mailgunKey, testNow().Add(-11*time.Hour), "t1", failed), 1, nil},
		"another account":      {signMailgun("khóa khác", testNow(), "t1", failed), 0, ErrForeign},
		"of yesterday":         {signMailgun(mailgunKey, testNow().Add(-24*time.Hour), "t1", failed), 0, ErrForeign},
		"of tomorrow":          {signMailgun(mailgunKey, testNow().Add(24*time.Hour), "t1", failed), 0, ErrForeign},
		"another token":        {strings.Replace(good, `"t1"`, `"t2"`, 1), 0, ErrForeign},
		"another time":         {strings.Replace(good, fmt.Sprint(testNow().Unix()), fmt.Sprint(testNow().Unix()+1), 1), 0, ErrForeign},
		"no signature":         {`{"event-data": {}}`, 0, ErrForeign},
		"no event":             {strings.Replace(good, "event-data", "event", 1), 0, ErrMalformed},
		"an event that is not": {signMailgun(mailgunKey, testNow(), "t1", []byte(`[]`)), 0, ErrMalformed},
		"no JSON":              {"event=failed", 0, ErrMalformed},
	} {
		events, err := hook.Open(t.Context(), nil, []byte(c.body))
		if len(events) != c.events || !errors.Is(err, c.err) {
			t.Errorf("%s: %d events, %v; want %d, %v", name, len(events), err, c.events, c.err)
		}
	}
	// A stolen signature signs any event: the nonce is the token's, the id the event's.
	first, _ := hook.Open(t.Context(), nil, []byte(good))
	stolen, _ := hook.Open(t.Context(), nil, []byte(strings.ReplaceAll(good, "G9Bn5", "XXXXX")))
	if first[0].Nonce != stolen[0].Nonce || first[0].ID == stolen[0].ID {
		t.Errorf("%+v\n%+v", first[0], stolen[0])
	}
	if _, err := newMailgun(Options{}); err == nil {
		t.Error("without a key")
	}
}
