//go:build unix

// Package storm is a fault injection test: it mails an edition while faults are
// injected, and then checks every contact against the mail server's record.
//
// It runs real bantin processes against a mail server that refuses messages,
// omits replies and closes connections as real servers do. Meanwhile it kills,
// terminates and freezes the processes, cuts their connections and restarts their
// database, while some contacts leave. The design's promise must hold: every
// contact gets the edition; at most one message for each open connection of a
// killed process or an unanswered message is repeated, under the same Message-ID;
// and contacts who have left get nothing.
package storm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"bantin/internal/smtptest"
)

// Options are the size of a run and its faults.
type Options struct {
	Dir         string // an empty folder
	Program     string // bantin, or a name for PATH
	Contacts    int
	Connections int           // of each node to the mail server
	LeaveGrace  time.Duration // how long after a contact left a message to them may still begin
	Faults      int           // number of random faults; every other one is a kill
	Seed        uint64

	// Nodes is the number of daemons that share the database at Database. Where
	// Database is "", one daemon and a `digest send` share a folder with SQLite.
	Nodes    int
	Database string
	// Restart stops the database server for a time; nil where there is none.
	Restart func(time.Duration)

	ServerFaults ServerFaults
	Script       []string // faults by name, in addition to the random ones
	Log          func(format string, args ...any)
}

// Report is the result of a run.
type Report struct {
	Contacts         int            // in the edition
	Received         int            // contacts for whom the server accepted at least one message
	Refused          int            // contacts whose address the server refuses permanently
	Left             int            // contacts who left before their message began
	ReceivedThenLeft int            // contacts who left and got a message that had begun before
	Lost             []string       // contacts unaccounted for
	Repeated         int            // messages beyond the first of each contact
	AllowedRepeats   int            // how many repeated messages the promise allows
	ChangedMessageID []string       // contacts whose messages have different Message-IDs
	Late             []string       // contacts who got a message that began later than LeaveGrace after they left
	Faults           map[string]int // number of injected faults by name
	Unanswered       int            // messages that the server accepted without a reply
	Counts           Counts         // the edition's counts by bantin
	Audits           int            // of the ledger that were run beside the senders
	Difference       string         // that one of them found; "" for none
}

// Counts are those of an edition, as `editions show --json` gives them.
type Counts struct {
	Queued, Sending, Sent, Deferred, Failed, Skipped int
}

// Err returns which part of the promise was broken, nil where it held.
func (r *Report) Err() error {
	switch {
	case len(r.Lost) > 0:
		return fmt.Errorf("%d of %d contacts were lost, such as %s", len(r.Lost), r.Contacts, r.Lost[0])
	case r.Repeated > r.AllowedRepeats:
		return fmt.Errorf("%d messages were repeated, at most %d may be", r.Repeated, r.AllowedRepeats)
	case len(r.ChangedMessageID) > 0:
		return fmt.Errorf("%d contacts got messages under different Message-IDs, such as %s", len(r.ChangedMessageID), r.ChangedMessageID[0])
	case len(r.Late) > 0:
		return fmt.Errorf("%d contacts had left and got a message, such as %s", len(r.Late), r.Late[0])
	case r.Difference != "" || r.Audits == 0:
		return fmt.Errorf("of %d audits one found that the ledger differs: %s", r.Audits, r.Difference)
	case r.Counts.Queued+r.Counts.Sending+r.Counts.Deferred > 0:
		return fmt.Errorf("the edition is done with deliveries that are not settled: %+v", r.Counts)
	}
	return r.counted()
}

// counted compares the edition's counts with the server's. A contact who left
// after their message had begun may be counted as sent, or as skipped where the
// reply never came.
func (r *Report) counted() error {
	switch c := r.Counts; {
	case c.Sent > r.Received || c.Sent < r.Received-r.ReceivedThenLeft:
		return fmt.Errorf("the edition counts %d sent, the server took messages for %d contacts", c.Sent, r.Received)
	case c.Failed > r.Refused || c.Sent+c.Failed+c.Skipped != r.Contacts:
		return fmt.Errorf("the edition counts %+v, of %d contacts the server refuses %d", c, r.Contacts, r.Refused)
	}
	return nil
}

// storm is one run.
type storm struct {
	Options
	random     *rand.Rand
	server     *smtptest.Server
	mailServer *faultyServer
	proxy      *proxy // nodes reach the database through it; nil for SQLite
	nodes      []*node
	recipients *recipients
	report     Report

	asked time.Time // when the edition's state was last asked for
	done  bool
}

// Run mails one edition while faults are injected. An error means that the run
// could not be made or has stalled; Report.Err tells whether the promise held.
func Run(ctx context.Context, t testing.TB, o Options) (*Report, error) {
	s := &storm{Options: o, random: rand.New(rand.NewPCG(o.Seed, 1)), recipients: newRecipients(o.Contacts)}
	s.report = Report{Contacts: o.Contacts, Faults: map[string]int{}}
	s.mailServer = newFaultyServer(o.ServerFaults, o.Seed)
	s.server = smtptest.StartAs(t, smtptest.Options{Decide: s.mailServer.decide, MaxMessages: o.ServerFaults.MaxMessages, DiscardData: true})
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	defer s.stop()
	if err := s.injectFaults(ctx); err != nil {
		return nil, err
	}
	if err := s.waitUntilDone(ctx); err != nil {
		return nil, err
	}
	s.compare()
	return &s.report, nil
}

// injectFaults injects the faults at even intervals of accepted messages, so that
// each meets a program at work.
func (s *storm) injectFaults(ctx context.Context) error {
	script := s.script()
	step := max(s.Contacts/(len(script)+2), 1)
	for i, fault := range script {
		if err := s.await(ctx, func() bool { return s.mailServer.taken() >= (i+1)*step || s.settled(ctx) }); err != nil {
			return fmt.Errorf("after %v: %w", s.report.Faults, err)
		}
		s.Log("%d taken: %s", s.mailServer.taken(), fault.name)
		s.report.Faults[fault.name]++
		if err := fault.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", fault.name, err)
		}
	}
	return nil
}

// waitUntilDone waits until the edition is done.
func (s *storm) waitUntilDone(ctx context.Context) error {
	return s.await(ctx, func() bool { return s.settled(ctx) })
}

// await waits for a condition, as long as messages keep coming.
func (s *storm) await(ctx context.Context, condition func() bool) error {
	const timeout = 5 * time.Minute // a lease lasts a minute, and a failing relay is paused for up to two
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	moved, seen := time.Now(), -1
	for !condition() {
		if n := s.mailServer.taken(); n != seen {
			moved, seen = time.Now(), n
		}
		if time.Since(moved) > timeout {
			return fmt.Errorf("stalled: %d of %d messages accepted, %+v", seen, s.Contacts, s.report.Counts)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := s.reviveNodes(); err != nil {
			return err
		}
	}
	return nil
}
