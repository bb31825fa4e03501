package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bantin/mailer/bounce"
)

func (a bounceCommands) alarmsCommand() *cobra.Command {
	since := 7 * 24 * time.Hour
	c := &cobra.Command{
		Use:     "alarms",
		Short:   a.text("Xem các nơi nhận đã nói gì về máy chủ và thư của ta", "Show which receivers refused our server or our mail, and why"),
		Example: asTyped("bantin bounce alarms --since 31d"),
		RunE:    a.does(func(ctx context.Context, w *deps, _ []string) error { return a.alarms(ctx, w, since) }),
	}
	c.Flags().Var(duration{&since}, "since", a.text("xem lại bao lâu", "how far back to look"))
	return c
}

func (a bounceCommands) alarms(ctx context.Context, w *deps, since time.Duration) error {
	list, err := w.db.Returns().Alarms(ctx, time.Now().Add(-since))
	if err != nil {
		return err
	}
	for _, one := range list {
		if a.json {
			row := struct {
				Reason     string    `json:"reason"`
				Count      int64     `json:"count"`
				Last       time.Time `json:"last"`
				Diagnostic string    `json:"diagnostic,omitempty"`
			}{one.Reason, one.Count, one.Last, one.Diagnostic}
			if err := a.printJSON(row); err != nil {
				return err
			}
			continue
		}
		a.say("%s: %d lần, lần cuối %s", "%s: %d times, last at %s", bounce.Reason(one.Reason).Words().In(a.language), one.Count, a.formatTime(one.Last, w.site.Location))
		a.detail("máy chủ nói", "the server said", one.Diagnostic)
	}
	if len(list) == 0 && !a.json {
		a.say("Không nơi nào từ chối máy chủ hay thư của ta.", "No receiver has refused our server or our mail.")
	}
	return nil
}
