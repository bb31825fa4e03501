package nukeviet

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"

	"bantin/fetch"
	"bantin/source/charset"
	"bantin/source/document"
	pages "bantin/source/document/story"
)

// story reads the print page, else the download, else the page for people.
func (a *aliasSite) story(ctx context.Context, r row) (*story, error) {
	u, err := url.Parse(r.address)
	if err != nil {
		return nil, errNoStory
	}
	op, _ := a.op(u)
	addresses := []string{a.address("print/" + op), a.address("savefile/" + op), r.address}
	gone := make([]bool, len(addresses))
	led := false
	for i := a.way; i < len(addresses); i++ {
		res, err := getPage(ctx, a.web, fetch.Request{URL: addresses[i]})
		if isMissing(err) {
			gone[i] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		if led = res.redirect != ""; led || len(bytes.TrimSpace(res.Body)) == 0 {
			continue // not allowed
		}
		var s *story
		if err := a.attempts.Do(ctx, asPage, res.Body, func() { s = a.read(res.Body) }); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", addresses[i], errNotStory, err)
		}
		if s == nil {
			return nil, fmt.Errorf("%s: %w", addresses[i], errNotStory)
		}
		a.way = a.settle(a.way, i)
		if m := aliasPath.FindStringSubmatch(op); m != nil {
			s.categories = []string{m[1]}
		}
		return s, nil
	}
	// Its own page decides: a redirect may be a log-in. The print page
	// of 4.x exists for each story.
	if gone[2] || gone[0] && led && !a.isThree {
		return nil, errNoStory
	}
	return nil, errNotStory
}

// read takes a story from a print page or from the page for people: both name its
// parts alike.
func (a *aliasSite) read(raw []byte) *story {
	text, err := charset.Decode(raw)
	if err != nil || !strings.Contains(strings.ToLower(text), "</html>") {
		return nil
	}
	root, err := document.ParsePage(text)
	if err != nil {
		return nil
	}
	return storyOf(pages.Named(root), a.loc)
}
