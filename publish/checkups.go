package publish

import (
	"context"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// checkupInterval is how long lies between two examinations of the installation.
const (
	checkupInterval = 24 * time.Hour
	// checkupLookInterval is how often it is looked whether one is due, so that a restart
	// or another node neither repeats one nor leaves it out.
	checkupLookInterval = 10 * time.Minute
	// badInterval is how long lies between two examinations while a check is bad.
	badInterval = time.Hour
)

// examineDaily examines the installation once a day, for all nodes. The first time comes
// with the second look: as the daemon starts, its own site does not answer yet.
func (d *Daemon) examineDaily(ctx context.Context) {
	started := false
	schedule.Repeat(ctx, checkupLookInterval, nil, func(ctx context.Context) {
		if started && d.checkupDue(ctx) {
			d.examine(ctx)
		}
		started = true
	})
}

// checkupDue reports whether the last examination was a day ago; or an hour, where a check
// is bad, so that people hear soon that it is good again; or, in the first hour, at all: a
// mail server may have been restarting.
func (d *Daemon) checkupDue(ctx context.Context) bool {
	last, err := d.DB.Checkups().List(ctx)
	if err != nil {
		return false // that the database does not answer others say
	}
	interval := checkupInterval
	for _, c := range last {
		if bad := c.At.Sub(c.BadSince); !c.BadSince.IsZero() {
			interval = min(interval, badInterval)
			if bad < badInterval {
				return true
			}
		}
	}
	return len(last) == 0 || d.Now().Sub(last[0].At).Abs() >= interval
}

// examine examines the installation and keeps what was found. What turned bad is logged.
func (d *Daemon) examine(ctx context.Context) {
	findings := d.Examine(ctx)
	if ctx.Err() != nil {
		return // what was cut off says nothing
	}
	before, err := d.DB.Checkups().List(ctx)
	if err == nil {
		err = d.DB.Checkups().Record(ctx, findings)
	}
	var now []store.Checkup
	if err == nil {
		now, err = d.DB.Checkups().List(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			d.Log.Error("findings of the examination cannot be stored, retrying", "error", err)
		}
		return
	}
	wasBad := map[string]bool{}
	for _, c := range before {
		wasBad[c.Name] = !c.BadSince.IsZero()
	}
	for _, c := range now {
		switch isBad := !c.BadSince.IsZero(); {
		case isBad && !wasBad[c.Name]:
			d.Log.Warn("a check of the installation turned bad", "check", c.Name, "status", c.Status, "what", c.What.In(d.Language), "hint", c.Hint.In(d.Language))
		case !isBad && wasBad[c.Name]:
			d.Log.Info("a check of the installation is good again", "check", c.Name)
		}
	}
}
