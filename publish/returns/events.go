package returns

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/mailer/webhook"
	"bantin/schedule"
	"bantin/store"
)

// EventMemory is how long it is remembered that an event came: longer than a provider's
// request is accepted (webhook.MaxAge), by clocks that differ too.
const EventMemory = 48 * time.Hour

// How the events of providers are read.
const (
	eventInterval = 2 * time.Second
	eventBatch    = 100
)

// ProofWebhook begins the proof of what a provider reported; its name follows.
const ProofWebhook = "webhook-"

// RunEvents acts on what providers report until ctx ends.
func (r *Returns) RunEvents(ctx context.Context) {
	schedule.Repeat(ctx, eventInterval, nil, func(ctx context.Context) {
		if err := r.TakeEvents(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("webhook events cannot be processed, retrying", "error", err)
		}
	})
}

// TakeEvents acts on all events that wait, the oldest first.
func (r *Returns) TakeEvents(ctx context.Context) error {
	for ctx.Err() == nil {
		list, err := r.DB.ReturnEvents().Waiting(ctx, eventBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if _, err := r.ProcessEvent(ctx, &list[i]); err != nil {
				return err
			}
		}
		if err := r.DB.ReturnEvents().Done(ctx, list); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// ProcessEvent takes what a provider reported, as Process takes a message. The provider's
// own signature was checked when it came. What it reports of other mail of the same
// account proves nothing and is left alone.
func (r *Returns) ProcessEvent(ctx context.Context, e *store.ReturnEvent) (Processed, error) {
	report := webhook.Classify(e.Provider, e.Content, r.Ours...)
	p, err := r.proveEvent(ctx, e.Provider, report)
	if err != nil {
		return Processed{}, fmt.Errorf("take an event of %s: %w", e.Provider, err)
	}
	if p.contact == "" {
		return Processed{Return: store.Return{Kind: string(report.Kind), Reason: string(report.Recipients[0].Reason), Done: store.DoneNothing}}, nil
	}
	said := recipientMeant(p, report)
	t := Processed{Ours: true, Return: p.record(said, r.Now())}
	id := sha256.Sum256([]byte("event\x00" + e.Provider + "\x00" + e.ID))
	t.Message, t.Raw = hex.EncodeToString(id[:16]), e.Content[:min(len(e.Content), maxKept)]
	return r.apply(ctx, t, p, said)
}

// proveEvent finds what our mail carried and the provider gives back. Here the Message-ID
// proves as much as a tag: it is the provider who says that its message came back, and not
// anybody who had the message.
func (r *Returns) proveEvent(ctx context.Context, provider string, report *bounce.Classification) (p proof, err error) {
	source := ProofWebhook + provider
	for _, a := range []string{mailer.AddressOfTag(report.Original.Tag), report.Original.Envelope} {
		if p, ok, err := r.returnPath(ctx, a, source); ok || err != nil {
			return p, err
		}
	}
	p, err = r.messageID(ctx, report)
	p.source = source
	return p, err
}
