package feed

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// What feed readers send, as their makers describe it.
func TestAgents(t *testing.T) {
	for _, test := range []struct {
		text string
		want agent
	}{
		{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)", agent{program: "Feedly", subscribers: 16}},
		{"FeedlyBot/1.0 (http://feedly.com; 131 subscribers)", agent{program: "Feedly", subscribers: 131}},
		{"Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )", agent{program: "Inoreader", subscribers: 3}},
		{"NewsBlur Feed Fetcher - 1,234 subscribers - http://www.newsblur.com/site/1/tin (Mozilla/5.0 (Macintosh))", agent{program: "NewsBlur", subscribers: 1234}},
		{"Feedbin feed-id:1373711 - 142 subscribers", agent{program: "Feedbin", subscribers: 142}},
		{"Mozilla/5.0 (compatible; theoldreader.com; 2 subscribers; feed-id=5a61b1)", agent{program: "The Old Reader", subscribers: 2}},
		{"BazQux/2.4 (+https://bazqux.com/fetcher; 1 subscribers)", agent{program: "BazQux", subscribers: 1}},
		{"Bloglines/3.1 (http://www.bloglines.com; 1 subscriber)", agent{program: "Bloglines", subscribers: 1}},
		{"DocTin/2 (2 readers)", agent{program: OtherProgram, subscribers: 2}},
		{"Netvibes (http://www.netvibes.com/; subscribers: 5; feedId: 5404723)", agent{program: "Netvibes", subscribers: 5}},
		{"<script>alert(1)</script> 7 subscribers", agent{program: OtherProgram, subscribers: 7}},
		{"Feedly 99999999 subscribers", agent{program: "Feedly", subscribers: maxSubscribers}},
		// Direct readers.
		{"Mozilla/5.0 (compatible; Miniflux/2.2.3; +https://miniflux.app)", agent{}},
		{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)", agent{}},
		{"NetNewsWire (RSS Reader; https://netnewswire.com/)", agent{}},
		{"Feedly 999999999999 subscribers", agent{}},
		{"feed-id 1234subscribers", agent{}},
		// For nobody in particular.
		{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", agent{isRobot: true}},
		{"", agent{isRobot: true}},
	} {
		if got := parseAgent(test.text); got != test.want {
			t.Errorf("%q: %+v, want %+v", test.text, got, test.want)
		}
	}
}

// told is what readers counted, as lines.
func told(r *Readers) (lines []string) {
	for _, c := range r.Changed() {
		n := c.N
		if c.Program == "" {
			n = EstimateReaders(c.Seen)
		}
		lines = append(lines, fmt.Sprintf("%s %s %d", c.Feed, c.Program, n))
	}
	slices.Sort(lines)
	return lines
}

// A program counts with the greatest number it told, a direct reader once however often
// they come, and a feed is told of when something about it is new.
func TestReaders(t *testing.T) {
	r := &Readers{}
	r.Count("tat-ca", "NetNewsWire", "192.0.2.1/32")
	if got := told(r); got != nil {
		t.Errorf("before a day began: %q", got)
	}
	r.Begin([]byte("khóa của ngày"))
	for _, n := range []int{14, 16, 15} {
		r.Count("tat-ca", fmt.Sprintf("Feedly/1.0 (%d subscribers)", n), "192.0.2.1/32")
	}
	for range 3 {
		for i := range 50 {
			r.Count("tat-ca", "NetNewsWire", fmt.Sprintf("192.0.2.%d/32", i))
		}
	}
	r.Count("tat-ca", "NetNewsWire/7", "192.0.2.1/32") // another program in the same network
	r.Count("tat-ca", "Googlebot", "192.0.2.1/32")
	r.Count("tinh/phu-tho", "NetNewsWire", "192.0.2.1/32")
	if got, want := told(r), []string{"tat-ca  51", "tat-ca Feedly 16", "tinh/phu-tho  1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	r.Count("tat-ca", "NetNewsWire", "192.0.2.1/32")
	r.Count("tat-ca", "Feedly/1.0 (9 subscribers)", "192.0.2.1/32")
	if got := told(r); got != nil {
		t.Errorf("nothing is new, and it tells %q", got)
	}
	r.Restore([]ReaderCount{{Feed: "tinh/phu-tho"}, {Feed: "khong-co"}})
	if got := told(r); !slices.Equal(got, []string{"tinh/phu-tho  1"}) {
		t.Errorf("not stored: it tells %q", got)
	}
	r.Begin([]byte("khóa khác"))
	if got := told(r); got != nil {
		t.Errorf("a new day begins with %q", got)
	}
}

// A stranger who invents programs and networks costs a bounded memory.
func TestReadersAreBounded(t *testing.T) {
	r := &Readers{}
	r.Begin([]byte("khóa"))
	for i := range 3000 {
		r.Count("tat-ca", fmt.Sprintf("P%s%d (%d subscribers)", strings.Repeat("x", i%40), i, i), "192.0.2.1/32")
	}
	list := r.Changed()
	if len(list) != 1 || list[0].Program != OtherProgram || list[0].N != 2999 || len(r.agents) > maxAgents {
		t.Errorf("%+v, %d User-Agents are remembered", list, len(r.agents))
	}
	for i := range 100_000 {
		r.Count("tat-ca", "NetNewsWire", fmt.Sprint(i))
	}
	i := slices.IndexFunc(r.Changed(), func(c ReaderCount) bool { return c.Program == "" && len(c.Seen) == readerBits/8 })
	if i < 0 {
		t.Error("direct readers are not counted")
	}
}

// A User-Agent that is remembered keeps no long header with it.
func TestReadersKeepNoHeader(t *testing.T) {
	r := &Readers{}
	r.Begin([]byte("khóa"))
	header := strings.Repeat("NetNewsWire ", 10_000)
	r.Count("tat-ca", header, "192.0.2.1/32")
	for kept := range r.agents {
		if unsafe.StringData(kept) == unsafe.StringData(header) || len(kept) > 512 {
			t.Errorf("%d bytes of a header stay with a User-Agent of %d", len(header), len(kept))
		}
	}
	if len(r.agents) != 1 {
		t.Errorf("%d User-Agents are remembered", len(r.agents))
	}
}

// The estimate is good for as many readers as an association has.
func TestEstimateReaders(t *testing.T) {
	for _, n := range []int{0, 1, 5, 40, 1000, 10_000, 30_000} {
		r := &Readers{}
		r.Begin([]byte("khóa"))
		for i := range n {
			r.Count("tat-ca", "NetNewsWire", fmt.Sprint(i))
		}
		got := int64(0)
		for _, c := range r.Changed() {
			got = EstimateReaders(c.Seen)
		}
		if off := got - int64(n); off*50 > int64(n)+50 || -off*50 > int64(n)+50 {
			t.Errorf("%d readers are taken for %d", n, got)
		}
	}
}

func FuzzAgent(f *testing.F) {
	f.Add("Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers)")
	f.Fuzz(func(t *testing.T, text string) {
		a := parseAgent(text[:min(len(text), maxAgent)])
		if a.subscribers < 0 || a.subscribers > maxSubscribers || len(a.program) > 24 || strings.ContainsAny(a.program, "<>&\"'=\n") {
			t.Errorf("%q: %+v", text, a)
		}
	})
}

func BenchmarkCountReader(b *testing.B) {
	r := &Readers{}
	r.Begin(make([]byte, 32))
	for b.Loop() {
		r.Count("tinh/phu-tho", "Mozilla/5.0 (compatible; Miniflux/2.2.3; +https://miniflux.app)", "192.0.2.1/32")
	}
}
