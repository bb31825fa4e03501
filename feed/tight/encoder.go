package tight

// passes is how often a block is parsed, each time with prices by what the
// last parse used. More of them gain less than a thousandth.
const passes = 3

// encoder goes through a document, as much as a block may hold at a time.
type encoder struct {
	finder *finder
	memory memory
	tally  tally // of the last parse
}

func newEncoder(document []byte, block int) *encoder {
	return &encoder{
		finder: newFinder(document),
		memory: memory{recent: recent{1, 4, 8}}, // RFC 8878 3.1.1.5
		tally:  guess(document[:min(len(document), block)]),
	}
}

// next writes the piece from start to end, of all parses the smallest.
func (e *encoder) next(start, end int) []byte {
	document := e.finder.text
	p := newParser(document[:end], start, e.finder.between(start, end))
	var best []byte
	var after memory
	for range passes {
		parsed := piece{
			content:   document[start:end],
			sequences: p.parse(e.tally.prices(end-start), e.memory.recent),
			last:      end == len(document),
		}
		e.learn(parsed)
		if out, m := e.memory.blocks(parsed); best == nil || len(out) < len(best) {
			best, after = out, m
		}
	}
	e.memory = after
	return best
}

func (e *encoder) learn(p piece) {
	codes, _ := encoded(p.sequences, e.memory.recent)
	e.tally = tally{countBytes(p.literals()), count(codes)}
}
