//go:build unix

// Package storm mails an edition while it does its worst, and accounts for
// every contact afterwards from the mail server's own record.
//
// It runs real processes of bantin against a mail server that refuses, forgets
// to answer and hangs up as real ones do, and meanwhile kills them, stops them,
// freezes them, cuts them off and restarts their database, while some contacts
// leave. What must hold is the promise of the design: nobody is lost, what is
// repeated is at most one message for each open connection of what was killed
// or never answered, under its first Message-ID, and who has left gets nothing.
package storm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"bantin/internal/smtptest"
)

// Options say how hard it blows.
type Options struct {
	Dir         string // an empty folder
	Program     string // bantin, or a name for PATH
	Contacts    int
	Connections int           // of each node to the mail server
	Notice      time.Duration // how long after a contact left a message to her may still begin
	Acts        int           // how often something is done to the nodes; every other one is a kill
	Seed        uint64

	// Nodes is how many daemons share the database at Database. Where that is ""
	// it is SQLite: then one daemon and a `digest send` beside it share a folder.
	Nodes    int
	Database string
	// Restart stops the database's server for so long; nil where there is none.
	Restart func(time.Duration)

	Weather Weather
	Script  []string // what is done, by the names of acts, in place of Acts by chance
	Log     func(format string, args ...any)
}

// Report is the account of a storm.
type Report struct {
	Contacts  int            // in the edition
	Got       int            // contacts of whom the server took at least one message
	Refused   int            // contacts whose address the server refuses for good
	Left      int            // contacts who left before their message began
	GotLeft   int            // contacts who left and got one that was begun before
	Lost      []string       // contacts who stand nowhere
	Repeated  int            // messages beyond a contact's first
	MayRepeat int            // how many of these the promise allows
	Unlike    []string       // contacts whose messages bear different Message-IDs
	Late      []string       // contacts who got a message that began later than Notice after they had left
	Acts      map[string]int // what was done, how often
	Unsaid    int            // messages that the server took and never answered for
	Counts    Counts         // bantin's own
}

// Counts are those of an edition, as `editions show --json` gives them.
type Counts struct {
	Queued, Sending, Sent, Deferred, Failed, Skipped int
}

// Err says what of the promise was broken, nil where it held.
func (r *Report) Err() error {
	switch {
	case len(r.Lost) > 0:
		return fmt.Errorf("%d of %d contacts were lost, such as %s", len(r.Lost), r.Contacts, r.Lost[0])
	case r.Repeated > r.MayRepeat:
		return fmt.Errorf("%d messages were repeated, at most %d may be", r.Repeated, r.MayRepeat)
	case len(r.Unlike) > 0:
		return fmt.Errorf("%d contacts got messages under different Message-IDs, such as %s", len(r.Unlike), r.Unlike[0])
	case len(r.Late) > 0:
		return fmt.Errorf("%d contacts had left and got a message, such as %s", len(r.Late), r.Late[0])
	case r.Counts.Queued+r.Counts.Sending+r.Counts.Deferred > 0:
		return fmt.Errorf("the edition is done with deliveries that are not settled: %+v", r.Counts)
	}
	return r.counted()
}

// counted compares the edition's counts with the server's. Only of who left
// after her message was begun either may be said: sent, or skipped where the
// answer never came.
func (r *Report) counted() error {
	switch c := r.Counts; {
	case c.Sent > r.Got || c.Sent < r.Got-r.GotLeft:
		return fmt.Errorf("the edition counts %d sent, the server took messages for %d contacts", c.Sent, r.Got)
	case c.Failed > r.Refused || c.Sent+c.Failed+c.Skipped != r.Contacts:
		return fmt.Errorf("the edition counts %+v, of %d contacts the server refuses %d", c, r.Contacts, r.Refused)
	}
	return nil
}

// storm is one Run.
type storm struct {
	Options
	random *rand.Rand
	server *smtptest.Server
	sky    *sky
	proxy  *proxy // nodes reach the database through it; nil for SQLite
	nodes  []*node
	people *people
	report Report

	asked time.Time // how the edition stands
	done  bool
}

// Run mails one edition through the storm. An error means that the storm could
// not be run, or that nothing moves any more; whether the promise held says the
// report.
func Run(ctx context.Context, t testing.TB, o Options) (*Report, error) {
	s := &storm{Options: o, random: rand.New(rand.NewPCG(o.Seed, 1)), people: newPeople(o.Contacts)}
	s.report = Report{Contacts: o.Contacts, Acts: map[string]int{}}
	s.sky = newSky(o.Weather, o.Seed)
	s.server = smtptest.StartAs(t, smtptest.Options{Decide: s.sky.decide, MostMessages: o.Weather.MostMessages, Forget: true})
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	defer s.stop()
	if err := s.blow(ctx); err != nil {
		return nil, err
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	s.account()
	return &s.report, nil
}

// blow does something to the nodes each time that so many more messages came,
// so that each act meets a program at work.
func (s *storm) blow(ctx context.Context) error {
	script := s.script()
	step := max(s.Contacts/(len(script)+2), 1)
	for i, act := range script {
		if err := s.await(ctx, func() bool { return s.sky.taken() >= (i+1)*step || s.settled(ctx) }); err != nil {
			return fmt.Errorf("after %v: %w", s.report.Acts, err)
		}
		s.Log("%d taken: %s", s.sky.taken(), act.name)
		s.report.Acts[act.name]++
		if err := act.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", act.name, err)
		}
	}
	return nil
}

// settle waits until the edition is done.
func (s *storm) settle(ctx context.Context) error {
	return s.await(ctx, func() bool { return s.settled(ctx) })
}

// await waits for something, as long as messages keep coming.
func (s *storm) await(ctx context.Context, so func() bool) error {
	const patience = 5 * time.Minute // a lease runs a minute, and a relay that failed is left alone for up to two
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	moved, seen := time.Now(), -1
	for !so() {
		if n := s.sky.taken(); n != seen {
			moved, seen = time.Now(), n
		}
		if time.Since(moved) > patience {
			return fmt.Errorf("nothing moves any more: %d of %d messages were taken, %+v", seen, s.Contacts, s.report.Counts)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
