//go:build unix

package storm

import (
	"math/rand/v2"
	"sync"
	"time"

	"bantin/internal/smtptest"
)

// Weather is how the mail server behaves: chances are from 0 to 1.
type Weather struct {
	Defer        float64       // RCPT, MAIL or a body is answered with a temporary refusal
	Break        float64       // the connection ends before the body does
	Unsaid       float64       // the message is taken and the connection ends without an answer
	MostMessages int           // a connection may bring, then 421; 0: any number
	Latency      time.Duration // before the answer to a body
	RefuseEvery  int           // each so-manieth contact's address is refused for good; 0: none
}

// sky decides what the server answers, and keeps when each body began.
type sky struct {
	Weather
	mu      sync.Mutex
	random  *rand.Rand
	stalled time.Time // no answers before
	begun   map[string]time.Time
	got     int
	unsaid  int
}

func newSky(w Weather, seed uint64) *sky {
	return &sky{Weather: w, random: rand.New(rand.NewPCG(seed, 2)), begun: map[string]time.Time{}}
}

// taken is how many messages the server took.
func (s *sky) taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// stall has the server answer nothing for so long, as behind a broken line.
func (s *sky) stall(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalled = time.Now().Add(d)
}

func (s *sky) decide(stage smtptest.Stage, arg string) smtptest.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answer(stage, arg)
	if wait := time.Until(s.stalled); wait > 0 {
		a.Wait += wait
	}
	return a
}

func (s *sky) answer(stage smtptest.Stage, arg string) smtptest.Answer {
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
	case smtptest.Middle:
		s.begun[arg] = time.Now() // the last time counts: earlier ones were before she left
		if chance < s.Break {
			return smtptest.Answer{Close: true}
		}
	case smtptest.Body:
		return s.verdict(chance)
	}
	return smtptest.Answer{}
}

// verdict on a body that came whole.
func (s *sky) verdict(chance float64) smtptest.Answer {
	switch {
	case chance < s.Defer/4:
		return smtptest.Answer{Reply: "451 4.3.0 Try again later", Wait: s.Latency}
	case chance < s.Defer/4+s.Unsaid:
		s.got++
		s.unsaid++
		return smtptest.Answer{Close: true, Wait: s.Latency}
	}
	s.got++
	return smtptest.Answer{Wait: s.Latency}
}

func (s *sky) refuses(address string) bool {
	n := number(address)
	return s.RefuseEvery > 0 && n >= 0 && n%s.RefuseEvery == 1
}
