package tight

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"

	"github.com/andybalholm/brotli"
)

// TestReadsBack lets two decoders that know nothing of this package read what
// it makes: that of klauspost/compress, and Debian's zstd.
func TestReadsBack(t *testing.T) {
	for name, document := range documents() {
		t.Run(name, func(t *testing.T) {
			copies := map[string][]byte{"the library's": usual(document)}
			if len(document) <= largest {
				copies["ours"] = frame(document)
			}
			for whose, packed := range copies {
				if !reads(packed, document) {
					t.Errorf("klauspost/compress does not read %s", whose)
				}
				if got := debian(t, packed, "-dcq"); !bytes.Equal(got, document) || len(packed) == 0 {
					t.Errorf("of %s zstd reads %d bytes, not the %d that were packed", whose, len(got), len(document))
				}
			}
		})
	}
}

// documents are what a feed may be, and what it may not.
func documents() map[string][]byte {
	vietnamese := prose(1, 150_000)
	all := map[string][]byte{
		"empty":               nil,
		"one byte":            []byte("ộ")[:1],
		"one letter":          []byte("ộ"),
		"a word":              []byte("khuyến học, khuyến tài"),
		"Vietnamese":          vietnamese,
		"a feed":              feed(50, 3500),
		"incompressible":      noise(200_000),
		"one byte repeated":   bytes.Repeat([]byte{'x'}, 200_000),
		"a word repeated":     bytes.Repeat([]byte("Hội "), 30_000),
		"a page repeated":     bytes.Repeat(vietnamese[:5000], 30),
		"text and noise":      bytes.Join([][]byte{vietnamese[:90_000], noise(90_000), vietnamese[:90_000], make([]byte, 200_000)}, nil),
		"matches at one byte": bytes.Repeat([]byte("abcabdabeabf\x00"), 3000),
		"two letters":         letters(30_000, 2),
		"more than 8 MB":      bytes.Repeat(vietnamese, 57),
	}
	for _, size := range []int{255, 256, 1<<16 + 255, 1<<16 + 256, largestBlock - 1, largestBlock, largestBlock + 1, largest + 1} {
		all[fmt.Sprint(size, " bytes")] = bytes.Repeat(vietnamese, 14)[:size]
	}
	return all
}

// prose is Vietnamese text of n bytes.
func prose(seed uint64, n int) []byte {
	words := strings.Fields("Hội Khuyến học tỉnh Phú Thọ phối hợp với Sở Giáo dục và Đào tạo tổ chức hội nghị tổng kết phong trào " +
		"xây dựng xã hội học tập gia đình dòng họ cộng đồng đơn vị các cấp đã trao học bổng cho học sinh nghèo vượt khó quỹ khuyến tài " +
		"thư viện nhà trường công dân số kỹ năng người lao động nông thôn miền núi biên giới hải đảo thầy cô giáo đồng chí lãnh đạo " +
		"phát biểu chỉ đạo kết quả nhiệm vụ trọng tâm năm tới kế hoạch triển khai mô hình điển hình tiên tiến khen thưởng danh hiệu thi đua")
	random := rand.New(rand.NewPCG(seed, 1))
	var w bytes.Buffer
	for w.Len() < n {
		if random.IntN(9) == 0 {
			fmt.Fprint(&w, random.IntN(5000), " ")
		}
		w.WriteString(words[random.IntN(len(words))] + " ")
	}
	return w.Bytes()[:n]
}

// feed is a feed of some entries that say what they are about twice.
func feed(entries, size int) []byte {
	var w bytes.Buffer
	for i := range entries {
		text := prose(uint64(i), size)
		fmt.Fprintf(&w, "<item><link>https://bantin.example.org/bulletins/van-phong-%d</link><description>%s…</description>"+
			"<content:encoded><![CDATA[<p>%s</p>]]></content:encoded><guid isPermaLink=\"false\">urn:uuid:%016x</guid></item>\n",
			i, text[:size/5], text, noise(8))
	}
	return w.Bytes()
}

func noise(n int) []byte { return letters(n, 256) }

func letters(n, different int) []byte {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.IntN(different))
	}
	return b
}

// debian gives what the zstd of Debian makes of input.
func debian(t *testing.T, input []byte, arguments ...string) []byte {
	t.Helper()
	program := testneed.Program(t, "zstd")
	c := exec.CommandContext(t.Context(), program, arguments...)
	c.Stdin = bytes.NewReader(input)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", c, err, &said)
	}
	return out
}

