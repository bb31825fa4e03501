package collect

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/xuri/excelize/v2"

	"bantin"
	"bantin/contact"
	"bantin/internal/officetest"
	"bantin/internal/pgtest"
	"bantin/place"
)

// Importing a list against parsing it and inserting the rows as they are, into a
// table without a key and in one transaction: processor time, that of PostgreSQL
// included, the best of three; and the peak memory of a process that imports ten
// times as many.
func BenchmarkImport(b *testing.B) {
	server := &pgtest.Server{Durable: true, Prepare: officetest.Postgres.Prepare}
	b.Cleanup(server.Stop)
	for _, test := range []struct {
		name, ending string
		rows         int
		postgres     bool
	}{
		{"csv", "csv", 1_000_000, false},
		{"sorted.csv", "sorted.csv", 1_000_000, false},
		{"xlsx", "xlsx", 100_000, false},
		{"postgres", "csv", 300_000, true},
	} {
		b.Run(test.name, func(b *testing.B) {
			n := officetest.Small(2_000, test.rows)
			few, many := bigList(b, n/10, test.ending), bigList(b, n, test.ending)
			run := func(kind, file string) (seconds, kb float64) {
				if test.postgres {
					return importerOn(b, server, kind, file)
				}
				return importer(b, kind, file, "")
			}
			ours, plain := math.Inf(1), math.Inf(1)
			var least, most float64
			for b.Loop() {
				for range officetest.Small(1, 3) {
					s, kb := run("import", many)
					ours, most = min(ours, s), max(most, kb)
					s, _ = run("plain", many)
					plain = min(plain, s)
				}
				_, kb := run("import", few)
				least = max(least, kb)
			}
			b.ReportMetric(ours/plain, "x-plain-cpu")
			b.ReportMetric(ours*1e6/float64(n), "cpu-µs/row")
			b.ReportMetric(most/least, "x-memory-of-a-tenth")
			b.ReportMetric(most/1024, "MiB")
		})
	}
}

// importer runs a process of its own and gives its processor time in seconds and
// its peak memory in KB.
func importer(b *testing.B, kind, file, url string) (seconds, kb float64) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BANTIN_BENCH="+kind, "BANTIN_BENCH_ARGS="+file, "BANTIN_BENCH_URL="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := fmt.Sscan(string(out), &seconds, &kb); err != nil {
		b.Fatalf("%v in %q", err, out)
	}
	return seconds, kb
}

// importerOn adds the processor time of the server, on which the process has a
// database of its own.
func importerOn(b *testing.B, server *pgtest.Server, kind, file string) (seconds, kb float64) {
	b.Helper()
	url := server.Database(b)
	server.Exec(b, "CHECKPOINT") // what was written before is not ours
	before := server.Processor(b)
	seconds, kb = importer(b, kind, file, url)
	return seconds + (server.Processor(b) - before).Seconds(), kb
}

// runImport imports the file as `bantin contacts import` would, or plainly.
func runImport(kind string) {
	testing.Init()
	file := os.Getenv("BANTIN_BENCH_ARGS")
	testing.Benchmark(func(b *testing.B) {
		if b.N > 1 {
			return
		}
		var err error
		if kind == "plain" {
			err = plainly(b, file)
		} else {
			o := officetest.NewOn(b, os.Getenv("BANTIN_BENCH_URL"))
			im := &Importer{DB: o.DB, Audience: audience(o), Secret: []byte("khóa"), Digests: []*bantin.Digest{o.Digest}, Language: "vi"}
			_, err = im.Import(context.Background(), List{File: file}, func(_, _ int) {})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	})
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		os.Exit(1)
	}
	fmt.Println(float64(u.Utime.Nano()+u.Stime.Nano())/1e9, peakMemory(&u))
	os.Exit(0)
}

// peakMemory is that of this process in KB. Linux counts that of the parent in
// ru_maxrss, from between fork and exec.
func peakMemory(u *syscall.Rusage) int64 {
	status, err := os.ReadFile("/proc/self/status")
	_, after, found := strings.Cut(string(status), "VmHWM:")
	var kb int64
	if _, scanned := fmt.Sscan(after, &kb); err != nil || !found || scanned != nil {
		return int64(u.Maxrss)
	}
	return kb
}

// plainly parses the file and inserts its rows.
func plainly(b *testing.B, file string) error {
	driver, address, row := "sqlite", filepath.Join(b.TempDir(), "plain.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)", `?, ?, ?, ?, ?, ?`
	if url := os.Getenv("BANTIN_BENCH_URL"); url != "" {
		driver, address, row = "pgx", url, `$1, $2, $3, $4, $5, $6`
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`CREATE TABLE plain (email TEXT, name TEXT, place TEXT, level TEXT, language TEXT, tags TEXT)`); err != nil {
		return err
	}
	insert, err := tx.Prepare(`INSERT INTO plain VALUES (` + row + `)`)
	if err != nil {
		return err
	}
	put := func(row []string) error {
		values := make([]any, 6)
		for i := range values {
			if i < len(row) {
				values[i] = row[i]
			}
		}
		_, err := insert.Exec(values...)
		return err
	}
	if err := eachRow(file, put); err != nil {
		return err
	}
	return tx.Commit()
}

func eachRow(file string, put func([]string) error) error {
	if strings.HasSuffix(file, "xlsx") {
		x, err := excelize.OpenFile(file)
		if err != nil {
			return err
		}
		defer x.Close()
		rows, err := x.Rows("Sheet1")
		if err != nil {
			return err
		}
		for rows.Next() {
			cells, err := rows.Columns()
			if err = errors.Join(err, put(cells)); err != nil {
				return err
			}
		}
		return rows.Close()
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for r := csv.NewReader(bufio.NewReader(f)); ; {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err = errors.Join(err, put(row)); err != nil {
			return err
		}
	}
}

// bigList writes n contacts; a list that ends in csv alone is in no order.
func bigList(b *testing.B, n int, ending string) string {
	b.Helper()
	units := place.Today()
	file := filepath.Join(b.TempDir(), "danh-sach."+ending)
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	list := func(yield func(bantin.Contact, error) bool) {
		for i := range n {
			number := uint32(i)
			if ending == "csv" {
				number *= 2654435761 // in no order
			}
			c := bantin.Contact{Email: fmt.Sprintf("nguoi%010d@hoikhuyenhoc.example.org", number), Name: fmt.Sprintf("Nguyễn Thị Ánh Tuyết %d", i),
				Place: units[i%len(units)].Slug, Level: bantin.LevelCommune, Language: "vi", Tags: []string{"hội viên", "2026"}}
			if !yield(c, nil) {
				return
			}
		}
	}
	write := contact.WriteCSV
	if ending == "xlsx" {
		write = contact.WriteXLSX
	}
	if err := errors.Join(write(f, list), f.Close()); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	return file
}
