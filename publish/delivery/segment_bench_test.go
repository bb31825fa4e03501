package delivery

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"bantin/internal/officetest"
)

// What it takes to keep each message of an edition to contacts of 63 places, in bytes a
// message: of the rows themselves, and by which the file is larger than without them, both
// packed anew. The file grows by less, since columns fill what its pages leave. A subject
// that names the contact makes each message one of its own.
func BenchmarkKeepMessages(b *testing.B) {
	for name, subject := range map[string]string{"segments": "{{.Digest.Title}}", "personal": "{{.Digest.Title}} gửi {{.Contact.Name}}"} {
		b.Run(name, func(b *testing.B) { benchmarkKeepMessages(b, subject) })
	}
}

func benchmarkKeepMessages(b *testing.B, subject string) {
	n := officetest.Small(2000, 20_000)
	port := sink(b)
	var grown, rows int64
	for b.Loop() {
		o := newOfficeOn(b, "")
		o.Digest.Subject = subject
		o.AddWeeksNews()
		o.AddContactsOf63Places(n)
		e := o.edition()
		if err := o.delivererTo(port, 8).Run(b.Context(), &e); err != nil {
			b.Fatal(err)
		}
		file := filepath.Join(b.TempDir(), "copy.db")
		if err := o.DB.Backup(b.Context(), file); err != nil {
			b.Fatal(err)
		}
		db, err := sql.Open("sqlite", file)
		if err != nil {
			b.Fatal(err)
		}
		var bytes int64 // of a column beside its type: sqlite.org/fileformat2.html, 2.1
		err = db.QueryRow(`SELECT (SELECT SUM(LENGTH(content) + 24) FROM segments)
			+ (SELECT SUM(1 + CASE WHEN segment IN (0, 1) THEN 0 WHEN segment < 128 THEN 1 ELSE 2 END) FROM deliveries)`).Scan(&bytes)
		if err != nil {
			b.Fatal(err)
		}
		with := packed(b, db, file)
		if _, err := db.Exec(`ALTER TABLE deliveries DROP COLUMN segment; DROP TABLE segments`); err != nil {
			b.Fatal(err)
		}
		grown, rows = grown+with-packed(b, db, file), rows+bytes
		db.Close()
	}
	b.ReportMetric(float64(rows)/float64(n*b.N), "bytes/msg")
	b.ReportMetric(float64(grown)/float64(n*b.N), "file-bytes/msg")
}

// packed is the size of a database without free pages.
func packed(b *testing.B, db *sql.DB, file string) int64 {
	b.Helper()
	if _, err := db.Exec(`PRAGMA journal_mode = DELETE; VACUUM`); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
