package web

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"bantin"
	"bantin/mailer"
)

// editionPage is an edition as it was frozen, the same for all visitors.
type editionPage struct {
	page
	Heading     string
	Date        time.Time
	Count       int
	Greeting    *mailer.Greeting    // of the office; nil for none, and in later parts
	File        *mailer.File        // that it links to; nil for none, before it is out, and in later parts
	Corrections []mailer.Correction // of earlier editions; none in later parts
	Entries     []editionEntry
	More        string // the next part; "" in the last
	First       string // the first part; "" in it
	Digest      string // the page of all editions
}

type editionEntry struct {
	Date time.Time
	Item item
}

// Explained is the English of the line under the heading.
func (p editionPage) Explained() string {
	noun := "bulletins"
	if p.Count == 1 {
		noun = "bulletin"
	}
	return noun + ". The mail shows the reader's own province first; here the newest come first."
}

// edition serves /editions/{id}?from=N in parts of pageLength. One that was
// cancelled, a draft and one whose time is to come are 404.
func (s *site) edition(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Store.Editions().Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !e.IsPublic() {
		return fmt.Errorf("edition %q is %s: %w", e.ID, e.Status, bantin.ErrNotFound)
	}
	list, err := s.Store.Editions().Bulletins(r.Context(), e.Row)
	if err != nil {
		return err
	}
	p := &editionPage{page: s.newPage(r, "archive", ""), Date: e.Due.In(s.Site.Location), Count: len(list)}
	p.Heading = fmt.Sprintf("%s, %s %d", e.Title, p.Say("số", "no."), e.Number)
	p.Title = p.Heading
	p.Digest = p.Href("/digests/" + e.Digest)
	p.Alternates = append([]alternate{digestAlternate(e.Digest, e.Title)}, p.Alternates...)
	s.newestFirst(list)
	p.Preview = s.listPreview(&p.page, p.Heading, list[:min(len(list), pageLength)])
	path := "/editions/" + e.ID
	from, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("from"), "0"))
	if err != nil || from < 0 || from > 0 && from >= len(list) {
		return fmt.Errorf("part %q of edition %q: %w", r.URL.Query().Get("from"), e.ID, bantin.ErrNotFound)
	}
	if from > 0 {
		p.First = p.Href(path)
	} else {
		p.Greeting = mailer.NewGreeting(e.Composed, p.Language)
		if e.IsOut() {
			p.File = mailer.LinkedFile(s.Site, e.ID, e.Composed)
		}
		p.Corrections = mailer.Corrections(p.Language, s.Site, e.Corrections)
	}
	if list = list[from:]; len(list) > pageLength {
		list = list[:pageLength]
		p.More = p.Href(path + "?from=" + strconv.Itoa(from+pageLength))
	}
	for i := range list {
		p.Entries = append(p.Entries, editionEntry{s.published(&list[i]), s.item(&p.page, &list[i])})
	}
	return s.render(w, http.StatusOK, "edition", p)
}

// editionFile serves the file that an edition links to, once the edition is out.
func (s *site) editionFile(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Store.Editions().Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !e.IsOut() || e.Composed == nil || e.Composed.File == nil {
		return fmt.Errorf("file of edition %q, which is %s: %w", e.ID, e.Status, bantin.ErrNotFound)
	}
	content, err := s.Store.LinkedFiles().Open(r.Context(), e.Composed.File)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", cacheFile)
	ServeLinkedFile(w, r, e.Composed.File, content)
	return nil
}

// ServeLinkedFile answers with a file that an edition links to: as other files, nothing in
// it runs.
func ServeLinkedFile(w http.ResponseWriter, r *http.Request, f *bantin.LinkedFile, content io.ReadSeeker) {
	w.Header().Set("ETag", strconv.Quote(f.ID))
	setFileHeaders(w.Header(), f.Type, f.Name)
	http.ServeContent(w, r, "", time.Time{}, content)
}
