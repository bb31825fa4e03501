package tight

import (
	"math"
	"math/bits"
)

// table is a distribution of symbols over 1<<log cells (RFC 8878 4.1): the more
// cells a symbol has, the fewer bits it takes.
type table struct {
	log   uint8
	share []int // of each symbol: how many cells; -1: one, at the far end ("less than 1")
}

// cells is how many a symbol has.
func (t *table) cells(symbol int) int {
	if symbol >= len(t.share) {
		return 0
	}
	return max(t.share[symbol], -t.share[symbol])
}

// constant is the table of a single symbol.
func constant(symbol int) *table {
	share := make([]int, symbol+1)
	share[symbol] = 1
	return &table{share: share}
}

// bitsOf is what symbols of these counts take; infinite where one has no cell.
func (t *table) bitsOf(counts []int) float64 {
	total := 0.0
	for s, n := range counts {
		if n > 0 {
			total += float64(n) * (float64(t.log) - math.Log2(float64(t.cells(s))))
		}
	}
	return total
}

// shares divides 1<<log cells among symbols by their counts: in proportion
// first, one at least to each that occurs, and then cell by cell to whom it
// saves most, or from whom it costs least. At least two symbols must occur,
// and not more than there are cells.
func shares(counts []int, log uint8) []int {
	total := 0
	for _, n := range counts {
		total += n
	}
	share := make([]int, len(counts))
	left := 1 << log
	for s, n := range counts {
		if n > 0 {
			share[s] = max(1, n<<log/total)
			left -= share[s]
		}
	}
	for ; left > 0; left-- {
		share[highest(counts, func(s int) float64 { return worth(counts[s], share[s]) })]++
	}
	for ; left < 0; left++ {
		share[highest(counts, func(s int) float64 { return -worth(counts[s], share[s]-1) })]--
	}
	return share
}

// worth is how many bits a cell more than n saves; the first is beyond price.
func worth(count, n int) float64 {
	if n == 0 {
		return math.Inf(1)
	}
	return float64(count) * math.Log2(1+1/float64(n))
}

// highest gives the symbol that is rated highest of those that occur.
func highest(counts []int, rate func(symbol int) float64) int {
	best, most := -1, 0.0
	for s, n := range counts {
		if n == 0 {
			continue
		}
		if r := rate(s); best < 0 || r > most {
			best, most = s, r
		}
	}
	return best
}

// description is the table as a decoder reads it (RFC 8878 4.1.1): of each
// symbol one more than its share, until no cell is left. Behind a symbol
// without cells follows how many more there are, by threes.
func (t *table) description() []byte {
	var w bitWriter
	w.put(uint32(t.log-5), 4)
	left := 1 << t.log
	for s := 0; left > 0; s++ {
		putBelow(&w, t.share[s]+1, left+2)
		left -= t.cells(s)
		if t.share[s] != 0 {
			continue
		}
		more := 0
		for ; t.share[s+1] == 0; s++ {
			more++
		}
		for ; more >= 3; more -= 3 {
			w.put(3, 2)
		}
		w.put(uint32(more), 2)
	}
	return w.padded()
}

// putBelow writes v, which is below limit, in as many bits as that takes; the
// values that are left over of these bits make the lowest ones a bit shorter.
func putBelow(w *bitWriter, v, limit int) {
	n := uint8(bits.Len(uint(limit - 1)))
	over := 1<<n - limit
	switch {
	case v < over:
		w.put(uint32(v), n-1)
	case v < 1<<(n-1):
		w.put(uint32(v), n)
	default:
		w.put(uint32(v+over), n)
	}
}
