package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// searchResult is what a page says of a search.
type searchResult struct {
	sought
	Count int    // how many there are; 0 where there are more than a page
	Loose string // the same search with the words anywhere; "" where it is that already
	Apart bool   // the words are not side by side: nothing has them so
}

// sought is what a visitor looks for.
type sought struct {
	Text   string // as it was typed
	words  []string
	phrase bool
}

// What is looked for has at most so many characters and words.
const mostSought, mostWords = 200, 12

// parseSought reads what was typed into the search field: with or without
// diacritics is the same.
func parseSought(text string) sought {
	text = bantin.Shorten(strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " "), mostSought)
	words := strings.FieldsFunc(place.Fold(text), func(r rune) bool { return !inWord(r) })
	words = words[:min(len(words), mostWords)]
	return sought{Text: text, words: words, phrase: len(words) > 1}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// search looks for the words side by side, since a Vietnamese word is written
// as several; where nothing has them so, anywhere in a bulletin.
func (s *site) search(r *http.Request, p *homePage, q url.Values, wanted sought, f store.Filter) ([]store.ListedBulletin, error) {
	result := &searchResult{sought: wanted}
	p.Search, p.Private = result, true
	p.Title = p.Say("Tìm: ", "Search: ") + wanted.Text
	query := store.SearchQuery{Words: wanted.words, Phrase: wanted.phrase && q.Get("all") == "", Tags: f.Tags, Before: f.Before, Limit: f.Limit}
	list, err := s.Store.Bulletins().Search(r.Context(), query)
	if err == nil && len(list) == 0 && query.Phrase && f.Before == 0 {
		query.Phrase, result.Apart = false, true
		q.Set("all", "1")
		list, err = s.Store.Bulletins().Search(r.Context(), query)
	}
	result.phrase = query.Phrase
	if query.Phrase && len(list) <= pageLength {
		loose := url.Values{"all": {"1"}}
		for _, name := range []string{"q", "place", "cluster"} {
			if v := q.Get(name); v != "" {
				loose.Set(name, v)
			}
		}
		result.Loose = p.Href("/?" + loose.Encode())
	}
	if f.Before == 0 && len(list) <= pageLength {
		result.Count = len(list)
	}
	return list, err
}

// run is a part of a text, and whether it is what was looked for.
type run struct {
	Text string
	Hit  bool
}

// plainRuns is a text that nothing was looked for in.
func plainRuns(text string) []run {
	if text == "" {
		return nil
	}
	return []run{{Text: text}}
}

// mark shows in an item where the words are; a summary that has none of them
// gives way to the part of the text that has.
func (s *sought) mark(it *item, b *bantin.Bulletin) {
	it.Title = s.runs(title(b))
	summary := s.runs(b.Summary(summaryLimit))
	if !anyHit(summary) {
		if part := s.runs(s.excerpt(b.Text)); anyHit(part) {
			summary = part
		}
	}
	it.Summary = summary
}

func anyHit(list []run) bool {
	for _, r := range list {
		if r.Hit {
			return true
		}
	}
	return false
}

// runs cuts a text where the words begin and end.
func (s *sought) runs(text string) []run {
	var out []run
	from := 0
	for _, hit := range s.hits(text) {
		if hit[0] > from {
			out = append(out, run{Text: text[from:hit[0]]})
		}
		out = append(out, run{text[hit[0]:hit[1]], true})
		from = hit[1]
	}
	if from < len(text) {
		out = append(out, run{Text: text[from:]})
	}
	return out
}

// hits gives where in the text the words are, as byte ranges.
func (s *sought) hits(text string) [][2]int {
	spans := wordSpans(text)
	var out [][2]int
	for i := 0; i < len(spans); i++ {
		if n := s.at(text, spans[i:]); n > 0 {
			out = append(out, [2]int{spans[i][0], spans[i+n-1][1]})
			i += n - 1
		}
	}
	return out
}

// at tells how many words from the first span on are what was looked for.
func (s *sought) at(text string, spans [][2]int) int {
	is := func(n int, word string) bool { return place.Fold(text[spans[n][0]:spans[n][1]]) == word }
	if !s.phrase {
		for _, word := range s.words {
			if is(0, word) {
				return 1
			}
		}
		return 0
	}
	if len(spans) < len(s.words) {
		return 0
	}
	for n, word := range s.words {
		if !is(n, word) {
			return 0
		}
	}
	return len(s.words)
}

// wordSpans gives where the words of a text are.
func wordSpans(text string) [][2]int {
	var out [][2]int
	from := -1
	for i, r := range text {
		switch {
		case inWord(r) && from < 0:
			from = i
		case !inWord(r) && from >= 0:
			out, from = append(out, [2]int{from, i}), -1
		}
	}
	if from >= 0 {
		out = append(out, [2]int{from, len(text)})
	}
	return out
}

// excerpt is the part of a long text around the first hit, "" without one.
func (s *sought) excerpt(text string) string {
	const mostLooked = 64 << 10
	text = strings.Join(strings.Fields(text[:min(len(text), mostLooked)]), " ")
	hits := s.hits(text)
	if len(hits) == 0 {
		return ""
	}
	const before = 90
	from := max(0, hits[0][0]-before)
	if from > 0 {
		if space := strings.IndexByte(text[from:hits[0][0]], ' '); space >= 0 {
			return "… " + bantin.Shorten(text[from+space+1:], summaryLimit)
		}
		from = hits[0][0]
	}
	return bantin.Shorten(text[from:], summaryLimit)
}
