package feed

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"sync"
)

// Readers counts who reads which feed on a day. Programs that fetch for many tell how many
// in their User-Agent ("Feedly/1.0 (+http://…; 16 subscribers)"): each counts once, with the
// greatest number it told. All others are counted as direct readers, by network and
// program: a hash of both under the key of the day sets one of readerBits bits, and how
// many readers there were follows from how many bits are set (linear counting, Whang and
// others, 1990): exact within one percent up to ten thousand. No address and no hash is kept.
// Its zero value counts nothing until Begin.
type Readers struct {
	mu      sync.Mutex
	key     []byte
	feeds   map[string]*readersOf
	dirty   map[string]bool
	agents  map[string]agent // that were read last
	isBegun bool
}

type readersOf struct {
	programs map[string]int64
	seen     []byte // nil: no direct reader
}

// ReaderCount is how many read a feed by one program; of Program "", who fetch it for
// themselves, Seen has the bits.
type ReaderCount struct {
	Feed, Program string
	N             int64
	Seen          []byte
}

// What a day may cost: anybody can send any User-Agent for any feed.
const (
	readerBits = 1 << 14
	maxAgents  = 1000 // User-Agents that are remembered
)

// OtherProgram stands for all programs that are not known, together.
const OtherProgram = "other"

// Begin begins a day: what was counted before is forgotten, and readers are told apart
// with the key.
func (r *Readers) Begin(key []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.key, r.isBegun = key, true
	r.feeds, r.dirty = map[string]*readersOf{}, map[string]bool{}
}

// Count counts a request for a feed there is. Those of search engines and of programs
// that do not say what they are count for nobody.
func (r *Readers) Count(feed, userAgent, network string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isBegun {
		return
	}
	a := r.agent(userAgent)
	if a.isRobot {
		return
	}
	of := r.feeds[feed]
	if of == nil {
		of = &readersOf{programs: map[string]int64{}}
		r.feeds[feed] = of
	}
	if a.program != "" {
		if r.countProgram(of, a) {
			r.dirty[feed] = true
		}
		return
	}
	if of.seen == nil {
		of.seen = make([]byte, readerBits/8)
	}
	if bit := r.bit(userAgent, network); of.seen[bit/8]&(1<<(bit%8)) == 0 {
		of.seen[bit/8] |= 1 << (bit % 8)
		r.dirty[feed] = true
	}
}

func (r *Readers) countProgram(of *readersOf, a agent) (isMore bool) {
	if old, known := of.programs[a.program]; known && old >= a.subscribers {
		return false
	}
	of.programs[a.program] = a.subscribers
	return true
}

// bit is the one that a reader sets.
func (r *Readers) bit(userAgent, network string) int {
	b := make([]byte, 0, 512)
	b = append(b, r.key...)
	b = append(b, network...)
	b = append(b, 0)
	b = append(b, userAgent...)
	sum := sha256.Sum256(b)
	return int(binary.BigEndian.Uint32(sum[:]) % readerBits)
}

// agent reads a User-Agent once.
func (r *Readers) agent(text string) agent {
	if len(text) > maxAgent {
		text = text[:maxAgent]
	}
	if a, ok := r.agents[text]; ok {
		return a
	}
	a := parseAgent(text)
	if r.agents == nil || len(r.agents) >= maxAgents {
		r.agents = map[string]agent{}
	}
	r.agents[strings.Clone(text)] = a // text is part of a header, which would stay with it
	return a
}

// Changed gives the counts of feeds that changed since it was called last, for the whole
// day.
func (r *Readers) Changed() (list []ReaderCount) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for feed := range r.dirty {
		list = append(list, r.feeds[feed].counts(feed)...)
	}
	clear(r.dirty)
	return list
}

// Restore has the next Changed give the counts of a feed again: they were not stored.
func (r *Readers) Restore(list []ReaderCount) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range list {
		if r.feeds[c.Feed] != nil {
			r.dirty[c.Feed] = true
		}
	}
}

func (of *readersOf) counts(feed string) (list []ReaderCount) {
	for program, n := range of.programs {
		list = append(list, ReaderCount{Feed: feed, Program: program, N: n})
	}
	if of.seen != nil {
		list = append(list, ReaderCount{Feed: feed, Seen: append([]byte{}, of.seen...)})
	}
	return list
}

// EstimateReaders is how many direct readers have set these bits. Where nearly all are
// set, there were at least so many.
func EstimateReaders(seen []byte) int64 {
	all, set := len(seen)*8, 0
	for _, b := range seen {
		set += bits.OnesCount8(b)
	}
	if set == 0 {
		return 0
	}
	unset := max(1, all-set)
	return int64(math.Round(float64(all) * math.Log(float64(all)/float64(unset))))
}
