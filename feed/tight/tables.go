package tight

import "math"

// How a decoder gets a table (RFC 8878 3.1.1.3.2.1).
const (
	predefinedMode = iota
	constantMode   // RLE_Mode
	describedMode  // FSE_Compressed_Mode
	repeatMode
)

// tables are those of the three kinds; nil where there is none.
type tables [kinds]*table

// choice is a table, and how a decoder gets it.
type choice struct {
	*table
	mode        byte
	description []byte
	again       *table // for the next block, where it may be named again
}

// cheapest gives the choice that codes symbols of these counts in the fewest
// bits. Only described tables are used again: with others no two decoders were
// seen to disagree, but who would have tried?
func cheapest(kind int, counts []int, before *table) choice {
	occur, last := 0, 0
	for s, n := range counts {
		if n > 0 {
			occur, last = occur+1, s
		}
	}
	if occur == 1 {
		return choice{table: constant(last), mode: constantMode, description: []byte{byte(last)}}
	}
	best, least := choice{}, math.Inf(1)
	try := func(c choice) {
		if n := c.bitsOf(counts) + float64(8*len(c.description)); n < least {
			best, least = c, n
		}
	}
	try(choice{table: &predefined[kind], mode: predefinedMode})
	if before != nil {
		try(choice{table: before, mode: repeatMode, again: before})
	}
	for log := smallestLog; log <= largestLog[kind]; log++ {
		if occur <= 1<<log {
			t := &table{log, shares(counts[:last+1], log)}
			try(choice{table: t, mode: describedMode, description: t.description(), again: t})
		}
	}
	return best
}

// smallestLog is the least that a description can say, largestLog the most
// that decoders take (RFC 8878 3.1.1.3.2.1).
const smallestLog = uint8(5)

var largestLog = [kinds]uint8{9, 8, 9}

// predefined are the distributions that every decoder has (RFC 8878 3.1.1.3.2.2).
var predefined = [kinds]table{
	{log: 6, share: []int{4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1,
		2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1}},
	{log: 5, share: []int{1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1}},
	{log: 6, share: []int{1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1}},
}
