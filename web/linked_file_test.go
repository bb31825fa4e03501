package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// The file that an edition links to is private until the edition is sent, and gone with it.
func TestLinkedFile(t *testing.T) {
	s := newTestSite(t)
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin trong tuần", FirstNumber: 1, WhenEmpty: bantin.WhenEmptySend, Approve: true, ApproveWithin: time.Hour}
	s.add(t, sample(1))
	const content = "%PDF-1.7 kế hoạch năm 2027"
	file := &bantin.LinkedFile{ID: "ma-so-1", Name: "Kế hoạch 2027.pdf", Type: "application/pdf", Size: int64(len(content))}
	draft := func() bantin.Edition {
		t.Helper()
		file.ID += "1" // each upload has its own
		if err := s.store.LinkedFiles().Add(t.Context(), file.ID, []byte(content)); err != nil {
			t.Fatal(err)
		}
		now, err := s.store.Compositions().Current(t.Context(), digest.ID)
		if err == nil {
			_, err = s.store.Compositions().Put(t.Context(), digest.ID, store.CompositionChange{Composition: bantin.Composition{File: file}, Version: now.Version})
		}
		if err != nil {
			t.Fatal(err)
		}
		s.pass(time.Hour)
		e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: s.now()})
		if err != nil || e.Status != bantin.EditionDraft {
			t.Fatal(e.Status, err)
		}
		return e
	}
	path := func(e *bantin.Edition) string { return "/editions/" + e.ID + "/file" }
	first := draft()
	s.get(t, path(&first), 404)
	if _, err := s.store.Editions().Cancel(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	s.get(t, path(&first), 404)

	e := draft()
	s.get(t, path(&e), 404)
	if _, err := s.store.Imports().ApplyBatch(t.Context(), store.ImportBatch{Contacts: []bantin.Contact{{Email: "lan@example.org"}}, Origin: bantin.OriginOffice, Who: "hoa"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Editions().Approve(t.Context(), e.ID, store.EditionApproval{Version: 1, Who: "lan", Audience: store.Audience{AnyPlace: true, Site: "vi"}}); err != nil {
		t.Fatal(err)
	}
	s.get(t, path(&e), 404) // it waits to be sent
	if page := s.get(t, "/editions/"+e.ID, 200); strings.Contains(page, "/file") {
		t.Errorf("the page links to the file before the edition is sent:\n%s", page)
	}
	for done, err := false, error(nil); !done; {
		if done, err = s.store.Editions().Freeze(t.Context(), e.Row, 10); err != nil {
			t.Fatal(err)
		}
	}
	res, body := s.asked(t, path(&e))
	if res.StatusCode != http.StatusOK || body != content {
		t.Fatal(res.Status, body)
	}
	h := res.Header
	if h.Get("Content-Type") != "application/pdf" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || !strings.HasPrefix(h.Get("Content-Disposition"), "inline; filename*=utf-8''K%E1%BA%BF") {
		t.Errorf("%v", h)
	}
	if res, body := s.asked(t, path(&e), "Range", "bytes=9-"); res.StatusCode != http.StatusPartialContent || body != content[9:] {
		t.Errorf("a part: %s %q", res.Status, body)
	}
	if res, _ := s.asked(t, path(&e), "If-None-Match", h.Get("ETag")); res.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", res.Status)
	}
	wantAll(t, s.get(t, "/editions/"+e.ID, 200), `/editions/`+e.ID+`/file">Kế hoạch 2027.pdf</a> <span class="small">(1 KB)`)
	if _, err := s.store.Editions().Cancel(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	s.get(t, path(&e), 404)
}
