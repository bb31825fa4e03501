//go:build unix

package storm

import (
	"math/rand/v2"
	"sync"
	"time"

	"bantin/internal/smtptest"
)

// ServerFaults is how the mail server misbehaves. Probabilities are from 0 to 1.
type ServerFaults struct {
	Defer       float64       // probability of a temporary refusal of RCPT, MAIL or a body
	Break       float64       // probability that the connection ends before the body does
	Unanswered  float64       // probability that the message is accepted and the connection ends without a reply
	MaxMessages int           // messages per connection, then 421; 0: no limit
	Latency     time.Duration // before the reply to a body
	RefuseEvery int           // one contact in so many is refused permanently; 0: none
}

// faultyServer decides the mail server's replies, and records when each body
// began.
type faultyServer struct {
	ServerFaults
	mu         sync.Mutex
	random     *rand.Rand
	stalled    time.Time // no replies before then
	begun      map[string]time.Time
	got        int
	unanswered int
}

func newFaultyServer(w ServerFaults, seed uint64) *faultyServer {
	return &faultyServer{ServerFaults: w, random: rand.New(rand.NewPCG(seed, 2)), begun: map[string]time.Time{}}
}

// taken is the number of messages that the server accepted.
func (s *faultyServer) taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// stall delays all replies for d, as a network failure does.
func (s *faultyServer) stall(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalled = time.Now().Add(d)
}

func (s *faultyServer) decide(stage smtptest.Stage, arg string) smtptest.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answer(stage, arg)
	if wait := time.Until(s.stalled); wait > 0 {
		a.Wait += wait
	}
	return a
}

func (s *faultyServer) answer(stage smtptest.Stage, arg string) smtptest.Answer {
	chance := s.random.Float64()
	switch stage {
	case smtptest.Mail:
		if chance < s.Defer/4 {
			return smtptest.Answer{Reply: "452 4.3.1 Insufficient system storage"}
		}
	case smtptest.Rcpt:
		switch {
		case s.refuses(arg):
			return smtptest.Answer{Reply: "550 5.1.1 User unknown"}
		case chance < s.Defer/2:
			return smtptest.Answer{Reply: "451 4.7.1 Greylisted, try again"}
		}
	case smtptest.BodyStart:
		s.begun[arg] = time.Now() // the last attempt counts: earlier ones began before the contact left
		if chance < s.Break {
			return smtptest.Answer{Close: true}
		}
	case smtptest.Body:
		return s.answerBody(chance)
	}
	return smtptest.Answer{}
}

// answerBody decides the reply to a complete body.
func (s *faultyServer) answerBody(chance float64) smtptest.Answer {
	switch {
	case chance < s.Defer/4:
		return smtptest.Answer{Reply: "451 4.3.0 Try again later", Wait: s.Latency}
	case chance < s.Defer/4+s.Unanswered:
		s.got++
		s.unanswered++
		return smtptest.Answer{Close: true, Wait: s.Latency}
	}
	s.got++
	return smtptest.Answer{Wait: s.Latency}
}

func (s *faultyServer) refuses(address string) bool {
	n := number(address)
	return s.RefuseEvery > 0 && n >= 0 && n%s.RefuseEvery == 1
}
