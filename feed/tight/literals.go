package tight

import "github.com/klauspost/compress/huff0"

// Types of literals (RFC 8878 3.1.1.3.1.1).
const (
	rawLiterals = iota
	constantLiterals
	huffmanLiterals
	treelessLiterals // with the tree of an earlier block
)

// literalsSection writes literals (RFC 8878 3.1.1.3.1), and gives the tree that
// the next block may use. The depth of the tree is a balance of its own size
// and that of the codes, so several are tried.
func literalsSection(literals []byte, before *huff0.Scratch) ([]byte, *huff0.Scratch) {
	if len(literals) > 1 && isConstant(literals) {
		return append(plainHeader(constantLiterals, len(literals)), literals[0]), before
	}
	best, tree := append(plainHeader(rawLiterals, len(literals)), literals...), before
	for depth := uint8(11); depth >= 8; depth-- {
		if packed, t := huffman(literals, before, depth); t != nil && len(packed) < len(best) {
			best, tree = packed, t
		}
	}
	return best, tree
}

func isConstant(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// huffman packs literals by a new tree or the one before; no tree where that
// makes them no smaller.
func huffman(literals []byte, before *huff0.Scratch, depth uint8) ([]byte, *huff0.Scratch) {
	tree := &huff0.Scratch{TableLog: depth, Reuse: huff0.ReusePolicyAllow}
	if before != nil {
		tree.TransferCTable(before)
	}
	compress := huff0.Compress4X
	if len(literals) < manyLiterals {
		compress = huff0.Compress1X
	}
	packed, again, err := compress(literals, tree)
	if err != nil {
		return nil, nil
	}
	kind := huffmanLiterals
	if again {
		kind = treelessLiterals
	}
	return append(packedHeader(kind, len(literals), len(packed)), packed...), tree
}

// manyLiterals are in four streams, with which decoders are faster; the header
// of a single one could say no more than 1023.
const manyLiterals = 256

// plainHeader is in one to three bytes.
func plainHeader(kind, size int) []byte {
	switch {
	case size < 1<<5:
		return little(kind|size<<3, 1)
	case size < 1<<12:
		return little(kind|1<<2|size<<4, 2)
	}
	return little(kind|3<<2|size<<4, 3)
}

// packedHeader is in three to five bytes, with sizes of 10, 14 or 18 bits.
func packedHeader(kind, size, packed int) []byte {
	switch {
	case size < manyLiterals:
		return little(kind|size<<4|packed<<14, 3)
	case size < 1<<10:
		return little(kind|1<<2|size<<4|packed<<14, 3)
	case size < 1<<14:
		return little(kind|2<<2|size<<4|packed<<18, 4)
	}
	return little(kind|3<<2|size<<4|packed<<22, 5)
}
