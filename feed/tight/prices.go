package tight

import "math"

// bit is the price of one. Prices are in fractions, as the codes of sequences
// take fractions of bits, and so do, over a block, those of literals.
const bit = 256

// prices are what the steps of a parse cost.
type prices struct {
	literal [256]uint32
	run     []uint32   // by the number of literals
	length  []uint32   // of a match
	offset  [32]uint32 // by the code's symbol
}

// tally is what a parse used.
type tally struct {
	literals [256]int
	symbols  occurrences
}

// guess is a tally before the first parse: all bytes as if they were literals,
// and symbols as RFC 8878 predefines them.
func guess(content []byte) tally {
	t := tally{literals: countBytes(content)}
	for kind, p := range predefined {
		for s, n := range p.share {
			t.symbols[kind][s] = max(n, 1)
		}
	}
	return t
}

func countBytes(content []byte) (n [256]int) {
	for _, b := range content {
		n[b]++
	}
	return n
}

// prices follow from the tally; longest is the most bytes of a run or a match.
func (t *tally) prices(longest int) *prices {
	p := &prices{
		run:    runScale.prices(t.symbols[runs][:], longest),
		length: lengthScale.prices(t.symbols[lengths][:], longest),
	}
	copy(p.literal[:], information(t.literals[:]))
	for s, price := range information(t.symbols[offsets][:len(p.offset)]) {
		p.offset[s] = price + uint32(s)*bit
	}
	return p
}

// prices of all numbers on the scale, up to longest.
func (s scale) prices(counts []int, longest int) []uint32 {
	prices := make([]uint32, longest+1)
	symbols := information(counts)
	for symbol, from := range s.from {
		for n := from; n < from+1<<s.bits[symbol] && n <= longest; n++ {
			prices[n] = symbols[symbol] + uint32(s.bits[symbol])*bit
		}
	}
	return prices
}

// information is the price of each symbol that occurs so often. One that does
// not is dear and not forbidden, as the next parse may want it.
func information(counts []int) []uint32 {
	total := 0.5
	for _, n := range counts {
		total += float64(n)
	}
	prices := make([]uint32, len(counts))
	for s, n := range counts {
		prices[s] = uint32(bit * math.Log2(total/max(float64(n), 0.5)))
	}
	return prices
}
