package schedule

import (
	"slices"
	"strings"
	"time"

	"bantin"
)

// Days is a set of days, such as those of a feast. The zero Days is empty.
type Days []Span

// Span is the days from First to Last, both included.
type Span struct{ First, Last bantin.Day }

// maxSpanDays guards against a typing error such as 2027..2207.
const maxSpanDays = 3 * 366

// ParseDays reads days (2027-02-05) and spans (2027-02-05..2027-02-12). An
// error is an *Error.
func ParseDays(specs []string) (Days, error) {
	days := make(Days, 0, len(specs))
	for _, spec := range specs {
		span, err := parseSpan(spec)
		if err != nil {
			return nil, err
		}
		days = append(days, span)
	}
	return days.joined(), nil
}

// Contains reports whether day is one of the days.
func (d Days) Contains(day bantin.Day) bool {
	_, ok := d.span(day)
	return ok
}

// spanOf is the span around the day on which t falls, in t's own zone.
func (d Days) spanOf(t time.Time) (Span, bool) { return d.span(bantin.DayOf(t)) }

func (d Days) span(day bantin.Day) (Span, bool) {
	for _, span := range d {
		if !day.Before(span.First) && !span.Last.Before(day) {
			return span, true
		}
	}
	return Span{}, false
}

// joined puts the spans in order and makes one of those that touch, so that a
// schedule leaves them with one step.
func (d Days) joined() Days {
	slices.SortFunc(d, func(a, b Span) int { return a.First.In(time.UTC).Compare(b.First.In(time.UTC)) })
	var joined Days
	for _, span := range d {
		last := len(joined) - 1
		if last < 0 || joined[last].Last.In(time.UTC).AddDate(0, 0, 1).Before(span.First.In(time.UTC)) {
			joined = append(joined, span)
			continue
		}
		if joined[last].Last.Before(span.Last) {
			joined[last].Last = span.Last
		}
	}
	return joined
}

func parseSpan(spec string) (Span, error) {
	from, to, isSpan := strings.Cut(spec, "..")
	first, err := parseDay(spec, from)
	if err != nil || !isSpan {
		return Span{first, first}, err
	}
	last, err := parseDay(spec, to)
	if err != nil {
		return Span{}, err
	}
	if last.Before(first) {
		return Span{}, wrong(spec, bantin.Words{VI: "ngày cuối đứng trước ngày đầu", EN: "the last day comes before the first"}, dayHint())
	}
	if last.In(time.UTC).Sub(first.In(time.UTC)) > maxSpanDays*24*time.Hour {
		return Span{}, wrong(spec, bantin.Words{VI: "dài hơn ba năm", EN: "longer than three years"}, dayHint())
	}
	return Span{first, last}, nil
}

func parseDay(spec, text string) (bantin.Day, error) {
	day, err := bantin.ParseDay(strings.TrimSpace(text))
	if err != nil {
		return bantin.Day{}, wrong(spec, bantin.Words{VI: "không phải một ngày có thật", EN: "not a day that exists"}, dayHint())
	}
	return day, nil
}

func dayHint() bantin.Words {
	return bantin.Words{
		VI: "viết một ngày như 2027-02-05, hoặc một khoảng như 2027-02-05..2027-02-12",
		EN: "write a day as 2027-02-05, or a span as 2027-02-05..2027-02-12",
	}
}
