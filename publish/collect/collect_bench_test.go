package collect

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bantin/internal/officetest"
	"bantin/source"
)

// Collecting a folder for the first time, stored and durable, against reading
// and NFC-normalising the same files.
func BenchmarkCollect(b *testing.B) {
	n := officetest.Small(300, 10_000)
	dir := b.TempDir()
	var names []string
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("%d.md", i))
		text := fmt.Sprintf("---\ntitle: Tin số %d của Hội Khuyến học\ndate: %s\n---\n\n%s", i, time.Now().Format(time.DateOnly), strings.Repeat(officetest.Paragraph, 12+i%16))
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	var collected, plain time.Duration
	for b.Loop() {
		start := time.Now()
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			norm.NFC.Bytes(raw)
		}
		plain += time.Since(start)
		o := officetest.New(b)
		src, err := source.Open(source.Spec{ID: "van-phong", Kind: "folder", Path: dir, Rest: time.Nanosecond})
		if err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		c := Collector{DB: o.DB, Log: o.Log(), Atlas: o.Atlas}
		done, err := c.Collect(b.Context(), &Reading{Source: src})
		if err != nil || len(done.Added) != n {
			b.Fatal(len(done.Added), err)
		}
		collected += time.Since(start)
	}
	b.ReportMetric(float64(collected)/float64(plain), "x-read-and-NFC")
}
