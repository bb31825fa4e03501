package source_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bantin/source"
)

// bulletins makes a folder of n bulletins of ordinary length, in all formats.
func bulletins(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	const paragraph = "Hội Khuyến học tỉnh Phú Thọ phối hợp với Sở Giáo dục và Đào tạo tổ chức hội nghị " +
		"tổng kết phong trào xây dựng xã hội học tập; các cấp hội đã trao 1.250 suất học bổng cho học sinh nghèo vượt khó.\n\n"
	for i := range n {
		title := fmt.Sprintf("Tin số %d của Hội Khuyến học", i)
		body := strings.Repeat(paragraph, 12+i%16)
		name, text := "", ""
		switch i % 3 {
		case 0:
			name, text = "md", "---\ntitle: "+title+"\ndate: 2026-03-05\nplaces: [phu-tho]\n---\n\n"+body
		case 1:
			name, text = "txt", "Hội - "+title+"\nHội http://example.vn\n\n"+title+"\n05.03.2026\n\n"+body+
				fmt.Sprintf("\nURL của bản tin này::http://example.vn/modules.php?name=News&op=viewst&sid=%d\n", i)
		default:
			name, text = "html", "<title>"+title+"</title><body><p>"+strings.ReplaceAll(body, "\n\n", "</p>\n<p>")+"</p>"
		}
		write(b, filepath.Join(dir, fmt.Sprint(i%50), fmt.Sprintf("%d.%s", i, name)), text)
	}
	return dir
}

func size() int {
	if testing.Short() {
		return 500
	}
	return 10_000
}

func collect(b *testing.B, dir string, seen map[string]string) map[string]string {
	b.Helper()
	s := open(b, source.Spec{ID: "van-phong", Path: dir, Rest: time.Nanosecond})
	got := map[string]string{}
	for item, err := range s.Read(context.Background(), seen) {
		if err != nil || item.Err != nil {
			b.Fatal(err, item.Err)
		}
		if item.Notes != nil {
			continue // that the folder was read
		}
		got[item.ID] = item.Version
	}
	return got
}

func each(b *testing.B, dir string, act func(name string)) {
	b.Helper()
	for i := range 50 {
		names, err := filepath.Glob(filepath.Join(dir, fmt.Sprint(i), "*"))
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range names {
			act(name)
		}
	}
}

// The first reading of a folder, against reading and normalising its files.
func BenchmarkFirstRead(b *testing.B) {
	dir := bulletins(b, size())
	var read, plain time.Duration
	for b.Loop() {
		start := time.Now()
		each(b, dir, func(name string) {
			raw, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			norm.NFC.Bytes(raw)
		})
		plain += time.Since(start)
		start = time.Now()
		if got := collect(b, dir, nil); len(got) != size() {
			b.Fatalf("read %d", len(got))
		}
		read += time.Since(start)
	}
	b.ReportMetric(float64(read)/float64(plain), "x-read-and-NFC")
}

// A look at an unchanged folder, against stat over its files.
func BenchmarkUnchanged(b *testing.B) {
	dir := bulletins(b, size())
	seen := collect(b, dir, nil)
	var names []string
	each(b, dir, func(name string) { names = append(names, name) })
	var look, plain time.Duration
	for b.Loop() {
		start := time.Now()
		for _, name := range names {
			if _, err := os.Lstat(name); err != nil {
				b.Fatal(err)
			}
		}
		plain += time.Since(start)
		start = time.Now()
		if got := collect(b, dir, seen); len(got) != 0 {
			b.Fatalf("%d have changed", len(got))
		}
		look += time.Since(start)
	}
	b.ReportMetric(float64(look)/float64(plain), "x-stat")
}
