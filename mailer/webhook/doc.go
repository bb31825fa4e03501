// Package webhook reads what providers that relay our mail report by HTTP: Amazon SES,
// Mailgun and Brevo. It checks that a request is the provider's own, splits it into
// events, and says what each means, in the verdicts of mailer/bounce.
//
// Two proofs are asked for. A request must be the provider's: signed, or with the secret
// that the provider was given. And an event must give back what our mail carried for it:
// the signed return path, the tag in [Kind.Headers], or our Message-ID. The caller checks
// the second and stores what comes; this package keeps nothing but certificates.
//
// # A further provider
//
// Write NAME.go with a Kind and add it to [Kinds]:
//
//   - New checks what the YAML says and makes a [Provider]. Open checks a request and
//     splits it; an event that says nothing of a returned message (sent, delivered,
//     opened) is left out.
//   - Classify reads one event again, as it was stored.
//   - Headers are what our mail must carry.
//
// Add its name to the choices of smtp.provider and bounces.webhooks in config, its
// payloads to testdata, and how to set it up to docs/bounces.md.
package webhook
