package tight

// bitWriter puts values of some bits behind one another, each from its lowest
// bit on. A stream that is read backward (RFC 8878 4.1) is written by saying
// everything in the opposite order.
type bitWriter struct {
	out     []byte
	pending uint64
	bits    uint8 // of pending; at most 7 between calls
}

// put writes the n lowest bits of v, at most 32.
func (w *bitWriter) put(v uint32, n uint8) {
	w.pending |= (uint64(v) & (1<<n - 1)) << w.bits
	for w.bits += n; w.bits >= 8; w.bits -= 8 {
		w.out = append(w.out, byte(w.pending))
		w.pending >>= 8
	}
}

// padded ends a stream that is read forward: zeros fill its last byte.
func (w *bitWriter) padded() []byte {
	if w.bits > 0 {
		w.put(0, 8-w.bits)
	}
	return w.out
}

// marked ends a stream that is read backward: its highest 1 tells where that
// begins.
func (w *bitWriter) marked() []byte {
	w.put(1, 1)
	return w.padded()
}

// little gives the n lowest bytes of v, the lowest first.
func little(v, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(v >> (8 * i))
	}
	return out
}
