//go:build unix

package office

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"bantin/internal/officetest"
)

// BenchmarkPages measures the processor time and the weight of each page of an office with
// 1,000,000 contacts and 1,000 editions.
func BenchmarkPages(b *testing.B) {
	o := newTestOffice(b)
	contacts, editions := officetest.Small(5_000, 1_000_000), officetest.Small(50, 1_000)
	o.AddContactsOf63Places(contacts)
	for i := range 200 {
		o.AddBulletin(fmt.Sprintf("tin-%d", i), fmt.Sprintf("Tổng kết phong trào khuyến học lần %d", i), "phu-tho")
	}
	o.Exec(fmt.Sprintf(`WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < %d)
		INSERT INTO editions (digest, number, due, status, title, subject, max, audience, frozen_to, frozen, recipients, created_at, done_at)
		SELECT 'hang-tuan', i, 1500000000000 + i * 604800000, 'done', 'Bản tin', 'Bản tin', 30, '{}', 0, 1, 1, 1500000000000 + i * 604800000, 1500000000000 + i * 604800000 FROM k`, editions))
	o.Exec(fmt.Sprintf(`INSERT INTO deliveries (edition, contact, address, name, place, language, why, status, attempts, next_attempt, updated_at, reply)
		SELECT e.n, 7, 'c6@example.org', '', '', 'vi', 'office', 'sent', 1, 0, e.due, '250 ok' FROM editions e WHERE e.number <= %d`, editions))
	o.Exec(`INSERT INTO chunks (edition, chunk, lo, hi, done, sent) SELECT n, 0, 1, 9, 1, 1 FROM editions`)
	o.Exec(`INSERT INTO subscriptions (contact, digest, status, since) SELECT id, 'hang-tuan', 'unsubscribed', 1500000000000 FROM contacts WHERE id % 50 = 0`)
	o.Exec(`INSERT INTO suppressions (address_key, reason, at) SELECT address_key, 'user-unknown', 1500000000000 FROM contacts WHERE id % 100 = 1`)
	fillTwentyYears(o)
	e := o.edition(0)
	o.options.Digests[0].Next = func(context.Context) time.Time { return o.Now().Add(73 * time.Hour) }
	o.server.Config.Handler = New(o.options)
	who := o.signedIn(lan)
	path := "/office/editions/" + e.ID
	for _, page := range []string{"/office", "/office/editions", path, path + "?status=queued", path + "?q=c5@example.org", path + "?q=nobody@example.org", "/office/bulletins", "/office/bulletins?show=held", "/office/bulletins/tin-7",
		"/office/contacts", "/office/contacts?q=c99", "/office/contacts?place=son-la", "/office/contacts?status=active&digest=hang-tuan", "/office/contacts?status=left", "/office/contacts?status=suppressed", "/office/contacts?status=paused",
		"/office/contacts?status=pending", "/office/contacts?status=active&since=2999-01-01", "/office/contacts?since=2020-01-01", o.personOf("c6@example.org"), "/office/contacts/import", "/office/returns", "/office/statistics", "/office/statistics?period=all", "/office/statistics?period=month&digest=hang-tuan", "/office/sources", digestPath, digestPath + "?contact=c5@example.org", "/office/calendar", "/office/settings", "/office/requests"} {
		b.Run(page, func(b *testing.B) {
			body := who.get(page, http.StatusOK) // warm
			var took []time.Duration
			for range 5 {
				before := processorTime(b)
				who.get(page, http.StatusOK)
				took = append(took, processorTime(b)-before)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "cpu-ms/page")
			b.ReportMetric(float64(len(body))/1024, "KB/page")
			b.ReportMetric(0, "ns/op")
			if len(body) > 60<<10 {
				b.Errorf("%d bytes", len(body))
			}
		})
	}
}

// fillTwentyYears fills the statistics of five digests a week in each of 63 places and six
// levels, and of seventy feeds.
func fillTwentyYears(o *testOffice) {
	o.Exec(`WITH RECURSIVE
			m(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM m WHERE i < 240),
			d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 400),
			span(u, s) AS (SELECT 'month', strftime('%Y-%m', 'now', '-' || i || ' months') FROM m UNION SELECT 'day', strftime('%Y-%m-%d', 'now', '-' || i || ' days') FROM d UNION SELECT 'year', strftime('%Y', 'now', '-' || i || ' months') FROM m),
			groups(part, name) AS (SELECT 'place', place FROM (SELECT DISTINCT place FROM contacts) UNION ALL SELECT 'level', column1 FROM (VALUES ('central'), ('province'), ('district'), ('commune'), ('member'), ('')) UNION ALL SELECT '', ''),
			figures(f, digest) AS (SELECT f.column1, d.column1 FROM (VALUES ('editions'), ('sent'), ('refused'), ('skipped'), ('hard'), ('soft'), ('recipients'), ('joined'), ('left')) f, (VALUES ('hang-tuan'), ('hang-thang'), ('khan'), ('cac-tinh'), ('tay-bac')) d
				UNION ALL SELECT column1, '' FROM (VALUES ('contacts'), ('joined'), ('left')))
		INSERT INTO statistics (figure, part, unit, span, name, digest, n) SELECT f, part, u, s, name, digest, 1234 FROM span, groups, figures
		UNION ALL SELECT 'readers', 'feed', u, s, 'tinh/' || name, '', 321 FROM span, groups WHERE part = 'place' UNION ALL SELECT 'readers', '', u, s, '', '', 4321 FROM span WHERE 1
		ON CONFLICT DO NOTHING`)
}

// processorTime is what the process has used, with what asks for the pages.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
