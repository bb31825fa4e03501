package main

import (
	"context"
	"fmt"
	"time"

	"bantin"
)

// Progress moves on a terminal; into a file goes a line now and then.
const (
	progressOnTerminal = 500 * time.Millisecond
	progressElsewhere  = time.Minute
)

// speedSpan is how far back to look to look the rate looks: long enough to be calm, short enough
// to follow a relay that slows down.
const speedSpan = 20 * time.Second

// speed tells how fast something goes and how long it will take.
type speed struct {
	seen []mark // the oldest first, of the last speedSpan
}

// mark is how much was done at a moment.
type mark struct {
	at   time.Time
	done int64
}

func (p *speed) add(at time.Time, done int64) {
	for len(p.seen) > 1 && at.Sub(p.seen[1].at) >= speedSpan {
		p.seen = p.seen[1:]
	}
	p.seen = append(p.seen, mark{at, done})
}

// perSecond is the rate of late; 0 where it is not known.
func (p *speed) perSecond() float64 {
	if len(p.seen) < 2 {
		return 0
	}
	first, last := p.seen[0], p.seen[len(p.seen)-1]
	if !last.at.After(first.at) {
		return 0
	}
	return max(0, float64(last.done-first.done)/last.at.Sub(first.at).Seconds())
}

// left is how long what is left will take at this rate; ok is false where that
// is not known.
func (p *speed) left(more int64) (d time.Duration, ok bool) {
	const longest = 30 * 24 * time.Hour
	rate := p.perSecond()
	if rate <= 0 || float64(more)/rate > longest.Seconds() {
		return 0, false
	}
	return time.Duration(float64(more) / rate * float64(time.Second)).Round(time.Second), true
}

// watchProgress tells how far the edition is; the function it gives ends that.
func (a digestCommands) watchProgress(ctx context.Context, w *deps, id string) (stop func()) {
	interval := progressElsewhere
	if a.isTerminal() {
		interval = progressOnTerminal
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		var p speed
		for {
			if e, err := w.db.Editions().Get(ctx, id); err == nil {
				left := e.Counts.Unsettled()
				p.add(time.Now(), e.Counts.Total()-left)
				if len(p.seen) > 1 {
					a.showProgress(a.named(w, &e), e.Counts.Total()-left, e.Counts.Total(), &p)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return func() { cancel(); <-done; a.clearProgress() }
}

// named is the edition, with its status where it is not being sent.
func (a digestCommands) named(w *deps, e *bantin.Edition) string {
	if e.Status == bantin.EditionSending {
		return e.ID
	}
	return e.ID + " (" + editionCommands(a).standing(w, e) + ")"
}

// showProgress says how many of all are done, how fast, and how long it takes.
func (a digestCommands) showProgress(what string, done, all int64, p *speed) {
	text := fmt.Sprintf(a.language.Say("%s: %d/%d thư, %.1f thư/giây", "%s: %d of %d messages, %.1f a second"), what, done, all, p.perSecond())
	if d, ok := p.left(all - done); ok && done < all {
		text += fmt.Sprintf(a.language.Say(", còn %s", ", %s left"), d)
	}
	if a.isTerminal() {
		a.printProgress("%s", "%s", text)
		return
	}
	a.note("%s", "%s", text)
}
