//go:build unix

package storm

import (
	"context"
	"os"
	"slices"
	"syscall"
	"time"
)

// act is something that is done to the nodes.
type act struct {
	name string
	do   func(ctx context.Context) error
}

// acts are those that apply here; the first is the worst.
func (s *storm) acts() []act {
	all := []act{
		{"kill", s.kill},
		{"term", s.term},
		{"freeze", s.freeze},
		{"stall the mail server", s.stallServer},
		{"cut all mail connections", s.cutServer},
		{"leave", s.leave},
	}
	if s.proxy != nil {
		all = append(all, act{"cut the database off", s.cutDatabase})
	}
	if s.Restart != nil {
		all = append(all, act{"restart the database", s.restart})
	}
	return all
}

// script is what will be done: what was asked for, or chance, in which every
// other act is a kill.
func (s *storm) script() []act {
	var script []act
	all := s.acts()
	for i := range s.Acts {
		if i%2 == 0 {
			script = append(script, all[0])
			continue
		}
		script = append(script, all[1+s.random.IntN(len(all)-1)])
	}
	for _, name := range s.Script {
		if name == frozenLong {
			script = append(script, act{name, s.freezeLong})
			continue
		}
		script = append(script, all[slices.IndexFunc(all, func(a act) bool { return a.name == name })])
	}
	return script
}

// frozenLong is an act that is done only where a Script asks for it: it takes
// longer than all others.
const frozenLong = "freeze past the lease"

// freezeLong stops a node until others have taken its work over: what it had
// handed over and not noted is repeated by them.
func (s *storm) freezeLong(context.Context) error {
	const pastLease = 75 * time.Second
	n := s.any()
	s.report.MayRepeat += s.Connections
	if err := n.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return nil // it has ended
	}
	time.Sleep(pastLease)
	return n.cmd.Process.Signal(syscall.SIGCONT)
}

func (s *storm) any() *node { return s.nodes[s.random.IntN(len(s.nodes))] }

func (s *storm) short() time.Duration { return time.Duration(s.random.IntN(1500)) * time.Millisecond }

// kill ends a node without a word: what was open may be repeated.
func (s *storm) kill(context.Context) error {
	n := s.any()
	if n.runs() {
		s.report.MayRepeat += s.Connections
	}
	if err := n.end(os.Kill); err != nil {
		return err
	}
	return n.start()
}

// term ends a node politely: nothing may be repeated.
func (s *storm) term(context.Context) error {
	n := s.any()
	if err := n.end(syscall.SIGTERM); err != nil {
		return err
	}
	return n.start()
}

// freeze stops a node for less than a lease: nothing may be repeated.
func (s *storm) freeze(context.Context) error {
	n := s.any()
	if err := n.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return nil // it has ended
	}
	time.Sleep(s.short())
	return n.cmd.Process.Signal(syscall.SIGCONT)
}

// stallServer has no answer come for a while: nothing may be repeated.
func (s *storm) stallServer(context.Context) error {
	s.sky.stall(s.short())
	return nil
}

// cutServer breaks every connection to the mail server: what was sent and not
// answered may be repeated.
func (s *storm) cutServer(context.Context) error {
	s.report.MayRepeat += s.Connections * len(s.nodes)
	s.server.HangUp()
	return nil
}

// leave erases a contact. When the command has ended she has left.
func (s *storm) leave(ctx context.Context) error {
	n := s.random.IntN(s.people.n)
	out, err := s.command(ctx, "contacts", "erase", address(n))
	if err != nil {
		s.Log("%s cannot leave now: %v %s", address(n), err, out) // the database may be away
		return nil
	}
	if _, before := s.people.left[n]; !before {
		s.people.left[n] = time.Now()
	}
	return nil
}

// cutDatabase breaks the nodes' connections to their database and lets none
// through for a while: nothing may be repeated.
func (s *storm) cutDatabase(context.Context) error {
	s.proxy.cut(s.short())
	return nil
}

// restart stops the database's server for a while: nothing may be repeated.
func (s *storm) restart(context.Context) error {
	s.Restart(s.short())
	return nil
}
