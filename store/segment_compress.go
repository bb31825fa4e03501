package store

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// segmentDictionary is the number by which a frame names its dictionary, the edition's
// first message.
const segmentDictionary = 1

// segmentWindow is at least as long as a message and its dictionary.
const segmentWindow = 512 << 10

// maxSegment bounds what is read: mailer.maxHTMLBytes in quoted-printable, three
// times as long, and the plain text.
const maxSegment = 8 << 20

// newSegmentEncoder compresses with the base as dictionary. The fastest level takes a
// megabyte, and is as good as others where nearly all of a message is in the dictionary.
func newSegmentEncoder(base []byte) (*zstd.Encoder, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderDictRaw(segmentDictionary, base),
		zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(segmentWindow), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	return e, wrap(err, "compress segments")
}

func compressBase(message []byte) ([]byte, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(segmentWindow), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("compress segments: %w", err)
	}
	defer e.Close()
	return e.EncodeAll(message, nil), nil
}

// decompressSegment gives a message; base is its dictionary, nil for the base itself.
func decompressSegment(content, base []byte) ([]byte, error) {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxSegment)}
	if base != nil {
		options = append(options, zstd.WithDecoderDictRaw(segmentDictionary, base))
	}
	d, err := zstd.NewReader(nil, options...)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(content, nil)
}
