package web

import (
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// The page of an edition says at its head what its mail said.
func TestEditionCorrects(t *testing.T) {
	s := newTestSite(t)
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin trong tuần", FirstNumber: 1, WhenEmpty: bantin.WhenEmptySend}
	make := func() string {
		s.pass(time.Hour)
		e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: s.now()})
		if err != nil {
			t.Fatal(err)
		}
		return "/editions/" + e.ID
	}
	a, b := s.add(t, sample(1)), s.add(t, sample(2))
	first := make()
	if _, err := s.store.Bulletins().Correct(t.Context(), a.ID, store.Correction{Announce: "Ngày 29, không phải <b>28</b>."}, nil, s.atlas.Tags); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Bulletins().WithdrawAnnounced(t.Context(), b.ID, "Cuộc họp không diễn ra."); err != nil {
		t.Fatal(err)
	}
	page := s.get(t, make(), 200)
	wantAll(t, page, "<strong>Đính chính</strong>: Ngày 29, không phải &lt;b&gt;28&lt;/b&gt;.", `href="https://bantin.example.org/bulletins/`+a.ID+`">Hội nghị`,
		"<strong>Tin đã rút</strong>: Cuộc họp không diễn ra.")
	if strings.Index(page, "Tin đã rút") > strings.Index(page, "Đính chính") {
		t.Error("the newest does not stand first")
	}
	if strings.Contains(s.get(t, first, 200)+s.get(t, make(), 200), "Đính chính") {
		t.Error("another edition says it too")
	}
}
