package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/mailer/bounce"
)

// brevoKind is Brevo, formerly Sendinblue. It tries again after a 429 only: any other 4xx
// and any 5xx ends the event.
func brevoKind() Kind {
	return Kind{
		Name: "brevo", Relays: []string{"smtp-relay.brevo.com", "smtp-relay.sendinblue.com"}, BusyStatus: http.StatusTooManyRequests,
		Headers: func(string) []mailer.Header {
			return []mailer.Header{{Name: "X-Mailin-custom", Value: "bantin:" + mailer.ProviderTagPlaceholder}}
		},
		New: newBrevo, Classify: classifyBrevo,
	}
}

type brevo struct {
	secret [sha256.Size]byte // its hash: comparing takes the same time for any length
	opt    Options
}

func newBrevo(opt Options) (Provider, error) {
	if len(opt.Secret) < minBrevoSecret {
		return nil, errors.New("the secret of secret_file is too short: at least 16 characters, since everybody who knows it can report anything")
	}
	return &brevo{sha256.Sum256([]byte(opt.Secret)), opt}, nil
}

const (
	minBrevoSecret = 16
	maxBrevoEvents = 1000 // a batch has 500
)

// Open checks the secret, the only proof that Brevo offers: a token, or a user and a
// password in the address. It signs nothing.
func (p *brevo) Open(_ context.Context, header http.Header, body []byte) ([]Event, error) {
	if !p.isAuthorized(header.Get("Authorization")) {
		return nil, foreign("it does not have the secret of secret_file")
	}
	list, err := brevoEvents(body)
	if err != nil {
		return nil, malformed("it is not the JSON of Brevo's webhooks")
	}
	var events []Event
	for _, raw := range list {
		var e brevoEvent
		if err := json.Unmarshal(raw, &e); err != nil {
			return nil, malformed("one of its events cannot be read")
		}
		if e.meaning().Reason == bounce.NotABounce {
			continue
		}
		if err := checkAge(e.at(), p.opt.Now()); err != nil {
			if len(list) == 1 {
				return nil, err
			}
			continue
		}
		events = append(events, newEvent("brevo", "", "", raw, e.original()))
	}
	return events, nil
}

// isAuthorized accepts "Bearer SECRET", and "Basic" with the secret as password.
func (p *brevo) isAuthorized(authorization string) bool {
	scheme, value, _ := strings.Cut(authorization, " ")
	switch strings.ToLower(scheme) {
	case "bearer":
	case "basic":
		pair, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return false
		}
		_, value, _ = strings.Cut(string(pair), ":")
	default:
		return false
	}
	said := sha256.Sum256([]byte(value))
	return subtle.ConstantTimeCompare(said[:], p.secret[:]) == 1
}

// brevoEvents splits a request: one event, or a batch of them.
func brevoEvents(body []byte) (list []json.RawMessage, err error) {
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("[")) {
		if !json.Valid(body) {
			return nil, errors.New("not JSON")
		}
		return []json.RawMessage{body}, nil
	}
	err = json.Unmarshal(body, &list)
	if len(list) > maxBrevoEvents {
		err = errors.New("too many events")
	}
	return list, err
}

// brevoEvent is the part of an event that is used.
type brevoEvent struct {
	Event, Email, Reason string
	MessageID            string  `json:"message-id"`
	Custom               string  `json:"X-Mailin-custom"`
	TSEvent              float64 `json:"ts_event"` // seconds
	TS                   float64 `json:"ts"`
}

func (e *brevoEvent) at() time.Time {
	if e.TSEvent == 0 {
		return time.Unix(int64(e.TS), 0)
	}
	return time.Unix(int64(e.TSEvent), 0)
}

func classifyBrevo(event []byte, ours ...string) *bounce.Classification {
	var e brevoEvent
	_ = json.Unmarshal(event, &e) // what cannot be read means nothing
	return meaning(e.original(), e.meaning(ours...))
}

func (e *brevoEvent) original() bounce.Original {
	o := bounce.Original{To: []string{e.Email}}
	for field := range strings.SplitSeq(e.Custom, "|") {
		if tag, ok := strings.CutPrefix(strings.TrimSpace(field), "bantin:"); ok {
			o.Tag = tag
		}
	}
	if e.MessageID != "" {
		o.MessageID = "<" + strings.Trim(e.MessageID, "<>") + ">"
	}
	return o
}

// meaning judges an event by the server's words. What Brevo calls a hard bounce is one
// only where they say so of the address: its types are about the message.
func (e *brevoEvent) meaning(ours ...string) bounce.Recipient {
	listed := bounce.Recipient{Kind: bounce.Other, Reason: bounce.NotABounce, Address: e.Email, Diagnostic: bantin.Shorten(e.Reason, maxDiagnostic), Because: bounce.Explanation{
		Rule: bantin.Words{VI: "sự kiện do Brevo báo", EN: "an event reported by Brevo"}, Field: "event", Found: e.Event}}
	switch e.Event {
	case "hard_bounce":
		return bounce.ClassifyReply(e.Email, e.Reason, ours...)
	case "soft_bounce", "invalid_email", "error":
		return notHard(bounce.ClassifyReply(e.Email, e.Reason, ours...))
	case "deferred":
		r := notHard(bounce.ClassifyReply(e.Email, e.Reason, ours...))
		r.Delayed = true
		return r
	case "blocked": // Brevo did not try: the address, or our account, is on a list of its own
		listed.Kind, listed.Reason = bounce.Soft, bounce.Withheld
	case "spam", "complaint":
		listed.Kind, listed.Reason = bounce.Complaint, bounce.Abuse
	case "unsubscribed", "unsubscribe":
		listed.Kind, listed.Reason = bounce.Complaint, bounce.OptOut
	}
	return listed
}
