package alarm

import (
	"context"
	"fmt"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/schedule"
)

// Certificate is one whose end is watched.
type Certificate struct {
	Kind    bantin.TroubleKind
	Object  string
	Subject bantin.Words
	Hint    bantin.Words
	Ends    func(ctx context.Context) (time.Time, error)
}

// SiteCertificate is the object of the certificate of the site.
const SiteCertificate = "certificate of the site"

const (
	certificateInterval = 2 * time.Hour // sooner than the daily examination, which would tell of it too
	certificateTimeout  = time.Minute
	// certificateStart lets a start be over first, and a restart in a loop ask nobody.
	certificateStart = time.Minute
	// minCertificate is how long a certificate should be valid still: what renews it by
	// itself does so a month before.
	minCertificate = 14 * 24 * time.Hour
)

// WatchCertificates looks at certificates until ctx ends. One node does it for all.
func (a *Alarms) WatchCertificates(ctx context.Context, list []Certificate) {
	if len(list) == 0 || schedule.Sleep(ctx, certificateStart) != nil {
		return
	}
	schedule.Repeat(ctx, certificateInterval, nil, func(ctx context.Context) {
		for i := range list {
			a.lookAtCertificate(ctx, &list[i])
		}
	})
}

// lookAtCertificate begins or ends the trouble of one. A server that does not answer now
// is another trouble.
func (a *Alarms) lookAtCertificate(ctx context.Context, c *Certificate) {
	asked, cancel := context.WithTimeout(ctx, certificateTimeout)
	defer cancel()
	ends, err := c.Ends(asked)
	if err != nil {
		a.Log.Debug("certificate cannot be looked at", "of", c.Object, "error", err)
		return
	}
	if ends.Sub(a.Now()) >= minCertificate {
		a.End(ctx, c.Kind, c.Object)
		return
	}
	at := func(l bantin.Language) string { return mailer.FormatTime(l, ends.In(a.Zone)) }
	a.Begin(ctx, bantin.Trouble{Kind: c.Kind, Object: c.Object, Subject: c.Subject, Hint: c.Hint, What: bantin.Words{
		VI: fmt.Sprintf("Chứng chỉ hết hạn lúc %s.", at(bantin.Vietnamese)),
		EN: fmt.Sprintf("The certificate is valid until %s.", at(bantin.English))}})
}
