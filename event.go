package bantin

import "time"

// Event is what the bulletin reports of: the day, the hour and the place as it names them.
type Event struct {
	Date  Day    `json:"date,omitzero"`
	Time  string `json:"time,omitempty"` // "08:30", by the site's clock; "" where it names no hour
	Place string `json:"place,omitempty"`
	Host  string `json:"host,omitempty"`
}

// Start is when the event begins, in a zone; ok is false where the hour is not known.
func (e *Event) Start(zone *time.Location) (start time.Time, ok bool) {
	clock, err := time.Parse("15:04", e.Time)
	if err != nil || e.Date.IsZero() {
		return start, false
	}
	return time.Date(e.Date.Year, e.Date.Month, e.Date.Day, clock.Hour(), clock.Minute(), 0, 0, zone), true
}

// StartText is the same as ISO 8601 has it: the day alone where the hour is not known.
func (e *Event) StartText(zone *time.Location) string {
	if start, ok := e.Start(zone); ok {
		return start.Format(time.RFC3339)
	}
	return e.Date.String()
}
