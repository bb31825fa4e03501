package feed

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bantin"
)

func calendarEvents() []CalendarEvent {
	return []CalendarEvent{{
		UID: "5a0f4c9e-0000-5000-8000-000000000001", Sequence: 2, Changed: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC),
		Day: bantin.Day{Year: 2026, Month: 12, Day: 31}, Title: "Hội nghị giao ban cụm; tổng kết, khen thưởng \\ phong trào khuyến học khuyến tài năm 2026",
		Place: "Điện Biên, nhà văn hóa", Text: "Dòng một\nBEGIN:VEVENT", URL: "https://bantin.example.org/bulletins/giao-ban",
	}, {UID: "2", Day: bantin.Day{Year: 2026, Month: 2, Day: 28}, Title: "Họp", Cancelled: true}}
}

func TestCalendar(t *testing.T) {
	out := string(Calendar("Sự kiện", calendarEvents()))
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
	flat := strings.ReplaceAll(out, "\r\n ", "")
	for _, want := range []string{
		"DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n", "SEQUENCE:2\r\n", "STATUS:CANCELLED\r\n",
		`SUMMARY:Hội nghị giao ban cụm\; tổng kết\, khen thưởng \\ phong trào khuyến học khuyến tài năm 2026` + "\r\n",
		`LOCATION:Điện Biên\, nhà văn hóa`, `DESCRIPTION:Dòng một\nBEGIN:VEVENT` + "\r\n",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Count(flat, "\r\nBEGIN:VEVENT\r\n") != 2 {
		t.Error("a text became an event")
	}
}

func FuzzCalendar(f *testing.F) {
	f.Add("Hội nghị, tổng kết; \\n", "Điện Biên\r\nEND:VEVENT")
	f.Fuzz(func(t *testing.T, title, place string) {
		out := string(Calendar(title, []CalendarEvent{{UID: title, Title: title, Place: place, Text: place, URL: title}}))
		if strings.Count(out, "\r\nEND:VEVENT\r\n") != 1 {
			t.Fatalf("%q", out)
		}
		for line := range strings.SplitSeq(out, "\r\n") {
			if len(line) > maxLine || !utf8.ValidString(line) {
				t.Fatalf("%q", line)
			}
		}
	})
}
