package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// What a picture says beside what it shows is removed before it is stored: where and
// with what it was taken and by whom (Exif, XMP, IPTC, comments, texts), smaller
// copies of what it was before somebody cut it, and whatever lies behind its end.
// Nothing is encoded anew: what is needed to show the picture is copied, the rest is
// left out. Colour profiles are kept, as the colours are wrong without them.

// errDamaged says that a picture is not built as its kind is. One that a decoder
// accepts and that cannot be copied part by part is refused: what it says is unknown.
var errDamaged = errors.New("damaged: its parts cannot be told apart")

// strip gives the picture without what it says beside its pixels.
func strip(raw []byte, mediaType string) ([]byte, error) {
	switch mediaType {
	case "image/jpeg":
		return stripJPEG(raw)
	case "image/png":
		return stripPNG(raw)
	case "image/gif":
		return stripGIF(raw)
	case "image/webp":
		return stripWebP(raw)
	}
	return nil, ErrNotPicture
}

// pngChunks are the kinds of PNG chunks that decide what is shown (PNG 3, 4.1), also
// those of animations. Texts, times, Exif and private chunks are not among them.
const pngChunks = "IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT "

func stripPNG(raw []byte) ([]byte, error) {
	const head, frame = 8, 12 // signature; length, kind and checksum
	if len(raw) < head {
		return nil, errDamaged
	}
	out := append(make([]byte, 0, len(raw)), raw[:head]...)
	for at := head; at+frame <= len(raw); {
		end := uint64(at) + frame + uint64(binary.BigEndian.Uint32(raw[at:]))
		if end > uint64(len(raw)) {
			return nil, errDamaged
		}
		kind := raw[at+4 : at+8]
		if bytes.Contains([]byte(pngChunks), append(bytes.Clone(kind), ' ')) {
			out = append(out, raw[at:end]...)
		}
		if string(kind) == "IEND" {
			return out, nil
		}
		at = int(end)
	}
	return nil, errDamaged
}

// webPChunks are the kinds of chunks that decide what is shown; animations are not read.
const webPChunks = "VP8  VP8L VP8X ALPH ICCP "

// stripWebP copies the RIFF container. The flags for Exif and XMP are cleared, so that
// nobody looks for them.
func stripWebP(raw []byte) ([]byte, error) {
	const head, frame, exifAndXMP = 12, 8, 0x0c
	if len(raw) < head {
		return nil, errDamaged
	}
	size := min(uint64(binary.LittleEndian.Uint32(raw[4:]))+8, uint64(len(raw)))
	if size < head {
		return nil, errDamaged
	}
	raw = raw[:size]
	out := append(make([]byte, 0, len(raw)), raw[:head]...)
	for at := head; at+frame <= len(raw); {
		length := uint64(binary.LittleEndian.Uint32(raw[at+4:]))
		end := min(uint64(at)+frame+length+length%2, uint64(len(raw)))
		if uint64(at)+frame+length > uint64(len(raw)) {
			return nil, errDamaged
		}
		kind := raw[at : at+4]
		if bytes.Contains([]byte(webPChunks), append(bytes.Clone(kind), ' ')) {
			start := len(out)
			out = append(out, raw[at:end]...)
			if string(kind) == "VP8X" && length > 0 {
				out[start+frame] &^= exifAndXMP
			}
			if length%2 == 1 && end == uint64(at)+frame+length {
				out = append(out, 0) // the padding was cut off
			}
		}
		at = int(end)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
