package tight

// states are the cells of a table. Each is a state of the decoder: it says a
// symbol, and between which states the bits choose that come next.
type states struct {
	log uint8
	of  [][]int // the states of each symbol, in order
}

// states spreads the symbols over the cells (RFC 8878 4.1.1).
func (t *table) states() states {
	symbols := make([]int, 1<<t.log)
	end := len(symbols)
	for s, n := range t.share {
		if n < 0 {
			end--
			symbols[end] = s
		}
	}
	at, step := 0, len(symbols)/2+len(symbols)/8+3
	for s, n := range t.share {
		for range max(n, 0) {
			symbols[at] = s
			for at = (at + step) % len(symbols); at >= end; {
				at = (at + step) % len(symbols)
			}
		}
	}
	all := states{t.log, make([][]int, len(t.share))}
	for state, s := range symbols {
		all.of[s] = append(all.of[s], state)
	}
	return all
}

// decoder is one in a state. It is led from the last symbol to the first: each
// time to the state before the one in which it is.
type decoder struct {
	states
	at int
}

// last is a decoder at its last symbol.
func (s states) last(symbol uint8) decoder { return decoder{s, s.of[symbol][0]} }

// before leads to the state of symbol from which a decoder comes to where it
// is, and puts the bits by which it does. Say that the states of a symbol that
// has n of them bear the numbers n to 2n-1: from a state all those are reached
// that, with 1<<log added and without the bits to be read, are its number.
func (d *decoder) before(w *bitWriter, symbol uint8) {
	own := d.of[symbol]
	number, n := d.at+1<<d.log, uint8(0)
	for number>>n >= 2*len(own) {
		n++
	}
	w.put(uint32(number), n)
	d.at = own[number>>n-len(own)]
}

// first puts the state with which a decoder begins.
func (d *decoder) first(w *bitWriter) { w.put(uint32(d.at), d.log) }
