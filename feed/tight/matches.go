package tight

import (
	"encoding/binary"
	"math/bits"
)

const (
	// shortest is that of all matches (RFC 8878 3.1.1.3.2.1.1).
	shortest = 3
	// long is a match that is taken without a thought of others, and how much
	// of two texts is compared to put them in order.
	long = 256
	// depth is at how many places a position is looked for. Texts are done
	// with thirty; this is for those that were made to be slow.
	depth = 256
	// most is how many matches of a position are kept, for the same reason.
	most = 32
)

// match is a length and the least distance at which so much is the same.
type match struct{ length, distance int32 }

// finder finds at each position the matches that are worth a thought: of each
// length the nearest. Positions that begin with the same three bytes are in a
// binary tree, ordered by the text that follows. A new one becomes its root,
// and cuts the tree in two on its way down, so that above a place stand later
// ones only. Hence a place on this way that has more in common with the new
// one than all above it is the nearest that has so much.
type finder struct {
	text  []byte
	roots []int32    // by a hash of three bytes
	under [][2]int32 // each position: the root of what is less, and of what is greater
	last  found      // kept for its room
}

// nowhere ends a branch.
const nowhere = -1

const hashBits = 16

func newFinder(text []byte) *finder {
	f := &finder{text: text, roots: make([]int32, 1<<hashBits), under: make([][2]int32, len(text))}
	for i := range f.roots {
		f.roots[i] = nowhere
	}
	return f
}

// found are the matches at the positions of a piece.
type found struct {
	matches []match
	ends    []int // of those of each position
}

func (f found) at(i int) []match {
	if i == 0 {
		return f.matches[:f.ends[0]]
	}
	return f.matches[f.ends[i-1]:f.ends[i]]
}

// between finds the matches at the positions from start to end, once all
// before are known. They are good until the next call.
func (f *finder) between(start, end int) found {
	f.last = found{f.last.matches[:0], f.last.ends[:0]}
	for at := start; at < end; at++ {
		f.last.matches = f.add(at, f.last.matches)
		f.last.ends = append(f.last.ends, len(f.last.matches))
	}
	return f.last
}

// add makes a position known and appends its matches to found, each longer
// than the one before it. Positions come in order, each once.
func (f *finder) add(at int, found []match) []match {
	end := min(len(f.text), at+long)
	if end < at+shortest {
		return found
	}
	root := &f.roots[f.hash(at)]
	place := *root
	*root = int32(at)
	var ends = [2]*int32{&f.under[at][0], &f.under[at][1]} // where what is less or greater is hung up
	var same [2]int                                        // bytes that all of that has in common with at
	first, best := len(found), shortest-1
	for range depth {
		if place == nowhere {
			break
		}
		n := min(same[0], same[1])
		n += common(f.text[int(place)+n:], f.text[at+n:end])
		if n > best {
			best = n
			found = append(found[:min(len(found), first+most-1)], match{int32(n), int32(at) - place})
		}
		if at+n == end { // as good as equal: at stands in its place
			*ends[0], *ends[1] = f.under[place][0], f.under[place][1]
			return found
		}
		side := 0
		if f.text[int(place)+n] > f.text[at+n] {
			side = 1
		}
		*ends[side], same[side] = place, n
		ends[side] = &f.under[place][1-side]
		place = *ends[side]
	}
	*ends[0], *ends[1] = nowhere, nowhere
	return found
}

func (f *finder) hash(at int) uint32 {
	three := uint32(f.text[at]) | uint32(f.text[at+1])<<8 | uint32(f.text[at+2])<<16
	return three * 0x9e3779b1 >> (32 - hashBits) // Knuth's multiplier: the golden ratio
}

// common is how many bytes a and b begin with alike.
func common(a, b []byte) int {
	n := 0
	for ; len(a) >= n+8 && len(b) >= n+8; n += 8 {
		if d := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); d != 0 {
			return n + bits.TrailingZeros64(d)/8
		}
	}
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
