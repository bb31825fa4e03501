package feed

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bantin"
)

// CalendarType is the media type of a calendar (RFC 5545 8.1).
const CalendarType = "text/calendar; charset=utf-8"

// CalendarEvent is an event of a calendar: a day, from a bulletin, or a moment.
type CalendarEvent struct {
	UID       string // the same for ever
	Sequence  int    // rises with each revision
	Changed   time.Time
	Day       bantin.Day
	At        time.Time // a moment of no length, and Day does not count; zero for none
	Title     string
	Place     string // "" where it is not known
	Text      string
	URL       string
	Cancelled bool
}

// Calendar writes a calendar (RFC 5545) of events that last the whole day, or a moment
// (3.6.1: without an end), in the given order.
func Calendar(name string, events []CalendarEvent) []byte {
	w := new(calendarWriter)
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//bantin//bantin//VI")
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	w.text("NAME", name)
	w.text("X-WR-CALNAME", name)
	w.line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H")
	w.line("X-PUBLISHED-TTL", "PT6H")
	for i := range events {
		w.event(&events[i])
	}
	w.line("END", "VCALENDAR")
	return []byte(w.out.String())
}

// calendarWriter writes content lines, folded.
type calendarWriter struct{ out strings.Builder }

func (w *calendarWriter) event(e *CalendarEvent) {
	start := e.Day.In(time.UTC)
	status := "CONFIRMED"
	if e.Cancelled {
		status = "CANCELLED"
	}
	w.line("BEGIN", "VEVENT")
	w.text("UID", e.UID)
	w.line("DTSTAMP", e.Changed.UTC().Format("20060102T150405Z"))
	w.line("LAST-MODIFIED", e.Changed.UTC().Format("20060102T150405Z"))
	w.line("SEQUENCE", strconv.Itoa(e.Sequence))
	w.line("STATUS", status)
	if e.At.IsZero() {
		w.line("DTSTART;VALUE=DATE", start.Format("20060102"))
		w.line("DTEND;VALUE=DATE", start.AddDate(0, 0, 1).Format("20060102"))
	} else {
		w.line("DTSTART", e.At.UTC().Format("20060102T150405Z"))
	}
	w.line("TRANSP", "TRANSPARENT") // it takes nobody's whole day
	w.text("SUMMARY", e.Title)
	if e.Place != "" {
		w.text("LOCATION", e.Place)
	}
	if e.Text != "" {
		w.text("DESCRIPTION", e.Text)
	}
	if e.URL != "" {
		w.line("URL", e.URL)
	}
	w.line("END", "VEVENT")
}

// calendarText escapes as RFC 5545 3.3.11 says.
var calendarText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

func (w *calendarWriter) text(name, value string) { w.line(name, calendarText.Replace(value)) }

// maxLine is the length of a line in octets (RFC 5545 3.1).
const maxLine = 75

// line writes a line, folded between characters.
func (w *calendarWriter) line(name, value string) {
	rest, room := name+":"+strings.Map(printable, strings.ToValidUTF8(value, "")), maxLine
	for len(rest) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.out.WriteString(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], maxLine-1
	}
	w.out.WriteString(rest + "\r\n")
}

// printable drops control characters: a line break in a value would begin a line.
func printable(r rune) rune {
	if r < ' ' || r == 0x7F {
		return -1
	}
	return r
}
