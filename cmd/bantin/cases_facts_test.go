package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"time"

	"bantin"
)

// servedFeed is the document at the address of a feed.
type servedFeed struct {
	headers map[string]string
	text    string
}

// serve serves feeds, and a picture for any address of one.
func (c *sourceCase) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".png") {
		var picture bytes.Buffer
		_ = png.Encode(&picture, image.NewGray(image.Rect(0, 0, 320, 200)))
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture.Bytes())
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	if len(parts) < 3 {
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	if feed, ok := c.feeds.Load(parts[2]); ok {
		for name, value := range feed.(servedFeed).headers {
			w.Header().Set(name, value)
		}
		fmt.Fprint(w, feed.(servedFeed).text)
	}
}

// problemsOf are the names of the items that sources report, in order.
func (c *sourceCase) problems() (items []string) {
	c.t.Helper()
	for line := range strings.Lines(c.ok("sources", "--json")) {
		var source struct {
			Problems []struct{ Item, What, Hint string }
		}
		if err := json.Unmarshal([]byte(line), &source); err != nil {
			c.t.Fatal(err)
		}
		for _, p := range source.Problems {
			if p.What == "" || p.Hint == "" {
				c.t.Errorf("the problem of %s has no words or no hint", p.Item)
			}
			items = append(items, oneLine(p.Item))
		}
	}
	return items
}

func (c *sourceCase) problemFaults(e *caseExpectation) (faults []string) {
	c.t.Helper()
	if len(e.Problems)+len(e.NoProblems) == 0 && e.ProblemCount == nil {
		return nil
	}
	items := c.problems()
	told := func(item string) bool {
		return slices.ContainsFunc(items, func(of string) bool { return strings.Contains(of, oneLine(item)) })
	}
	for _, item := range e.Problems {
		if !told(item) {
			faults = append(faults, fmt.Sprintf("no problem of %s is told", item))
		}
	}
	for _, item := range e.NoProblems {
		if told(item) {
			faults = append(faults, fmt.Sprintf("a problem of %s is told", item))
		}
	}
	if e.ProblemCount != nil && *e.ProblemCount != len(items) {
		faults = append(faults, fmt.Sprintf("%d problems, want %d: %q", len(items), *e.ProblemCount, items))
	}
	return faults
}

// having are the bulletins that have a text.
func having(list []listed, text, from string) (found []listed) {
	for _, b := range list {
		all := oneLine(strings.Join([]string{b.Title, b.Lead, b.Text, b.URL, b.ID}, " "))
		if (from == "" || b.Source == from) && strings.Contains(all, strings.TrimSpace(oneLine(text))) {
			found = append(found, b)
		}
	}
	return found
}

func (c *sourceCase) bulletinFaults(public, held []listed, facts map[string]any) []string {
	c.t.Helper()
	where, _ := facts["where"].(string)
	from, _ := facts["from"].(string)
	found := having(public, where, from)
	isHeld := len(found) == 0
	if isHeld {
		found = having(held, where, from)
	}
	if len(found) != 1 {
		return []string{fmt.Sprintf("%d bulletins have %q", len(found), where)}
	}
	var faults []string
	for fact, want := range facts {
		got, ok, known := holds(&found[0], isHeld, fact, want)
		if !known {
			got, ok = c.holdsOnPage(&found[0], isHeld, fact, want)
		}
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: %s is %v, want %v", found[0].ID, fact, got, want))
		}
	}
	return faults
}

// holds tells whether a fact of a bulletin in the list is as it should be; a fact that
// the list does not have is not known.
func holds(b *listed, isHeld bool, fact string, want any) (got any, ok, known bool) {
	if got, ok, known := textHolds(b, fact, want); known {
		return got, ok, true
	}
	when, _ := time.Parse(time.RFC3339, b.Published)
	when = when.In(time.FixedZone("ICT", 7*3600))
	switch fact {
	case "where", "from":
		return nil, true, true
	case "is_held":
		got = isHeld
	case "day":
		got = when.Format(time.DateOnly)
	case "time":
		got = when.Format("2006-01-02T15:04")
		if b.PublishedPrecision != bantin.PrecisionMinute {
			return b.PublishedPrecision, false, true
		}
	case "precision":
		got = string(b.PublishedPrecision)
	case "url":
		got = b.URL
	case "source":
		got = b.Source
	case "encoding":
		got = b.Encoding
	case "revision":
		got = float64(b.Revision)
	case "news":
		got = b.Seq != 0
	case "images":
		got = float64(len(b.Images))
	case "places":
		return b.Places, eachOf(want, func(s string) bool { return slices.Contains(b.Places, s) }), true
	default:
		return nil, false, false
	}
	if want == nil {
		return got, got == "", true
	}
	if list, is := want.([]any); is {
		return got, slices.Contains(list, got), true
	}
	return got, got == want, true
}

// textHolds tells whether a fact of a bulletin's words is as it should be.
func textHolds(b *listed, fact string, want any) (got any, ok, known bool) {
	text := oneLine(b.Lead + " " + b.Text)
	in := func(text string) func(string) bool {
		return func(s string) bool { return strings.Contains(text, oneLine(s)) }
	}
	lacksIn := func(text string) func(string) bool {
		return func(s string) bool { return !strings.Contains(text, oneLine(s)) }
	}
	captions := ""
	for _, i := range b.Images {
		captions += i.Caption + " "
	}
	switch fact {
	case "title":
		if list, is := want.([]any); is {
			return b.Title, slices.Contains(list, any(b.Title)), true
		}
		return b.Title, any(b.Title) == want, true
	case "title_starts":
		return b.Title, b.Title != "" && strings.HasPrefix(want.(string)+" ", strings.TrimRight(b.Title, "…")) || strings.HasPrefix(b.Title, want.(string)), true
	case "title_lacks":
		return b.Title, eachOf(want, lacksIn(b.Title)), true
	case "has":
		return text, eachOf(want, in(text)), true
	case "lacks":
		return text, eachOf(want, lacksIn(text)), true
	case "once":
		return text, eachOf(want, func(s string) bool { return strings.Count(text, oneLine(s)) == 1 }), true
	case "anywhere":
		return text, eachOf(want, in(oneLine(b.Title+" "+text+" "+captions))), true
	case "captions_lack":
		return captions, eachOf(want, lacksIn(captions)), true
	case "lead_starts":
		return text, strings.HasPrefix(strings.TrimSpace(text), oneLine(want.(string))), true
	case "lines":
		return text, eachOf(want, isAmong(strings.Split(b.Lead+"\n"+b.Text, "\n"))), true
	case "paragraphs":
		return text, eachOf(want, isAmong(strings.Split(b.Lead+"\n\n"+b.Text, "\n\n"))), true
	}
	return nil, false, false
}

// isAmong makes a test whether a text is one of several.
func isAmong(texts []string) func(string) bool {
	return func(s string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.TrimSpace(oneLine(t)) == oneLine(s) })
	}
}

// eachOf tells whether all texts of a list hold, or of a list in it any.
func eachOf(want any, is func(string) bool) bool {
	for _, w := range want.([]any) {
		switch w := w.(type) {
		case string:
			if !is(w) {
				return false
			}
		case []any:
			if !slices.ContainsFunc(w, func(v any) bool { return is(v.(string)) }) {
				return false
			}
		}
	}
	return true
}
