package tight

import (
	"math"
	"slices"
)

// node is the cheapest way known to a position of a block.
type node struct {
	cost   uint32
	run    int32 // literals since the last match
	step   match // the match that ends here; its length is 0 behind a literal
	recent recent
}

// parser finds the cheapest way through a block. From left to right it tries
// at each position all steps on from there: a literal, and in each of their
// lengths the matches at recent distances and those that were found.
type parser struct {
	text  []byte // the document up to the end of the block
	start int    // of the block
	found found
	nodes []node // one for each position, and one for the end
}

func newParser(text []byte, start int, found found) *parser {
	return &parser{text, start, found, make([]node, len(text)-start+1)}
}

// parse gives the sequences of the cheapest way.
func (p *parser) parse(prices *prices, r recent) []sequence {
	for i := range p.nodes {
		p.nodes[i].cost = math.MaxUint32
	}
	p.nodes[0] = node{cost: prices.run[0], recent: r}
	for at := 0; at < len(p.nodes)-1; {
		p.literal(prices, at)
		at += max(1, p.matches(prices, at))
	}
	return p.way()
}

// literal tries one literal more, for its own price and for what that adds to
// the price of its run.
func (p *parser) literal(prices *prices, at int) {
	from, to := &p.nodes[at], &p.nodes[at+1]
	cost := from.cost + prices.literal[p.text[p.start+at]] + prices.run[from.run+1] - prices.run[from.run]
	if cost < to.cost {
		*to = node{cost: cost, run: from.run + 1, recent: from.recent}
	}
}

// matches tries all matches at a position, those that were found in the lengths
// that no nearer one has. It gives the length of one so long that no position
// inside it needs a look, or 0.
func (p *parser) matches(prices *prices, at int) int {
	for _, distance := range p.nodes[at].recent.near(p.nodes[at].run > 0) {
		if distance < 1 || distance > p.start+at {
			continue
		}
		n := p.same(at, distance)
		if p.match(prices, at, distance, shortest, n); n >= long {
			return n
		}
	}
	from := shortest
	for _, m := range p.found.at(at) {
		n := min(int(m.length), len(p.nodes)-1-at)
		if n == long {
			n = p.same(at, int(m.distance))
		}
		if p.match(prices, at, int(m.distance), from, n); n >= long {
			return n
		}
		from = n + 1
	}
	return 0
}

// same is how far the text at a position goes like that at a distance.
func (p *parser) same(at, distance int) int {
	here := p.text[p.start+at:]
	return common(p.text[p.start+at-distance:], here)
}

// match tries a match in all lengths of a range; a long one is not shortened.
func (p *parser) match(prices *prices, at, distance, from, to int) {
	if to >= long {
		from = to
	}
	before := &p.nodes[at]
	value, then := before.recent.use(distance, before.run > 0)
	cost := before.cost + prices.offset[offsetCode(value).symbol] + prices.run[0]
	for n := from; n <= to; n++ {
		if c := cost + prices.length[n]; c < p.nodes[at+n].cost {
			p.nodes[at+n] = node{c, 0, match{int32(n), int32(distance)}, then}
		}
	}
}

// way follows the nodes back from the end of the block.
func (p *parser) way() []sequence {
	var way []sequence
	for at := len(p.nodes) - 1; at > 0; {
		n := p.nodes[at]
		at -= int(n.run + n.step.length)
		if n.step.length > 0 {
			way = append(way, sequence{int(p.nodes[at].run), int(n.step.length), int(n.step.distance)})
		}
	}
	slices.Reverse(way)
	return way
}
