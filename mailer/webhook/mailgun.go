package webhook

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/mailer/bounce"
)

// mailgunKind is Mailgun.
func mailgunKind() Kind {
	return Kind{
		Name: "mailgun", Relays: []string{"smtp.mailgun.org", "smtp.*.mailgun.org"}, BusyStatus: http.StatusServiceUnavailable,
		Headers: func(string) []mailer.Header {
			return []mailer.Header{{Name: "X-Mailgun-Variables", Value: `{"bantin": "` + mailer.ProviderTagPlaceholder + `"}`}}
		},
		New: newMailgun, Classify: classifyMailgun,
	}
}

type mailgun struct{ opt Options }

func newMailgun(opt Options) (Provider, error) {
	if opt.Secret == "" {
		return nil, errors.New("the file of secret_file is empty: it must hold Mailgun's HTTP webhook signing key")
	}
	return &mailgun{opt}, nil
}

// Open checks the signature, which stands in the body and covers a time and a token but
// not the event: so each token counts for one event only.
func (p *mailgun) Open(_ context.Context, _ http.Header, body []byte) ([]Event, error) {
	var m struct {
		Signature struct{ Timestamp, Token, Signature string }
		Event     json.RawMessage `json:"event-data"`
	}
	if err := json.Unmarshal(body, &m); err != nil || len(m.Event) == 0 {
		return nil, malformed("it is not the JSON of Mailgun's webhooks")
	}
	s := m.Signature
	mac := hmac.New(sha256.New, []byte(p.opt.Secret))
	mac.Write([]byte(s.Timestamp + s.Token))
	said, err := hex.DecodeString(s.Signature)
	if err != nil || !hmac.Equal(said, mac.Sum(nil)) || s.Token == "" {
		return nil, foreign("its signature is wrong: is it of another account, or secret_file not the HTTP webhook signing key?")
	}
	seconds, err := strconv.ParseInt(s.Timestamp, 10, 64)
	if err != nil {
		return nil, malformed("its time is no number")
	}
	if err := checkAge(time.Unix(seconds, 0), p.opt.Now()); err != nil {
		return nil, err
	}
	e, err := readMailgun(m.Event)
	if err != nil {
		return nil, malformed("its event cannot be read")
	}
	if e.meaning().Reason == bounce.NotABounce {
		return nil, nil
	}
	return []Event{newEvent("mailgun", e.ID, s.Token, m.Event, e.original())}, nil
}

// mailgunEvent is the part of an event that is used.
type mailgunEvent struct {
	ID, Event, Severity, Reason, Recipient string
	Status                                 struct {
		Code        json.Number
		Enhanced    string `json:"enhanced-code"`
		Message     string
		Description string
	} `json:"delivery-status"`
	Reject    struct{ Reason, Description string }
	Envelope  struct{ Sender string }
	Message   struct{ Headers map[string]any }
	Variables map[string]any `json:"user-variables"`
}

func readMailgun(event []byte) (e mailgunEvent, err error) {
	err = json.Unmarshal(event, &e)
	return e, err
}

func classifyMailgun(event []byte, ours ...string) *bounce.Classification {
	e, _ := readMailgun(event) // what cannot be read means nothing
	return meaning(e.original(), e.meaning(ours...))
}

func (e *mailgunEvent) original() bounce.Original {
	text := func(m map[string]any, name string) string {
		s, _ := m[name].(string)
		return s
	}
	o := bounce.Original{Tag: text(e.Variables, "bantin"), Envelope: e.Envelope.Sender, From: text(e.Message.Headers, "from"), To: []string{e.Recipient}}
	if id := text(e.Message.Headers, "message-id"); id != "" {
		o.MessageID = "<" + strings.Trim(id, "<>") + ">"
	}
	return o
}

// meaning judges an event by the server's words, then by Mailgun's reasons.
func (e *mailgunEvent) meaning(ours ...string) bounce.Recipient {
	r := bounce.Recipient{Kind: bounce.Other, Reason: bounce.NotABounce, Address: e.Recipient, Because: bounce.Explanation{
		Rule: bantin.Words{VI: "sự kiện do Mailgun báo", EN: "an event reported by Mailgun"}, Field: "event", Found: strings.TrimSpace(e.Event + " " + e.Reason)}}
	switch e.Event {
	case "failed":
		return e.failed(r, ours)
	case "rejected":
		r.Kind, r.Reason, r.Diagnostic = bounce.Soft, bounce.Policy, bantin.Shorten(strings.TrimSpace(e.Reject.Reason+" "+e.Reject.Description), maxDiagnostic)
	case "complained":
		r.Kind, r.Reason = bounce.Complaint, bounce.Abuse
	case "unsubscribed":
		r.Kind, r.Reason = bounce.Complaint, bounce.OptOut
	}
	return r
}

// failed judges a failure. The reasons "suppress-…" say that Mailgun has the address on a
// list of its own, and did not try.
func (e *mailgunEvent) failed(listed bounce.Recipient, ours []string) bounce.Recipient {
	switch e.Reason {
	case "suppress-bounce":
		listed.Kind, listed.Reason = bounce.Hard, bounce.Withheld
		return listed
	case "suppress-complaint":
		listed.Kind, listed.Reason = bounce.Complaint, bounce.Abuse
		return listed
	case "suppress-unsubscribe":
		listed.Kind, listed.Reason = bounce.Complaint, bounce.OptOut
		return listed
	}
	words := e.Status.Message
	words = cmp.Or(words, e.Status.Description)
	r := bounce.ClassifyReply(e.Recipient, reply(e.Status.Code.String(), e.Status.Enhanced, words), ours...)
	if e.Severity != "permanent" {
		r = notHard(r)
		r.Delayed = true // Mailgun tries again, and reports the end
	}
	return r
}

// reply puts together what the server said, where its codes do not stand in its words.
func reply(code, enhanced, words string) string {
	if enhanced != "" && !strings.Contains(words, enhanced) {
		words = enhanced + " " + words
	}
	if len(code) == 3 && !strings.HasPrefix(words, code) {
		words = code + " " + words
	}
	return words
}

// notHard is the verdict of a failure that the provider does not call permanent.
func notHard(r bounce.Recipient) bounce.Recipient {
	if r.Kind == bounce.Hard {
		r.Kind = bounce.Soft
	}
	return r
}
