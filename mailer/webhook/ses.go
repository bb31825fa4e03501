package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"bantin/mailer"
	"bantin/mailer/bounce"
)

// sesKind is Amazon SES, whose events SNS posts.
func sesKind() Kind {
	return Kind{
		Name: "ses", Relays: []string{"email-smtp.*.amazonaws.com", "email-smtp-fips.*.amazonaws.com", "email-smtp.*.amazonaws.com.cn"}, BusyStatus: http.StatusServiceUnavailable,
		Headers: func(set string) []mailer.Header {
			list := []mailer.Header{{Name: "X-SES-MESSAGE-TAGS", Value: "bantin=" + mailer.ProviderTagPlaceholder}}
			if set != "" {
				list = append(list, mailer.Header{Name: "X-SES-CONFIGURATION-SET", Value: set})
			}
			return list
		},
		New: newSES, Classify: classifySES,
	}
}

func classifySES(event []byte, ours ...string) *bounce.Classification {
	if report := bounce.ClassifySES(event, ours...); report != nil {
		return report
	}
	return meaning(bounce.Original{}, bounce.Recipient{Kind: bounce.Other, Reason: bounce.NotABounce})
}

// ses opens what SNS posts for one topic.
type ses struct {
	topic string
	host  string // of SNS in the topic's region
	certs *certificates
	opt   Options
}

var topicARN = regexp.MustCompile(`^arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]+):\d{12}:[\w.-]+$`)

// newSES makes a Provider. The topic says the host at which certificates and the
// confirmation of its subscription lie: no other is asked.
func newSES(opt Options) (Provider, error) {
	m := topicARN.FindStringSubmatch(opt.TopicARN)
	if m == nil {
		return nil, fmt.Errorf("topic_arn %q is not that of an SNS topic", opt.TopicARN)
	}
	host := "sns." + m[2] + ".amazonaws.com"
	if m[1] == "aws-cn" {
		host += ".cn"
	}
	return &ses{topic: opt.TopicARN, host: host, certs: &certificates{get: opt.Get, now: opt.Now}, opt: opt}, nil
}

// snsMessage is what SNS posts to a subscription.
type snsMessage struct {
	Type, MessageId, TopicArn, Message, Timestamp string //nolint:revive // as SNS writes them
	Subject                                       *string
	SignatureVersion, Signature, SigningCertURL   string
	SubscribeURL, Token                           string
}

// Open does what the type of the message says. SNS signs the message, and the topic stands
// in it: another account's is signed as well as ours.
func (s *ses) Open(ctx context.Context, _ http.Header, body []byte) ([]Event, error) {
	var m snsMessage
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, malformed("it is not the JSON of SNS")
	}
	if m.TopicArn != s.topic {
		return nil, foreign("it is of another topic than topic_arn, or was sent by raw message delivery")
	}
	at, err := time.Parse(time.RFC3339, m.Timestamp)
	if err != nil {
		return nil, malformed("it has no time")
	}
	if err := checkAge(at, s.opt.Now()); err != nil {
		return nil, err
	}
	if err := s.verify(ctx, &m); err != nil {
		return nil, err
	}
	switch m.Type {
	case "Notification":
		return s.events(&m), nil
	case "SubscriptionConfirmation":
		return nil, s.subscribe(ctx, &m)
	}
	return nil, nil // UnsubscribeConfirmation: a person ended it
}

// events returns the event that a notification holds, and nothing for other texts, such as
// the first one that SES sends to a topic.
func (s *ses) events(m *snsMessage) []Event {
	report := bounce.ClassifySES([]byte(m.Message))
	if report == nil || report.Recipients[0].Reason == bounce.NotABounce || report.Recipients[0].Reason == bounce.Delivered {
		return nil
	}
	return []Event{newEvent("ses", m.MessageId, "", []byte(m.Message), report.Original)}
}

// subscribe confirms the subscription: bantin alone knows that it is wanted.
func (s *ses) subscribe(ctx context.Context, m *snsMessage) error {
	u, err := url.Parse(m.SubscribeURL)
	if err != nil || !s.isSNS(u) || u.Query().Get("Action") != "ConfirmSubscription" || u.Query().Get("TopicArn") != s.topic {
		return foreign("the address to confirm the subscription at is not that of SNS")
	}
	if _, err := s.opt.Get(ctx, u.String()); err != nil {
		return fmt.Errorf("confirm the subscription to %s: %w", s.topic, err)
	}
	return nil
}

func (s *ses) isSNS(u *url.URL) bool {
	return u.Scheme == "https" && u.Host == s.host && u.User == nil
}

// verify checks the signature of a message.
func (s *ses) verify(ctx context.Context, m *snsMessage) error {
	u, err := url.Parse(m.SigningCertURL)
	if err != nil || !s.isSNS(u) || !certificatePath.MatchString(u.Path) || u.RawQuery != "" {
		return foreign("its certificate does not lie at SNS")
	}
	key, err := s.certs.key(ctx, u.String())
	if errors.Is(err, ErrForeign) {
		return err
	}
	if err != nil {
		return fmt.Errorf("get the certificate of SNS: %w", err)
	}
	return m.verify(key)
}

var certificatePath = regexp.MustCompile(`^/SimpleNotificationService-[0-9a-f]{16,64}\.pem$`)
