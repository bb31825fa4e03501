//go:build unix

package storm

import (
	"context"
	"os"
	"slices"
	"syscall"
	"time"
)

// fault is a fault that is injected into a run.
type fault struct {
	name string
	do   func(ctx context.Context) error
}

// faults are those that apply to this run; the first is a kill.
func (s *storm) faults() []fault {
	all := []fault{
		{"kill", s.kill},
		{"term", s.term},
		{"freeze", s.freeze},
		{"stall the mail server", s.stallServer},
		{"cut all mail connections", s.cutServer},
		{"leave", s.leave},
	}
	if s.proxy != nil {
		all = append(all, fault{"cut the database off", s.cutDatabase})
	}
	if s.Restart != nil {
		all = append(all, fault{"restart the database", s.restart})
	}
	return all
}

// script is the list of faults: random ones, of which every other is a kill, and
// those of Options.Script.
func (s *storm) script() []fault {
	var script []fault
	all := s.faults()
	for i := range s.Faults {
		if i%2 == 0 {
			script = append(script, all[0])
			continue
		}
		script = append(script, all[1+s.random.IntN(len(all)-1)])
	}
	for _, name := range s.Script {
		if name == freezePastLease {
			script = append(script, fault{name, s.freezeBeyondLease})
			continue
		}
		script = append(script, all[slices.IndexFunc(all, func(a fault) bool { return a.name == name })])
	}
	return script
}

// freezePastLease is a fault that only a Script asks for: it takes longer than
// all others.
const freezePastLease = "freeze past the lease"

// freezeBeyondLease stops a node until others have taken over its work: they
// repeat what it had sent and not recorded.
func (s *storm) freezeBeyondLease(context.Context) error {
	const pastLease = 75 * time.Second
	n := s.randomNode()
	s.report.AllowedRepeats += s.Connections
	if err := n.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return nil // it has ended
	}
	time.Sleep(pastLease)
	return n.cmd.Process.Signal(syscall.SIGCONT)
}

func (s *storm) randomNode() *node { return s.nodes[s.random.IntN(len(s.nodes))] }

func (s *storm) shortDelay() time.Duration {
	return time.Duration(s.random.IntN(1500)) * time.Millisecond
}

// kill ends a node with SIGKILL: messages in progress may be repeated.
func (s *storm) kill(context.Context) error {
	n := s.randomNode()
	if n.runs() {
		s.report.AllowedRepeats += s.Connections
	}
	if err := n.end(os.Kill); err != nil {
		return err
	}
	return n.start()
}

// term ends a node with SIGTERM: nothing may be repeated.
func (s *storm) term(context.Context) error {
	n := s.randomNode()
	if err := n.end(syscall.SIGTERM); err != nil {
		return err
	}
	return n.start()
}

// freeze stops a node for less than a lease: nothing may be repeated.
func (s *storm) freeze(context.Context) error {
	n := s.randomNode()
	if err := n.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return nil // it has ended
	}
	time.Sleep(s.shortDelay())
	return n.cmd.Process.Signal(syscall.SIGCONT)
}

// stallServer delays all replies for a while: nothing may be repeated.
func (s *storm) stallServer(context.Context) error {
	s.mailServer.stall(s.shortDelay())
	return nil
}

// cutServer closes every connection to the mail server: messages sent and not
// answered may be repeated.
func (s *storm) cutServer(context.Context) error {
	s.report.AllowedRepeats += s.Connections * len(s.nodes)
	s.server.HangUp()
	return nil
}

// leave erases a contact. They have left when the command has ended.
func (s *storm) leave(ctx context.Context) error {
	n := s.random.IntN(s.recipients.n)
	out, err := s.command(ctx, "contacts", "erase", address(n))
	if err != nil {
		s.Log("%s cannot leave now: %v %s", address(n), err, out) // the database may be away
		return nil
	}
	if _, before := s.recipients.left[n]; !before {
		s.recipients.left[n] = time.Now()
	}
	return nil
}

// cutDatabase closes the nodes' connections to their database and refuses new
// ones for a while: nothing may be repeated.
func (s *storm) cutDatabase(context.Context) error {
	s.proxy.cut(s.shortDelay())
	return nil
}

// restart restarts the database server: nothing may be repeated.
func (s *storm) restart(context.Context) error {
	s.Restart(s.shortDelay())
	return nil
}
