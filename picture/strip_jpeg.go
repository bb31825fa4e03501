package picture

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ITU-T T.81, B.1.1.3).
const (
	markStart, markEnd, markScan      = 0xd8, 0xd9, 0xda
	markApp0, markApp15               = 0xe0, 0xef
	markComment                       = 0xfe
	markRestart0, markRestart7        = 0xd0, 0xd7
	markTemporary, markStuffed   byte = 0x01, 0x00
)

// maxScans is how many scans a progressive JPEG may have. Cameras and programs write
// about ten; each costs as much to decode as the whole picture.
const maxScans = 60

// stripJPEG copies a JPEG segment by segment. Of the segments of applications it keeps
// the density (JFIF), the colour profile and Adobe's kind of colours.
func stripJPEG(raw []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(raw)), 0xff, markStart)
	for s := (jpegScanner{raw: raw, at: 2}); ; {
		segment, mark, ok := s.next()
		if !ok {
			return nil, errDamaged
		}
		if mark == markEnd {
			return append(out, 0xff, markEnd), nil
		}
		if !isPrivate(mark, segment) {
			out = append(out, segment...)
		}
	}
}

// isPrivate reports whether a segment says something that the picture does not show.
func isPrivate(mark byte, segment []byte) bool {
	if mark == markComment {
		return true
	}
	if mark < markApp0 || mark > markApp15 {
		return false
	}
	data := segment[4:]
	switch {
	case bytes.HasPrefix(data, []byte("JFIF\x00")):
		return len(data) > 14 // more is a small copy of the picture
	case bytes.HasPrefix(data, []byte("Adobe\x00")):
		return len(data) > 12
	}
	return !bytes.HasPrefix(data, []byte("ICC_PROFILE\x00"))
}

// scansOf counts the scans of a JPEG, up to one more than are taken.
func scansOf(raw []byte) (n int) {
	for s := (jpegScanner{raw: raw, at: 2}); n <= maxScans; {
		_, mark, ok := s.next()
		if !ok || mark == markEnd {
			return n
		}
		if mark == markScan {
			n++
		}
	}
	return n
}

// jpegScanner cuts a JPEG into segments, each with its marker; that of a scan has its
// data too.
type jpegScanner struct {
	raw []byte
	at  int
}

// next gives the next segment, or false where the picture ends too early.
func (s *jpegScanner) next() (segment []byte, mark byte, ok bool) {
	for s.at+1 < len(s.raw) && (s.raw[s.at] != 0xff || s.raw[s.at+1] == 0xff || s.raw[s.at+1] == markStuffed) {
		s.at++ // what fills the space between segments says nothing
	}
	if s.at+1 >= len(s.raw) {
		return nil, 0, false
	}
	begin, mark := s.at, s.raw[s.at+1]
	s.at += 2
	if mark == markEnd || mark == markStart || mark == markTemporary || mark >= markRestart0 && mark <= markRestart7 {
		return s.raw[begin:s.at], mark, true
	}
	if s.at+2 > len(s.raw) {
		return nil, 0, false
	}
	length := int(binary.BigEndian.Uint16(s.raw[s.at:]))
	if length < 2 || s.at+length > len(s.raw) {
		return nil, 0, false
	}
	s.at += length
	if mark == markScan {
		s.at = behindScan(s.raw, s.at)
	}
	return s.raw[begin:s.at], mark, true
}

// behindScan is where the data of a scan ends: at a marker that is neither a stuffed
// byte nor a restart.
func behindScan(raw []byte, at int) int {
	for ; at+1 < len(raw); at++ {
		if next := raw[at+1]; raw[at] == 0xff && next != markStuffed && next != 0xff && (next < markRestart0 || next > markRestart7) {
			return at
		}
	}
	return len(raw)
}
