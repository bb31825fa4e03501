package schedule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NoSchedule is the text of what is never due.
const NoSchedule = "{}"

// keptSchedule is what decides the due times of a schedule, and nothing else.
type keptSchedule struct {
	Lines   []string `json:"lines,omitempty"`
	Zone    string   `json:"zone,omitempty"`
	Skip    []string `json:"skip,omitempty"`
	Aligned bool     `json:"aligned,omitempty"`
}

// Text writes the schedule so that it can be kept and compared: two schedules with
// the same text have the same due times, however they were written in the YAML. That
// of a nil schedule is [NoSchedule].
func (s *Schedule) Text() string {
	if s == nil {
		return NoSchedule
	}
	t := keptSchedule{Zone: s.loc.String(), Aligned: s.every > 0 && !s.floats()}
	for _, spec := range s.specs {
		t.Lines = append(t.Lines, strings.ToUpper(strings.Join(strings.Fields(spec), " ")))
	}
	slices.Sort(t.Lines)
	t.Lines = slices.Compact(t.Lines)
	for _, span := range s.skip {
		t.Skip = append(t.Skip, span.First.String()+".."+span.Last.String())
	}
	out, _ := json.Marshal(t) // strings and a bool: it cannot fail
	return string(out)
}

// ParseText reads what Text wrote; nil for [NoSchedule].
func ParseText(kept string) (*Schedule, error) {
	if kept == NoSchedule {
		return nil, nil
	}
	var t keptSchedule
	if err := json.Unmarshal([]byte(kept), &t); err != nil {
		return nil, fmt.Errorf("read a kept schedule: %w", err)
	}
	loc, err := time.LoadLocation(t.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of a kept schedule: %w", err)
	}
	for i, line := range t.Lines {
		if strings.HasPrefix(line, "@") {
			t.Lines[i] = strings.ToLower(line)
		}
	}
	s, err := Parse(t.Lines, loc)
	if err != nil {
		return nil, fmt.Errorf("read a kept schedule: %w", err)
	}
	days, err := ParseDays(t.Skip)
	if err != nil {
		return nil, fmt.Errorf("skipped days of a kept schedule: %w", err)
	}
	if s = s.Skipping(days); t.Aligned {
		s = s.Aligned()
	}
	return s, nil
}

// String names the schedule in a message, as it is written in the YAML.
func (s *Schedule) String() string {
	if s == nil {
		return "–"
	}
	said := strings.Join(s.specs, ", ") + " (" + s.loc.String() + ")"
	for i, span := range s.skip {
		if i == 0 {
			said += " skip"
		}
		said += " " + span.First.String()
		if span.Last != span.First {
			said += ".." + span.Last.String()
		}
	}
	return said
}
