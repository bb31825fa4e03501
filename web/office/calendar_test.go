//go:build unix

package office

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"bantin"
)

// A calendar is subscribed to by an address of one's own, which opens nothing else and ends
// with the place on the list.
func TestCalendarFile(t *testing.T) {
	o := newTestOffice(t)
	o.SetClock("20/11/2026 10:00")
	due := time.Date(2026, time.November, 23, 7, 0, 0, 0, o.Site.Location)
	o.options.Digests[0].Between = "06:00-21:00"
	o.options.Digests[0].Next = func(context.Context) time.Time { return due }
	o.options.Digests[0].Times = func(after, until time.Time) []time.Time { return []time.Time{due, due.AddDate(0, 0, 7)} }
	o.server.Config.Handler = New(o.options)
	page := o.signedIn(lan).get("/office/calendar", http.StatusOK)
	link := regexp.MustCompile(`href="http://127\.0\.0\.1(/office/calendar/[0-9a-f]{32}\.ics)"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal(page)
	}
	program := &browser{o: o}
	res, body := program.ask(http.MethodGet, link[1], nil)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("%d %v %s", res.StatusCode, res.Header, body)
	}
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART:20261123T000000Z\r\n", "DTSTART:20261130T000000Z\r\n", "SUMMARY:Bản tin khuyến học trong tuần\r\n", "UID:hang-tuan-", "06:00-21:00"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	program.get("/office/calendar", http.StatusSeeOther)
	for _, path := range []string{"/office/calendar/x.ics", "/office/calendar/.ics", strings.TrimSuffix(link[1], ".ics"), "/office/calendar/" + strings.Repeat("0", 32) + ".ics"} {
		program.get(path, http.StatusNotFound)
	}
	o.options.People = []string{"hoa@example.org"}
	o.server.Config.Handler = New(o.options)
	program.get(link[1], http.StatusNotFound)
}

// What check finds is in the calendar, also what stands at no line of the YAML.
func TestCalendarWarns(t *testing.T) {
	o := newTestOffice(t)
	nobody := SettingProblem{bantin.Words{VI: "bản tin tổng hợp <Xuân> có 0 người nhận", EN: "the digest <Xuân> has 0 recipients"}, bantin.Words{VI: "xem audience", EN: "look at its audience"}}
	o.options.Problems = func(context.Context) []SettingProblem { return []SettingProblem{nobody} }
	o.server.Config.Handler = New(o.options)
	b := o.signedIn(lan)
	b.wants("/office/calendar", "Dòng 2: khóa lạ · có phải site?", "<li>Bản tin tổng hợp &lt;Xuân&gt; có 0 người nhận · xem audience</li>")
	b.wants("/office/calendar?lang=en", "Line 2: unknown key", "<li>The digest &lt;Xuân&gt; has 0 recipients · look at its audience</li>")
}
