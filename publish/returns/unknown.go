package returns

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/mailer/webhook"
	"bantin/store"
)

// Unknown is a shape of what came back and was not understood.
type Unknown struct {
	Shape string // the server's words or the subject, without addresses and numbers
	Kind  bounce.Kind
	Count int
	Last  time.Time
}

// maxShapes bounds how many shapes are told apart; what comes after counts as one.
const maxShapes = 1000

// Unknown counts what came back since a time and is not understood, by its shape, the most
// frequent first. Everything is read again by today's table of wordings: what a new line
// explains is no longer unknown.
func (r *Returns) Unknown(ctx context.Context, since time.Time) ([]Unknown, error) {
	shapes := map[string]*Unknown{}
	err := r.DB.Returns().Since(ctx, since, func(back store.Return) error {
		said, subject := r.again(back)
		if said.Understood() {
			return nil
		}
		shape := mailer.GeneralReply(cmp.Or(said.Diagnostic, subject))
		if shapes[shape] == nil && len(shapes) >= maxShapes {
			shape = "…"
		}
		if shapes[shape] == nil {
			shapes[shape] = &Unknown{Shape: shape, Kind: said.Kind}
		}
		shapes[shape].Count++
		shapes[shape].Last = back.At
		return nil
	})
	var list []Unknown
	for _, u := range shapes {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b Unknown) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Shape, b.Shape))
	})
	return list, err
}

// again reads a return again: its message, while that is kept, else the reply.
func (r *Returns) again(back store.Return) (said bounce.Recipient, subject string) {
	if len(back.Raw) == 0 {
		if back.Diagnostic == "" {
			return bounce.Recipient{Kind: bounce.Kind(back.Kind), Reason: bounce.Reason(back.Reason)}, ""
		}
		return bounce.ClassifyReply(back.Address, back.Diagnostic, r.Ours...), ""
	}
	if provider, ok := strings.CutPrefix(back.Proof, ProofWebhook); ok {
		report := webhook.Classify(provider, back.Raw, r.Ours...)
		return recipientMeant(proof{address: back.Address}, report), ""
	}
	report := bounce.Classify(back.Raw, r.Ours...)
	return recipientMeant(proof{address: back.Address}, report), report.Subject
}
