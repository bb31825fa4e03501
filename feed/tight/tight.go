// Package tight packs a document into a zstd frame (RFC 8878) that is as small
// as one can be: for documents of some kilobytes to two megabytes that are
// packed once, in the background, and then served for years.
//
//	copy := tight.Zstd(document) // any decoder reads it
//
// What makes a frame small is the choice between the many ways to say the same
// thing. On its way from document to frame a text goes through these files:
//
//	frame.go       the frame: header, blocks, checksum
//	encoder.go     a block of 128 KB at a time, parsed several times
//	matches.go     where else the text at a position stands
//	parse.go       the cheapest way through a block, by dynamic programming
//	prices.go      what each step of it costs, by what the last parse used
//	block.go       a parsed piece as one block, or halved where that is smaller
//	literals.go    bytes that no match covers, by Huffman's code
//	sequences.go   the matches, and the distances used last
//	codes.go       numbers as symbols with bits behind them
//	tables.go      which table codes the symbols of a block in the fewest bits
//	fse.go         such tables: shares of symbols, by finite state entropy
//	states.go      the states of a decoder that has one
//	bits.go        bits in bytes
//
// It packs about a megabyte a second on one core, and takes up to 60 MB of
// memory, beside 40 of the library's encoder. There are no dictionaries, no
// streams, no levels.
//
// A fault of this package cannot reach a reader: what it makes is unpacked
// again with the decoder of klauspost/compress, and unless that gives the
// document and there are fewer bytes, Zstd gives what that library's encoder
// makes. docs/decisions/0014 says why it is here and when it should go.
package tight

import (
	"bytes"

	"github.com/klauspost/compress/zstd"
)

// largest is from where on a smaller copy costs more seconds than it is worth.
const largest = 2 << 20

// window is the most that RFC 9659 lets a reader of HTTP be asked for.
const window = 8 << 20

// Zstd packs a document.
func Zstd(document []byte) []byte { return smaller(document, frame) }

// smaller is what pack makes of a document, or what the library makes of it
// where that is as small, or where pack has a fault.
func smaller(document []byte, pack func([]byte) []byte) []byte {
	theirs := usual(document)
	if len(document) > largest {
		return theirs
	}
	if ours := attempt(document, pack); ours != nil && len(ours) < len(theirs) && reads(ours, document) {
		return ours
	}
	return theirs
}

// usual packs as the library does, which cannot fail with options that exist.
func usual(document []byte) []byte {
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithZeroFrames(true))
	defer z.Close()
	return z.EncodeAll(document, nil)
}

// attempt is what pack makes, and nothing where it panics: a fault in what
// saves some bytes must not end a daemon that also mails.
func attempt(document []byte, pack func([]byte) []byte) (packed []byte) {
	defer func() {
		if recover() != nil {
			packed = nil
		}
	}()
	return pack(document)
}

// reads tells whether an independent decoder gets the document from a frame.
func reads(frame, document []byte) bool {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return false
	}
	defer z.Close()
	unpacked, err := z.DecodeAll(frame, nil)
	return err == nil && bytes.Equal(unpacked, document)
}
