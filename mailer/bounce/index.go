package bounce

import (
	"math/bits"
	"slices"
)

// wordingIndex finds the wordings that may occur in a text in one pass over it: by the
// first bytes of each, hashed. The table has a thousand wordings and more, and hardly any
// of them occurs in a reply.
type wordingIndex struct {
	buckets [indexSize][]uint16
	short   candidates // they begin with fewer bytes
}

// indexSize is the number of hashes; indexPrefix the bytes that are hashed.
const (
	indexSize   = 1 << 14
	indexPrefix = 3
)

func newWordingIndex(list []wording) *wordingIndex {
	x := &wordingIndex{short: make(candidates, (len(list)+63)/64)}
	for i := range list {
		if len(list[i].parts[0]) < indexPrefix {
			x.short[i/64] |= 1 << (i % 64)
			continue
		}
		h := prefixHash(list[i].parts[0], 0)
		x.buckets[h] = append(x.buckets[h], uint16(i))
	}
	return x
}

// candidates is a set of wordings.
type candidates []uint64

// in returns the wordings of which the first bytes occur in a folded text, where a word
// may begin.
func (x *wordingIndex) in(text string) candidates {
	set := slices.Clone(x.short)
	for i := 0; i+indexPrefix <= len(text); i++ {
		if !begins(text, i) {
			continue
		}
		for _, n := range x.buckets[prefixHash(text, i)] {
			set[n/64] |= 1 << (n % 64)
		}
	}
	return set
}

// each visits the set in the order of the table, until visit returns false.
func (c candidates) each(visit func(n int) bool) {
	for i, word := range c {
		for ; word != 0; word &= word - 1 {
			if !visit(i*64 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

func prefixHash(text string, i int) uint32 {
	h := uint32(text[i])<<16 | uint32(text[i+1])<<8 | uint32(text[i+2])
	return h * 2654435761 >> 18
}
