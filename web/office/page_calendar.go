package office

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"bantin/templates"
)

// calendarPage shows the due times of the next three months.
type calendarPage struct {
	page
	Months  []calendarMonth
	File    string           // address of the calendar for programs of the person; "" for a token
	Digests []calendarDigest // their windows and the days on which they are not due
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
	}
	now := o.Now()
	var days []calendarDay
	var values []any
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
		values = append(values, dueTimes{d.ID, "digest", times})
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
	return o.show(w, r, "calendar", p, values...)
}