// TestSmall holds the copy of a feed against gzip -9, and against the program
// whose level 19 thinks as long.
func TestSmall(t *testing.T) {
	document := feed(50, 3500)
	got := len(Zstd(document))
	if most := len(gzipped(document)) * 85 / 100; got > most {
		t.Errorf("%d bytes, more than %d, which is 85 %% of gzip -9", got, most)
	}
	if theirs := len(debian(t, document, "-19", "-c", "-q")); got > theirs*101/100 {
		t.Errorf("%d bytes; zstd -19 needs %d", got, theirs)
	}
}

func gzipped(document []byte) []byte {
	var w bytes.Buffer
	z, _ := gzip.NewWriterLevel(&w, gzip.BestCompression)
	z.Write(document)
	z.Close()
	return w.Bytes()
}

// TestFault has the encoder fail in all ways there are: no reader may notice.
func TestFault(t *testing.T) {
	for name, pack := range map[string]func([]byte) []byte{
		"panics":                 func([]byte) []byte { panic("chỉ số vượt quá giới hạn") },
		"gives nothing":          func([]byte) []byte { return nil },
		"gives a part":           func(d []byte) []byte { return frame(d)[:10] },
		"gives another document": func(d []byte) []byte { return frame(append([]byte("x"), d...)) },
		"is no better":           func(d []byte) []byte { return append(usual(d), frame(nil)...) },
	} {
		for _, document := range [][]byte{feed(5, 2000), nil} {
			if got := smaller(document, pack); !bytes.Equal(got, usual(document)) {
				t.Errorf("an encoder that %s is believed of %d bytes", name, len(document))
			}
		}
	}
}

// TestRecent decodes what use says, as RFC 8878 3.1.1.5 tells decoders to.
func TestRecent(t *testing.T) {
	decode := func(value uint32, r recent, literals bool) recent {
		if value > 3 {
			return recent{int(value) - 3, r[0], r[1]}
		}
		if !literals {
			value++
		}
		switch value {
		case 1:
			return r
		case 2:
			return recent{r[1], r[0], r[2]}
		case 3:
			return recent{r[2], r[0], r[1]}
		}
		return recent{r[0] - 1, r[0], r[1]}
	}
	for n := range 5 * 5 * 5 * 5 {
		r, distance := recent{1 + n%5, 1 + n/5%5, 1 + n/25%5}, 1+n/125
		for _, literals := range []bool{true, false} {
			value, then := r.use(distance, literals)
			if got := decode(value, r, literals); got != then || got[0] != distance {
				t.Errorf("distance %d, recent %v, literals %v: %v, but a decoder has %v", distance, r, literals, then, got)
			}
		}
	}
}

// FuzzFrame has blocks of all sizes, so that small documents have many, and
// what one leaves to the next is tried.
func FuzzFrame(f *testing.F) {
	for _, document := range documents() {
		f.Add(document[:min(len(document), 300)], uint16(100))
	}
	f.Add(bytes.Join([][]byte{prose(1, 150), noise(50), prose(1, 150)}, nil), uint16(49))
	f.Fuzz(func(t *testing.T, document []byte, block uint16) {
		if packed := frameBy(document, 1+int(block)); !reads(packed, document) {
			t.Errorf("%d bytes in blocks of %d are not read back", len(document), 1+int(block))
		}
	})
}

// BenchmarkFeed tells how small the copy of a feed is, and how long it takes
// against Brotli's highest level, in one run on the same bytes.
func BenchmarkFeed(b *testing.B) {
	document := feed(50, 3500)
	var ours int
	var theirs time.Duration
	for b.Loop() {
		ours = len(Zstd(document))
		b.StopTimer()
		start := time.Now()
		z := brotli.NewWriterLevel(io.Discard, brotli.BestCompression)
		z.Write(document)
		z.Close()
		theirs += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(ours)/float64(len(gzipped(document))), "x-gzip")
	b.ReportMetric(float64(len(usual(document)))/float64(len(gzipped(document))), "x-gzip-klauspost")
	b.ReportMetric(float64(b.Elapsed())/float64(theirs), "x-brotli-time")
	b.ReportMetric(float64(len(document)), "bytes")
}
