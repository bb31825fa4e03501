package tight

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// frame writes a document as one frame (RFC 8878 3.1.1).
func frame(document []byte) []byte { return frameBy(document, largestBlock) }

// frameBy parses so many bytes at a time; what is said of largestBlock holds.
func frameBy(document []byte, block int) []byte {
	out := frameHeader(len(document))
	e := newEncoder(document, block)
	for start := 0; start == 0 || start < len(document); start += block {
		out = append(out, e.next(start, min(start+block, len(document)))...)
	}
	return binary.LittleEndian.AppendUint32(out, uint32(xxhash.Sum64(document)))
}

// frameHeader (RFC 8878 3.1.1.1) says the size, that a decoder needs no window
// but the document itself, and that a checksum ends the frame.
func frameHeader(size int) []byte {
	out := []byte{0x28, 0xb5, 0x2f, 0xfd}
	const single, checksum = 1 << 5, 1 << 2 // Single_Segment_Flag, Content_Checksum_Flag
	switch {
	case size < 256:
		return append(out, single|checksum, byte(size))
	case size < 1<<16+256:
		return append(append(out, 1<<6|single|checksum), little(size-256, 2)...)
	}
	return append(append(out, 2<<6|single|checksum), little(size, 4)...)
}
