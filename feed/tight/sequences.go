package tight

// sequence is a run of literals and the match behind it: length bytes that
// also stand distance bytes before. Behind the last one of a block may be more
// literals.
type sequence struct{ run, length, distance int }

// recent are the distances used last, the latest first. A match at one of them
// says so in a bit or two (RFC 8878 3.1.1.5).
type recent [3]int

// near are the distances that the Offset_Values 1, 2 and 3 stand for. Directly
// behind a match, where no literal is between, the latest distance makes no
// sense, as the match would have been longer; another stands in its place.
func (r recent) near(literals bool) recent {
	if literals {
		return r
	}
	return recent{r[1], r[2], r[0] - 1}
}

// use gives the Offset_Value of a distance, and what is recent then.
func (r recent) use(distance int, literals bool) (value uint32, then recent) {
	then = recent{distance, r[0], r[1]}
	for i, d := range r.near(literals) {
		if d != distance {
			continue
		}
		switch {
		case i == 0 && literals:
			then = r
		case i == 0 || i == 1 && literals: // it is r[1] that moves to the front
			then[2] = r[2]
		}
		return uint32(i + 1), then
	}
	return uint32(distance) + 3, then
}

// sequencesSection writes the sequences of a block (RFC 8878 3.1.1.3.2), and
// gives the tables that the next one may name again.
func sequencesSection(codes []coded, before tables) ([]byte, tables) {
	out := sequencesNumber(len(codes))
	if len(codes) == 0 {
		return out, before
	}
	symbols := count(codes)
	var used, again tables
	var modes byte
	var descriptions []byte
	for kind := range kinds {
		c := cheapest(kind, symbols[kind][:], before[kind])
		used[kind], again[kind] = c.table, c.again
		modes |= c.mode << (6 - 2*kind)
		descriptions = append(descriptions, c.description...)
	}
	out = append(append(out, modes), descriptions...)
	return append(out, sequencesStream(codes, used)...), again
}

// sequencesNumber is in one to three bytes.
func sequencesNumber(n int) []byte {
	switch {
	case n < 128:
		return []byte{byte(n)}
	case n < 0x7f00:
		return []byte{byte(n>>8 + 128), byte(n)}
	}
	return append([]byte{255}, little(n-0x7f00, 2)...)
}

// sequencesStream is read backward (RFC 8878 3.1.1.3.2.1.2), so everything
// stands in the opposite order of what a decoder does: it reads three states,
// and of each sequence the bits behind its offset, its length and its run, and
// then those which lead on to the states of the next run, length and offset.
func sequencesStream(codes []coded, used tables) []byte {
	var w bitWriter
	var at [kinds]decoder
	for kind := range kinds {
		at[kind] = used[kind].states().last(codes[len(codes)-1][kind].symbol)
	}
	for i := len(codes) - 1; i >= 0; i-- {
		if i < len(codes)-1 {
			for _, kind := range [kinds]int{offsets, lengths, runs} {
				at[kind].before(&w, codes[i][kind].symbol)
			}
		}
		for _, kind := range [kinds]int{runs, lengths, offsets} {
			w.put(codes[i][kind].rest, codes[i][kind].bits)
		}
	}
	for _, kind := range [kinds]int{lengths, offsets, runs} {
		at[kind].first(&w)
	}
	return w.marked()
}
