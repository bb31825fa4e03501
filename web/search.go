package web

import (
	"net/http"
	"net/url"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// searchResult is a search on its page.
type searchResult struct {
	searchQuery
	Count int    // number of results; 0 where they exceed a page
	Loose string // URL of the same search with the words anywhere; "" where it is that already
	Apart bool   // no bulletin has the phrase; the words match anywhere
}

// searchQuery is a parsed search.
type searchQuery struct {
	Text   string // as entered
	words  []string
	phrase bool
}

// maxQueryLength is in characters.
const maxQueryLength = 200

// parseSearchQuery parses the input of the search field. Diacritics make no
// difference.
func parseSearchQuery(text string) searchQuery {
	text = bantin.Shorten(strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " "), maxQueryLength)
	words := place.QueryWords(text)
	return searchQuery{Text: text, words: words, phrase: len(words) > 1}
}

// searchID is the id of feeds of a search: syndicate.SearchID.
const searchID = "tim"

// search looks for the words as a phrase, since a Vietnamese word is written as
// several. Without a match it looks for the words anywhere in a bulletin.
func (s *site) search(r *http.Request, p *homePage, q url.Values, wanted searchQuery, f store.Filter) ([]store.ListedBulletin, error) {
	result := &searchResult{searchQuery: wanted}
	p.Search, p.Private = result, true
	p.Title = p.Say("Tìm: ", "Search: ") + wanted.Text
	if !p.Filtered {
		f := bantin.Feed{ID: searchID + "?" + url.Values{"q": {strings.Join(wanted.words, " ")}}.Encode(), Title: p.Title}
		p.FeedHref = feed.Path(f.ID, feed.Formats()[0].Ext)
		p.Alternates = append(formats(f), p.Alternates...)
	}
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
		for _, name := range []string{"q", "place", "cluster", "topic"} {
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

// highlightSpan is a part of a text, and whether it matches the search.
type highlightSpan struct {
	Text string
	Hit  bool
}

// plainRuns is a text without matches.
func plainRuns(text string) []highlightSpan {
	if text == "" {
		return nil
	}
	return []highlightSpan{{Text: text}}
}

// mark highlights the matches in an item. A summary without a match is replaced by
// an excerpt with one.
func (s *searchQuery) mark(it *item, b *bantin.Bulletin) {
	it.Title = s.runs(title(b))
	summary := s.runs(b.Summary(summaryLimit))
	if !anyHit(summary) {
		if part := s.runs(s.excerpt(b.Text)); anyHit(part) {
			summary = part
		}
	}
	it.Summary = summary
}

func anyHit(list []highlightSpan) bool {
	for _, r := range list {
		if r.Hit {
			return true
		}
	}
	return false
}

// runs splits a text at its matches.
func (s *searchQuery) runs(text string) []highlightSpan {
	var out []highlightSpan
	from := 0
	for _, hit := range s.hits(text) {
		if hit[0] > from {
			out = append(out, highlightSpan{Text: text[from:hit[0]]})
		}
		out = append(out, highlightSpan{text[hit[0]:hit[1]], true})
		from = hit[1]
	}
	if from < len(text) {
		out = append(out, highlightSpan{Text: text[from:]})
	}
	return out
}

// hits returns the byte ranges of the matches.
func (s *searchQuery) hits(text string) [][2]int {
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

// at returns how many words match from the first span on.
func (s *searchQuery) at(text string, spans [][2]int) int {
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

// wordSpans returns the byte ranges of the words of a text.
func wordSpans(text string) [][2]int {
	var out [][2]int
	from := -1
	for i, r := range text {
		switch {
		case place.InWord(r) && from < 0:
			from = i
		case !place.InWord(r) && from >= 0:
			out, from = append(out, [2]int{from, i}), -1
		}
	}
	if from >= 0 {
		out = append(out, [2]int{from, len(text)})
	}
	return out
}

// excerpt is the part of a long text around the first match, "" without one.
func (s *searchQuery) excerpt(text string) string {
	const maxSearched = 64 << 10
	text = strings.Join(strings.Fields(text[:min(len(text), maxSearched)]), " ")
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
