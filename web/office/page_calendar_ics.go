package office

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bantin"
	"bantin/feed"
)

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
