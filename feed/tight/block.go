package tight

import "github.com/klauspost/compress/huff0"

// largestBlock is the most that a block may hold (RFC 8878 3.1.1.2.4).
const largestBlock = 128 << 10

// Types of blocks (RFC 8878 3.1.1.2.2).
const (
	rawBlock = iota
	constantBlock
	packedBlock
)

// piece is a piece of the document, and how it was parsed.
type piece struct {
	content   []byte
	sequences []sequence
	last      bool // of the document
}

// memory is what a decoder knows from the blocks before.
type memory struct {
	recent recent
	tables tables
	tree   *huff0.Scratch // nil: none yet
}

// blocks writes a piece as one block, or in halves where that is smaller, and
// these again: blocks have tables of their own, which pays where texts differ.
func (m memory) blocks(p piece) ([]byte, memory) {
	out, after := m.block(p)
	if len(p.sequences) < worthHalving {
		return out, after
	}
	left, right := p.halves()
	first, between := m.blocks(left)
	second, end := between.blocks(right)
	if len(first)+len(second) < len(out) {
		return append(first, second...), end
	}
	return out, after
}

// worthHalving is how many sequences it takes for two sets of tables to win.
const worthHalving = 300

func (p piece) halves() (left, right piece) {
	middle, at := len(p.sequences)/2, 0
	for _, s := range p.sequences[:middle] {
		at += s.run + s.length
	}
	return piece{p.content[:at], p.sequences[:middle], false}, piece{p.content[at:], p.sequences[middle:], p.last}
}

// block writes a piece as one block of the type that is smallest. A decoder
// learns from packed ones only.
func (m memory) block(p piece) ([]byte, memory) {
	if len(p.content) > 0 && isConstant(p.content) {
		return append(p.header(constantBlock, len(p.content)), p.content[0]), m
	}
	if packed, after := m.packed(p); len(packed) < len(p.content) {
		return append(p.header(packedBlock, len(packed)), packed...), after
	}
	return append(p.header(rawBlock, len(p.content)), p.content...), m
}

// header of a block (RFC 8878 3.1.1.2).
func (p piece) header(kind, size int) []byte {
	last := 0
	if p.last {
		last = 1
	}
	return little(last|kind<<1|size<<3, 3)
}

func (m memory) packed(p piece) ([]byte, memory) {
	literals, tree := literalsSection(p.literals(), m.tree)
	codes, recent := encoded(p.sequences, m.recent)
	sequences, tables := sequencesSection(codes, m.tables)
	return append(literals, sequences...), memory{recent, tables, tree}
}

// literals are all bytes that no match covers.
func (p piece) literals() []byte {
	var out []byte
	at := 0
	for _, s := range p.sequences {
		out = append(out, p.content[at:at+s.run]...)
		at += s.run + s.length
	}
	return append(out, p.content[at:]...)
}
