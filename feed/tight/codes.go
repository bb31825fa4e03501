package tight

import "math/bits"

// The three numbers of a sequence (RFC 8878 3.1.1.3.2.1.1), in the order in
// which the standard names them.
const (
	runs    = iota // Literals_Length
	offsets        // Offset_Value
	lengths        // Match_Length
	kinds          // their number
)

// code is a number: a symbol and some bits behind it.
type code struct {
	symbol, bits uint8
	rest         uint32
}

// scale cuts numbers into steps that follow one another. A symbol is a step;
// the bits behind it say which of its numbers.
type scale struct {
	bits []uint8
	from []int // where the steps begin
}

func newScale(from int, bits ...uint8) scale {
	s := scale{bits: bits}
	for _, b := range bits {
		s.from = append(s.from, from)
		from += 1 << b
	}
	return s
}

var (
	runScale = newScale(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
	lengthScale = newScale(shortest, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
)

// code gives that of n, which is on the scale.
func (s scale) code(n int) code {
	symbol := len(s.from) - 1
	for s.from[symbol] > n {
		symbol--
	}
	return code{uint8(symbol), s.bits[symbol], uint32(n - s.from[symbol])}
}

// offsetCode is the place of the highest bit, and the bits below it.
func offsetCode(value uint32) code {
	n := uint8(bits.Len32(value) - 1)
	return code{n, n, value - 1<<n}
}

// coded is a sequence as codes.
type coded [kinds]code

// encoded turns sequences into codes, and tells what is recent behind them.
func encoded(sequences []sequence, r recent) ([]coded, recent) {
	codes := make([]coded, len(sequences))
	for i, s := range sequences {
		var value uint32
		value, r = r.use(s.distance, s.run > 0)
		codes[i] = coded{runScale.code(s.run), offsetCode(value), lengthScale.code(s.length)}
	}
	return codes, r
}

// occurrences tells for each kind how often its symbols occur.
type occurrences [kinds][53]int

func count(codes []coded) (n occurrences) {
	for _, c := range codes {
		for kind := range c {
			n[kind][c[kind].symbol]++
		}
	}
	return n
}
