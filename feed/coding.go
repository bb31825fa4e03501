package feed

import (
	"bytes"
	"compress/gzip"

	"github.com/andybalholm/brotli"
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

// maxBrotliBest is from where on the best Brotli level costs more seconds than its few
// per cent are worth.
const maxBrotliBest = 2 << 20

func brotlied(body []byte) []byte {
	level := brotli.BestCompression
	if len(body) > maxBrotliBest {
		level = 9
	}
	var w bytes.Buffer
	z := brotli.NewWriterLevel(&w, level)
	_, _ = z.Write(body)
	_ = z.Close()
	return w.Bytes()
}

// maxZstdWindow is the most that RFC 9659 lets a reader of HTTP be asked for.
const maxZstdWindow = 8 << 20

func zstded(body []byte) []byte {
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(maxZstdWindow), zstd.WithZeroFrames(true))
	defer z.Close()
	return z.EncodeAll(body, nil)
}
