// Package nukeviettest is a NukeViet site for tests: it serves the pages of the
// generations 2.0, 3.x and 4.x over HTTP, with their faults. Tests change its
// stories and state between requests, and check which requests were made.
package nukeviettest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// Generation is a generation of NukeViet.
type Generation int

// The generations.
const (
	Two Generation = iota
	Three
	Four
)

// Story is a story as an editor typed it: text in Title, raw HTML in the rest.
type Story struct {
	ID    int
	Title string
	Alias string // of 3.x and 4.x
	Lead  string
	Body  string
	Notes string
	At    time.Time
}

// Site is a NukeViet site. Its fields may be changed only through Change.
type Site struct {
	Generation  Generation
	Stories     []Story
	Pictures    map[string][]byte // path → bytes
	Maintenance bool              // every page says so, with status 200
	NoSave      bool              // file=save and savefile are not allowed
	NoPrint     bool
	NoSitemap   bool
	Scheduled   bool // the next look at the list makes a story of a scheduled one
	NoETag      bool
	ListETag    bool // the lists of 2.0 have validators, as caches before a site add them
	Cut         int  // pages of stories end after so many bytes; 0: they are whole
	Location    *time.Location
	Before      func(r *http.Request) // called before each answer, without the lock

	// Instead answers where it returns true, without the lock.
	Instead func(w http.ResponseWriter, r *http.Request) bool

	mu       sync.Mutex
	requests []string
	hits     map[int]int
	sorted   []Story // as newest gives them
	changed  bool    // since then
	version  int     // how often it was changed
	server   *httptest.Server
}

// Start serves the site until the end of the test.
func (s *Site) Start(t interface{ Cleanup(func()) }) *Site {
	if s.Location == nil {
		s.Location = time.FixedZone("+07", 7*60*60)
	}
	s.hits = map[int]int{}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// URL is the address of the list of news.
func (s *Site) URL() string {
	switch s.Generation {
	case Two:
		return s.server.URL + "/modules.php?name=News"
	case Three:
		return s.server.URL + "/index.php/news/"
	}
	return s.server.URL + "/vi/news/"
}

// Base is the address of the site.
func (s *Site) Base() string { return s.server.URL }

// Change changes the site between two requests.
func (s *Site) Change(change func(*Site)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = true
	s.version++
	change(s)
}

// SetBefore sets a function that is called before each response.
func (s *Site) SetBefore(act func()) {
	s.Change(func(s *Site) { s.Before = func(*http.Request) { act() } })
}

// Story returns a story to change, within Change.
func (s *Site) Story(id int) *Story {
	for i := range s.Stories {
		if s.Stories[i].ID == id {
			return &s.Stories[i]
		}
	}
	return nil
}

// Remove removes a story, within Change.
func (s *Site) Remove(id int) {
	s.Stories = slices.DeleteFunc(s.Stories, func(st Story) bool { return st.ID == id })
}

// Requests returns the requests since the last call.
func (s *Site) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.requests
	s.requests = nil
	return list
}

// Hits is the view counter of a story's page.
func (s *Site) Hits(id int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hits[id]
}

// ServeHTTP answers as the generation does.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	before, instead := s.Before, s.Instead
	s.mu.Unlock()
	if before != nil {
		before(r)
	}
	if instead != nil && instead(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.URL.RequestURI())
	if picture, ok := s.Pictures[r.URL.Path]; ok {
		w.Write(picture)
		return
	}
	if s.Maintenance {
		fmt.Fprint(w, "<html><head><title>Bảo trì</title></head><body><p>Trang đang bảo trì, mời bạn quay lại sau 29.04.2022 15:30.</p></body></html>")
		return
	}
	if s.Generation == Two {
		s.two(w, r)
		return
	}
	s.alias(w, r)
}

// newest returns the stories, newest first.
func (s *Site) newest() []Story {
	older := func(a, b Story) int { return b.ID - a.ID }
	if len(s.sorted) != len(s.Stories) || s.changed {
		s.sorted, s.changed = slices.Clone(s.Stories), false
		slices.SortFunc(s.sorted, older)
	}
	return s.sorted
}

// stored is a title as the database holds it: HTML-escaped.
func stored(title string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "/", "&#x002F;", "(", "&#40;", ")", "&#41;",
		"*", "&#42;", "[", "&#91;", "]", "&#93;", "!", "&#33;", "=", "&#x3D;", "%", "&#37;", ":", "&#58;", `"`, "&quot;").Replace(title)
}

// wrongTime formats a time as NukeViet's feeds do, with the month in place of the
// minutes.
func wrongTime(t time.Time) string {
	return t.Format("Mon, 02 Jan 2006 15:") + t.Format("01") + t.Format(":05 -0700")
}
