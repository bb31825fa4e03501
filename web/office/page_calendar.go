package office

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/templates"
)

// calendarPage shows the due times of the next three months.
type calendarPage struct {
	page
	Months  []calendarMonth
	File    string           // address of the calendar for programs of the person; "" for a token
	Digests []calendarDigest // their windows and the days on which they are not due
	Warns   []string         // what check warns of; none for a token, which sees no settings
}

type calendarMonth struct {
	Name string
	Days []calendarDay
}

// calendarDay is a due time.
type calendarDay struct {
	Day, Clock, Digest string
	at                 time.Time
}

type calendarDigest struct{ Title, Between, Skip, Next string }

const (
	calendarMonths  = 3
	maxCalendarDays = 400 // of a schedule by the minute not all is shown
)

// dueTimes is a digest's due times, as `check --json` prints them.
type dueTimes struct {
	ID    string      `json:"id"`
	Kind  string      `json:"kind"`
	Times []time.Time `json:"times"`
}

func (o *office) calendar(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &calendarPage{page: o.newPage(r, v, "calendar", "")}
	p.Title = p.Say("Lịch ba tháng tới", "The next three months")
	if v.token == nil {
		p.File = o.Site.Link("/office/calendar/" + o.calendarKey(v.session.Who) + ".ics")
		p.warn(o.Settings())
		if o.Problems != nil {
			p.warnOf(o.Problems(r.Context()))
		}
	}
	now := o.Now()
	var days []calendarDay
	for _, d := range o.Digests {
		shown := calendarDigest{Title: d.Title, Between: d.Between, Skip: strings.Join(d.Skip, ", ")}
		if d.Times == nil {
			shown.Next = p.Say("gửi bằng lệnh, không theo lịch", "sent by command, without a schedule")
			if d.OnNews {
				shown.Next = p.Say("ngay khi có tin mới", "when there is news")
			}
			p.Digests = append(p.Digests, shown)
			continue
		}
		times := d.Times(now, now.AddDate(0, calendarMonths, 0))
		for _, t := range times[:min(len(times), maxCalendarDays)] {
			t = t.In(o.zone(d.ID))
			days = append(days, calendarDay{templates.Weekday(p.Language, t) + ", " + templates.ShortDate(t), templates.Clock(t), d.Title, t})
		}
		p.Digests = append(p.Digests, shown)
	}
	slices.SortStableFunc(days, func(a, b calendarDay) int { return a.at.Compare(b.at) })
	for _, day := range days {
		name := p.Say("Tháng ", "") + day.at.Format(p.Say("1/2006", "January 2006"))
		if n := len(p.Months); n == 0 || p.Months[n-1].Name != name {
			p.Months = append(p.Months, calendarMonth{Name: name})
		}
		last := &p.Months[len(p.Months)-1]
		last.Days = append(last.Days, day)
	}
	var values []any
	for _, due := range o.dueTimes(now, calendarMonths) {
		values = append(values, due)
	}
	return o.show(w, r, "calendar", p, values...)
}

// warn adds what is wrong with the settings, or may be.
func (p *calendarPage) warn(s Settings) {
	for _, line := range s.Lines {
		for _, problem := range line.Problems {
			p.Warns = append(p.Warns, fmt.Sprintf(p.Say("Dòng %d: %s", "Line %d: %s"), line.Number, problem.in(p.Language)))
		}
	}
}

// warnOf adds what is wrong, or may be, and is at no line.
func (p *calendarPage) warnOf(problems []SettingProblem) {
	for _, problem := range problems {
		p.Warns = append(p.Warns, sentence(problem.in(p.Language)))
	}
}

// in is the problem and what to do.
func (s SettingProblem) in(l bantin.Language) string {
	if hint := s.Hint.In(l); hint != "" {
		return s.Message.In(l) + " · " + hint
	}
	return s.Message.In(l)
}

// dueTimes are those of the digests that have a schedule, in the months to come.
func (o *office) dueTimes(now time.Time, months int) (list []dueTimes) {
	for _, d := range o.Digests {
		if d.Times != nil {
			list = append(list, dueTimes{d.ID, "digest", d.Times(now, now.AddDate(0, months, 0))})
		}
	}
	return list
}

// calendarKey is the token in the address of somebody's calendar, which programs subscribe
// to without signing in. It shows due times and opens nothing else, and ends when they are
// no longer listed.
func (o *office) calendarKey(person string) string {
	return o.Tokens.RateLimitKey("office calendar", bantin.AddressKey(person))
}

// ofCalendar reports whether a token is that of somebody who is listed.
func (o *office) ofCalendar(key string) bool {
	found := 0
	for _, p := range o.People {
		found |= subtle.ConstantTimeCompare([]byte(key), []byte(o.calendarKey(p)))
	}
	return found == 1
}

// calendarFile serves GET /office/calendar/{file}: the due times of the next three months
// as KEY.ics.
func (o *office) calendarFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	key, isCalendar := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !isCalendar || !o.ofCalendar(key) {
		return fmt.Errorf("calendar: %w", bantin.ErrNotFound)
	}
	host := o.Site.URL
	if u, err := url.Parse(o.Site.URL); err == nil {
		host = u.Hostname()
	}
	now := o.Now().Truncate(time.Hour) // the same file for an hour, however often it is asked for
	var events []feed.CalendarEvent
	for _, d := range o.Digests {
		if d.Times == nil {
			continue
		}
		times := d.Times(now.AddDate(0, 0, -1), now.AddDate(0, calendarMonths, 0))
		for _, t := range times[:min(len(times), maxCalendarDays)] {
			e := feed.CalendarEvent{UID: fmt.Sprintf("%s-%d@%s", d.ID, t.Unix(), host), Changed: now, At: t, Title: d.Title, URL: o.Site.Link("/office/digests/" + d.ID)}
			if d.Between != "" {
				e.Text = v.lang.Say("gửi trong giờ ", "sent in the hours ") + d.Between
			}
			events = append(events, e)
		}
	}
	name := v.lang.Say("Lịch gửi", "Mailings") + " – " + o.Site.Title
	write(w, http.StatusOK, feed.CalendarType, feed.Calendar(name, events))
	return nil
}
