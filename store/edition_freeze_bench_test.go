package store

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bantin/internal/pgtest"
)

// Freezing the recipients of an edition, against one plain INSERT … SELECT of
// the same rows into a table without a key in the same database.
func BenchmarkFreeze(b *testing.B) {
	n := 1_000_000
	if testing.Short() {
		n = 5_000
	}
	durable := pgtest.Server{Durable: true, Prepare: postgres.Prepare}
	b.Cleanup(durable.Stop)
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "" },
		"postgres": func() string { return durable.Database(b) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				freezeMany(b, url(), n)
			}
		})
	}
}

// freezeMany reports the middle of three turns: what else the machine does at
// the time is in one of them.
func freezeMany(b *testing.B, url string, n int) {
	b.Helper()
	db, err := Open(b.Context(), b.TempDir(), Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	do := func(query string) time.Duration {
		b.Helper()
		start := time.Now()
		if _, err := db.writer.ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	rest := func() { do(`PRAGMA wal_checkpoint(TRUNCATE)`) }
	if db.postgres {
		rest = func() { do(`CHECKPOINT`) }
	}
	do(`INSERT INTO contacts (address_key, email, name, place, level, language, tags, origin, key, created_at, updated_at)
		WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ` + strconv.Itoa(n) + `)
		SELECT 'c' || n || '@example.org', 'c' || n || '@example.org', 'Nguyễn Thị Ánh Tuyết', 'phu-tho', 'member', 'vi', '', 'import', 'khóa-' || n, 0, 0 FROM i`)
	if db.postgres {
		do(`ANALYZE`)
	}
	var ratios, seconds []float64
	for turn := range 3 {
		edition := strconv.Itoa(turn + 1)
		do(`INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at)
			VALUES ('hang-tuan', ` + edition + `, ` + edition + `, 'open', 'Bản tin', 'Bản tin', 30, '{"any_place":true,"site":"vi"}', 0)`)
		do(`DROP TABLE IF EXISTS plain`)
		do(`CREATE TABLE plain (edition BIGINT, contact BIGINT, address TEXT, name TEXT, place TEXT, reads TEXT, language TEXT, why TEXT, status TEXT,
			attempts BIGINT, next_attempt BIGINT, updated_at BIGINT, reply TEXT)`)
		rest()
		plain := do(`INSERT INTO plain SELECT ` + edition + `, id, email, name, place, reads, language, 'office', 'queued', 0, 0, 1795219200000, '' FROM contacts`)
		rest()
		start := time.Now()
		for done := false; !done; {
			if done, err = db.Editions().Freeze(b.Context(), int64(turn+1), 500); err != nil {
				b.Fatal(err)
			}
		}
		frozen := time.Since(start)
		ratios, seconds = append(ratios, float64(frozen)/float64(plain)), append(seconds, frozen.Seconds())
	}
	slices.Sort(ratios)
	slices.Sort(seconds)
	b.ReportMetric(ratios[1], "x-plain-insert")
	b.ReportMetric(seconds[1], "s")
	b.ReportMetric(peak(b), "MB-peak")
}

// peak is the most memory that the process has had, in megabytes.
func peak(b *testing.B) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // only Linux tells
	}
	for line := range strings.Lines(string(text)) {
		var kB float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kB); err == nil {
			return kB / 1024
		}
	}
	return 0
}
