package feed

import (
	"bytes"
	"compress/gzip"
	"math/bits"
	"sync"
	"weak"

	"github.com/andybalholm/brotli"
	quickgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// coding is a content coding (RFC 9110 8.4.1).
type coding int

const (
	plainCoding coding = iota
	gzipCoding
	zstdCoding // RFC 8878
	brotliCoding
	codings // their number
)

// name is what Content-Encoding says.
func (c coding) name() string { return [codings]string{"", "gzip", "zstd", "br"}[c] }

// suffix tells the tag of a coding from that of the plain document.
func (c coding) suffix() string { return [codings]string{"", "gz", "zst", "br"}[c] }

// extension is that of a file in this coding.
func (c coding) extension() string { return c.suffix() }

// The writers below write to memory at levels that exist, so they cannot fail.

func gzipped(body []byte) []byte {
	var w bytes.Buffer
	z, _ := gzip.NewWriterLevel(&w, gzip.BestCompression)
	_, _ = z.Write(body)
	_ = z.Close()
	return w.Bytes()
}

// quickGzip keeps writers, whose tables cost as much as a short document.
var quickGzip = sync.Pool{New: func() any {
	z, _ := quickgzip.NewWriterLevel(nil, quickgzip.BestSpeed)
	return z
}}

// quicklyGzipped takes an eighth of the time of gzipped, for up to half as many bytes more.
func quicklyGzipped(body []byte) []byte {
	var w bytes.Buffer
	z, _ := quickGzip.Get().(*quickgzip.Writer)
	defer quickGzip.Put(z)
	z.Reset(&w)
	_, _ = z.Write(body)
	_ = z.Close()
	return w.Bytes()
}

// maxBrotliBest is from where on the best Brotli level costs more seconds than its few
// per cent are worth; the two below are windows of Brotli (RFC 7932 9.1), as powers of two.
const (
	maxBrotliBest     = 2 << 20
	leastBrotliWindow = 16
	maxBrotliWindow   = 22
)

// brotlied looks back as far as the document goes and no further: the encoder's memory
// grows with its window, and so does the time to clear it.
func brotlied(body []byte) []byte {
	options := brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: min(max(bits.Len(uint(len(body))), leastBrotliWindow), maxBrotliWindow)}
	if len(body) > maxBrotliBest {
		options.Quality = 9
	}
	var w bytes.Buffer
	z := brotli.NewWriterOptions(&w, options)
	_, _ = z.Write(body)
	_ = z.Close()
	return w.Bytes()
}

// maxZstdWindow is the most that RFC 9659 lets a reader of HTTP be asked for.
const maxZstdWindow = 8 << 20

// zstdEncoder is the last one used. It has 50 MB of tables, so one document after the
// other is coded by it, and what collects garbage may take it when none is.
var zstdEncoder struct {
	sync.Mutex
	last weak.Pointer[zstd.Encoder]
}

func zstded(body []byte) []byte {
	zstdEncoder.Lock()
	defer zstdEncoder.Unlock()
	z := zstdEncoder.last.Value()
	if z == nil {
		z, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
			zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(maxZstdWindow), zstd.WithZeroFrames(true))
		zstdEncoder.last = weak.Make(z)
	}
	return z.EncodeAll(body, nil)
}
