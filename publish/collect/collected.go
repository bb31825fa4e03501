package collect

import (
	"log/slog"

	"bantin"
	"bantin/store"
)

// Collected tells what a read brought.
type Collected struct {
	Source                                        string
	Added, Revised, Withdrawn, Restored, Replaced []string // ids of bulletins
	Joined                                        []string // those that this source tells too, by this read
	History                                       int      // how many were added that are news to nobody; no list, since there may be years of it
	Doubtful                                      int      // how many of the new and changed ones wait for a person, or were read in part
	Unchanged                                     int      // items that are as they were, or say nothing new
	Gone                                          []string // items that are no more; their bulletins stay
	Problems                                      []Problem
	Warnings                                      []BulletinWarning
}

// BulletinWarning is a warning about a bulletin that was taken: an unknown place, an
// impossible date, the reason why it is held.
type BulletinWarning struct {
	Bulletin string
	Warning  bantin.Note
}

// Changed reports whether readers would see a difference.
func (c *Collected) Changed() bool {
	return len(c.Added)+c.History+len(c.Revised)+len(c.Withdrawn)+len(c.Restored) > 0
}

// Log tells what a read brought, and nothing where it brought nothing.
func (c *Collected) Log(log *slog.Logger) {
	log = log.With("source", c.Source)
	if c.Changed() {
		log.Info("bulletins collected", "added", len(c.Added), "history", c.History, "revised", len(c.Revised), "withdrawn", len(c.Withdrawn), "restored", len(c.Restored))
	}
	for _, p := range c.Problems {
		if !p.Known {
			log.Warn("item not taken", "item", p.Item, "error", p.Err)
		}
	}
	for _, item := range c.Gone {
		log.Warn("item removed; its bulletin stays", "item", item)
	}
	for _, w := range c.Warnings {
		log.Warn("bulletin warning", "bulletin", w.Bulletin, "warning", w.Warning.In(bantin.English))
	}
	for _, id := range c.Joined {
		log.Info("bulletin found in another source too", "bulletin", id)
	}
	for _, id := range c.Replaced {
		log.Warn("item overwritten with another story: stored as a new bulletin", "bulletin_before", id)
	}
}

// warningsOf lists why a bulletin is held, and its warnings.
func warningsOf(b *bantin.Bulletin) []bantin.Note {
	if b.Held == "" {
		return b.Warnings
	}
	return append([]bantin.Note{b.Held}, b.Warnings...)
}

func (d *Collected) record(o store.Outcome, a *store.Arrival) {
	warnings := warningsOf(a.Bulletin)
	switch o.Kind {
	case store.Added:
		if a.History {
			d.History++
		} else {
			d.Added = append(d.Added, o.ID)
		}
	case store.Revised:
		d.Revised = append(d.Revised, o.ID)
	case store.Withdrawn:
		d.Withdrawn = append(d.Withdrawn, o.ID)
	case store.Restored:
		d.Restored = append(d.Restored, o.ID)
	case store.Merged:
		d.Joined = append(d.Joined, o.ID)
	default:
		d.Unchanged++
		warnings = nil // they were reported before
	}
	if o.Kind != store.Unchanged && (a.Bulletin.Held != "" || a.Problem != nil || o.DuplicateReason != "") {
		d.Doubtful++
	}
	if o.DuplicateReason != "" {
		warnings = append([]bantin.Note{o.DuplicateReason}, warnings...)
	}
	for _, w := range warnings {
		d.Warnings = append(d.Warnings, BulletinWarning{o.ID, w})
	}
	if o.Replaced != "" {
		d.Replaced = append(d.Replaced, o.Replaced)
	}
}
