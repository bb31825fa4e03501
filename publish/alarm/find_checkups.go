package alarm

import (
	"context"
	"slices"
	"strings"

	"bantin"
)

// badCheckups finds what the daily examination of the installation found bad that was good
// before: a record of the DNS, a certificate, the way to the site.
func (a *Alarms) badCheckups(ctx context.Context, open []bantin.Trouble) ([]bantin.Trouble, error) {
	checkups, err := a.DB.Checkups().List(ctx)
	if err != nil {
		return nil, err
	}
	relayIsTold := slices.ContainsFunc(open, func(t bantin.Trouble) bool { return t.Kind == bantin.TroubleRelay })
	siteIsTold := slices.ContainsFunc(open, func(t bantin.Trouble) bool { return t.Object == SiteCertificate })
	var list []bantin.Trouble
	for _, c := range checkups {
		if c.BadSince.IsZero() || isWatchedOtherwise(c.Name) || relayIsTold && strings.HasPrefix(c.Name, "smtp_") || siteIsTold && c.Name == "site_url" {
			continue
		}
		list = append(list, bantin.Trouble{
			Kind: bantin.TroubleTask, Object: "check " + c.Name, Since: c.BadSince,
			Subject: bantin.Words{VI: "Mục kiểm tra " + c.Name, EN: "Check " + c.Name},
			What:    bantin.Words{VI: c.What.In(bantin.Vietnamese), EN: c.What.In(bantin.English)},
			Hint: bantin.Words{VI: strings.TrimPrefix(c.Hint.In(bantin.Vietnamese)+"; thử lại: bantin doctor", "; "),
				EN: strings.TrimPrefix(c.Hint.In(bantin.English)+"; to try again: bantin doctor", "; ")},
		})
	}
	return list, nil
}

// isWatchedOtherwise reports whether a check looks at what is watched all the time, and
// told as a trouble of its own.
func isWatchedOtherwise(check string) bool {
	return slices.Contains([]string{"disk", "database", "clock", "sources", "contacts", "imap_login", "audience"}, check)
}
