package office

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bantin"
	"bantin/mailer"
)

// progress is how far an edition is, as the page shows it and renews it.
type progress struct {
	bantin.Language
	Headline string // the finding
	Detail   string
	Strip    []stripPart
	Keys     []stripKey
	Advice   string // how it goes on, while it is held
}

// progressAge is how old a look at an edition may be: ten people who watch it cost the
// database what one costs.
const progressAge = 2 * time.Second

// looks are the last looks at editions, from which their rate is reckoned.
type looks struct {
	mu   sync.Mutex
	byID map[string]*look
}

// look is the last look at an edition, and what was sent at earlier ones.
type look struct {
	mu      sync.Mutex
	at      time.Time
	edition bantin.Edition
	samples []sample
}

type sample struct {
	at   time.Time
	sent int64
}

// rateOver is how far back the rate looks; maxLooks bounds what is remembered.
const (
	rateOver = 2 * time.Minute
	maxLooks = 100
)

// take looks at an edition, or gives the look of another visitor that is fresh.
func (s *looks) take(ctx context.Context, id string, now time.Time, get func(context.Context, string) (bantin.Edition, error)) (e bantin.Edition, rate float64, err error) {
	l := s.of(id)
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.at) >= progressAge || now.Before(l.at) {
		if e, err = get(ctx, id); err != nil {
			return e, 0, err
		}
		l.at, l.edition = now, e
		l.samples = append(l.samples, sample{now, e.Counts.Sent})
		for len(l.samples) > 1 && now.Sub(l.samples[0].at) > rateOver {
			l.samples = l.samples[1:]
		}
	}
	return l.edition, l.rate(), nil
}

// of gives the look at an edition; all are forgotten where there are too many.
func (s *looks) of(id string) *look {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil || len(s.byID) >= maxLooks && s.byID[id] == nil {
		s.byID = map[string]*look{}
	}
	if s.byID[id] == nil {
		s.byID[id] = &look{}
	}
	return s.byID[id]
}

// rate is how many messages a second were sent; 0 where that is not known yet.
func (l *look) rate() float64 {
	first, last := l.samples[0], l.samples[len(l.samples)-1]
	seconds := last.at.Sub(first.at).Seconds()
	if seconds < 1 {
		return 0
	}
	return max(0, float64(last.sent-first.sent)/seconds)
}

// forget has the next look be a fresh one: somebody changed the edition.
func (s *looks) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

// progressOf says how far an edition is.
func (o *office) progressOf(p *page, e *bantin.Edition, rate float64) progress {
	list := []bantin.Edition{*e}
	o.explain(list, p.Language)
	row := o.editionRow(p, &list[0])
	out := progress{Language: p.Language, Strip: row.Strip, Keys: row.Keys, Detail: row.Why}
	c, returned := e.Counts, e.Returned
	left := c.Unsettled()
	switch e.Status {
	case bantin.EditionDone:
		out.Headline = fmt.Sprintf(p.Say("Đã gửi xong %s", "All done: %s sent"), p.messages(c.Sent))
		if n := c.Failed + returned; n > 0 {
			out.Headline = fmt.Sprintf(p.Say("Đã gửi xong; %s không tới nơi", "All done; %s did not arrive"), p.messages(n))
		}
	case bantin.EditionHeld:
		out.Headline = fmt.Sprintf(p.Say("Kỳ này bị giữ lại, còn %s chưa gửi", "This edition is held with %s left"), p.messages(left))
	case bantin.EditionPaused:
		out.Headline = fmt.Sprintf(p.Say("Đang tạm dừng, còn %s chưa gửi", "Paused with %s left"), p.messages(left))
	case bantin.EditionCancelled:
		out.Headline = p.Say("Kỳ này đã hủy", "This edition was cancelled")
	case bantin.EditionDraft:
		out.Headline = fmt.Sprintf(p.Say("Bản thảo chờ duyệt, bản %d", "A draft that waits for approval, version %d"), e.Version)
	case bantin.EditionScheduled:
		out.Headline = p.Say("Kỳ đặc biệt, đã hẹn giờ", "A special edition, its time is to come")
	case bantin.EditionSending:
		out.Headline = fmt.Sprintf(p.Say("Đang gửi, còn %s trong %s", "Being sent, with %s left of %s"), p.Count(left), p.messages(e.Recipients))
		if c.Deferred == left && left > 0 {
			out.Headline = fmt.Sprintf(p.Say("Đã gửi gần hết, còn %s chờ thử lại", "Nearly done, with %s to be tried again"), p.messages(left))
		}
	default:
		out.Headline = fmt.Sprintf(p.Say("Đang chờ gửi %s", "Waiting to send %s"), p.messages(e.Recipients))
	}
	if speed := p.speed(rate, left); speed != "" && e.Status == bantin.EditionSending && out.Detail == "" {
		out.Detail = speed
	}
	if e.Held != nil && (e.Held.Reason == bantin.HeldByPerson || e.Held.Reason == bantin.HeldCopy) {
		out.Advice = mailer.HoldAdvice(e.ID, e.Held).In(p.Language)
	}
	return out
}

// messages is a number of them: "1 message". They stand in titles, so the space does not break.
func (p page) messages(n int64) string {
	if n == 1 {
		return p.Say("1\u00a0thư", "1\u00a0message")
	}
	return p.Count(n) + p.Say("\u00a0thư", "\u00a0messages")
}

// speed says the rate, and the time left.
func (p page) speed(rate float64, left int64) string {
	perMinute := int64(rate * 60)
	if perMinute == 0 || left == 0 {
		return ""
	}
	return fmt.Sprintf(p.Say("Khoảng %s mỗi phút, xong %s.", "About %s a minute, done %s."), p.messages(perMinute),
		p.Until(time.Time{}, time.Time{}.Add(time.Duration(float64(left)/rate)*time.Second)))
}
