package edition

import (
	"context"
	"fmt"
	"time"

	"bantin/schedule"
)

// tendInterval is how often editions are moved on by the clock.
const tendInterval = time.Second

// Run moves editions on by the clock until ctx ends, also while one is being sent.
func (ed *Editor) Run(ctx context.Context) {
	schedule.Repeat(ctx, tendInterval, nil, func(ctx context.Context) {
		if err := ed.Tend(ctx); err != nil && ctx.Err() == nil {
			ed.Log.Error("editions cannot be advanced, retrying", "error", err)
		}
	})
}

// Tend does what the clock and the ledger ask for between due times: it opens
// windows of hours, judges first waves, begins special editions, skips what was cancelled
// and writes reports. Every sender calls it each second; any number may, and where
// nothing is to be done it costs four small queries.
func (ed *Editor) Tend(ctx context.Context) error {
	cancelled, err := ed.DB.Editions().UnsettledCancelled(ctx)
	if err != nil {
		return err
	}
	for _, row := range cancelled {
		if _, err := ed.DB.Editions().SkipCancelled(ctx, row); err != nil {
			return err
		}
	}
	if err := ed.beginScheduled(ctx); err != nil {
		return err
	}
	timed, err := ed.DB.Editions().Timed(ctx)
	if err != nil {
		return err
	}
	for _, row := range timed {
		if err := ed.advance(ctx, row); err != nil {
			return err
		}
	}
	if err := ed.report(ctx); err != nil {
		return err
	}
	return ed.reportProblems(ctx)
}

// advance moves one edition on.
func (ed *Editor) advance(ctx context.Context, row int64) error {
	if err := ed.DB.Editions().AdvanceWindow(ctx, row, window); err != nil {
		return err
	}
	_, err := ed.DB.Editions().AdvanceCanary(ctx, row)
	return err
}

// window is the span of hours that now falls in, or the next one.
func window(hours, zone string, now time.Time) (opens, closes time.Time, err error) {
	w, err := schedule.ParseWindow(hours)
	if err != nil {
		return opens, closes, err
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return opens, closes, fmt.Errorf("zone of the edition: %w", err)
	}
	opens, closes = w.Span(now, loc)
	return opens, closes, nil
}
