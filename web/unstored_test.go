package web

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"bantin"
	"bantin/store"
)

// exec changes the database of a site beside its store.
func (s *testSite) exec(t *testing.T, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, store.File)+"?_pragma=busy_timeout(60000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Somebody who leaves while nothing can be stored is told to come again, by page and by one
// click, and has not left; what they do later counts.
func TestLeavingThatCannotBeStored(t *testing.T) {
	s, link := office(t)
	path := strings.Replace(link, "/preferences/", "/unsubscribe/", 1)
	for _, words := range []string{"attempt to write a readonly database", "database or disk is full", "anything else"} {
		s.exec(t, `CREATE TRIGGER no BEFORE INSERT ON departures BEGIN SELECT RAISE(ABORT, '`+words+`'); END`)
		for name, form := range map[string]string{"one click": "List-Unsubscribe=One-Click", "the page": url.Values{"do": {"leave"}}.Encode(), "nothing at all": ""} {
			res, page := s.do(t, http.MethodPost, path, form)
			if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || strings.Contains(page, "Bạn đã ngừng nhận") {
				t.Errorf("%s, %s: %d %q\n%s", words, name, res.StatusCode, res.Header.Get("Retry-After"), page)
			}
		}
		if status(s.mai(t), "hang-tuan") == bantin.SubscriptionUnsubscribed {
			t.Errorf("%s: they have left", words)
		}
		s.exec(t, `DROP TRIGGER no`)
	}
	if res, _ := s.do(t, http.MethodPost, path, "List-Unsubscribe=One-Click"); res.StatusCode != http.StatusOK || status(s.mai(t), "hang-tuan") != bantin.SubscriptionUnsubscribed {
		t.Errorf("later: %d", res.StatusCode)
	}
}

// A database that cannot be used is a page that says to come again, whatever it says.
func TestDatabaseAway(t *testing.T) {
	s, link := office(t)
	for _, err := range store.Unusable() {
		if f := failureOf(err); f.status != http.StatusServiceUnavailable {
			t.Errorf("%v: %d", err, f.status)
		}
	}
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	res, _ := s.do(t, http.MethodPost, strings.Replace(link, "/preferences/", "/unsubscribe/", 1), "List-Unsubscribe=One-Click")
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("one click: %d", res.StatusCode)
	}
}

// /readyz says whether pages can be served, /readyz?write whether anything can be stored.
func TestReadyToWrite(t *testing.T) {
	s := newTestSite(t)
	var failure error
	s.site.Writable = func(context.Context) error { return failure }
	s.Config.Handler = New(s.site)
	if got := s.get(t, "/readyz?write", http.StatusOK); got != "ready to write\n" {
		t.Errorf("it says %q", got)
	}
	failure = store.ErrReadOnly
	if res, _ := s.do(t, http.MethodGet, "/readyz?write", ""); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("it cannot write: %d", res.StatusCode)
	}
	s.get(t, "/readyz", http.StatusOK)
}
