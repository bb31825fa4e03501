package edition

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// problem notes that an item of the office's folder was not read.
func (r *reporting) problem(items ...string) {
	r.T.Helper()
	var found []bantin.Problem
	for _, item := range items {
		found = append(found, bantin.Problem{Item: item, Kind: bantin.ProblemUnread,
			What: bantin.NewNote("tệp nén không được mở", "archives are not opened"), Hint: bantin.NewNote("giải nén", "unpack it")})
	}
	if err := r.DB.Sources().RecordProblems(r.T.Context(), "van-phong", found, nil); err != nil {
		r.T.Fatal(err)
	}
}

// The report of an edition tells what was not read of the sources, each item once; where
// no edition comes for a day, a mail of its own does.
func TestReportTellsProblems(t *testing.T) {
	r := newReporting(t, "vi", nil)
	r.editor.Sources = []string{"van-phong"}
	r.editor.Digests = []*DigestPlan{{Digest: *r.Digest}}
	r.SetClock("23/11/2026 07:00")
	r.problem("a.zip", "b.zip")
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	r.AddContacts(3)
	e := r.edition()
	r.run(&e)
	got := r.reports()
	if diff := cmp.Diff([]string{"hang-tuan-1: đã gửi xong"}, subjects(got)); diff != "" {
		t.Fatal(diff)
	}
	const want = "- van-phong – a.zip, b.zip: tệp nén không được mở. → giải nén."
	if !strings.Contains(got[0], want) || !strings.Contains(got[0], "bantin sources") {
		t.Errorf("it does not tell what was not read:\n%s", got[0])
	}

	r.problem("c.zip")
	r.SetClock("24/11/2026 06:59")
	r.run(nil)
	if got := r.reports(); len(got) != 1 {
		t.Errorf("told before a day was over:\n%s", got[len(got)-1])
	}
	r.SetClock("24/11/2026 07:01")
	r.problem("d.zip")
	r.SetClock("24/11/2026 07:03")
	r.run(nil)
	got = r.reports()
	if diff := cmp.Diff([]string{"hang-tuan-1: đã gửi xong", "Nguồn tin: 2 mục cần bạn xem"}, subjects(got)); diff != "" {
		t.Fatal(diff)
	}
	if told := got[1]; !strings.Contains(told, "c.zip, d.zip") || strings.Contains(told, "a.zip") {
		t.Errorf("it tells\n%s", told)
	}
	r.SetClock("30/11/2026 07:00")
	r.problem("a.zip", "b.zip", "c.zip", "d.zip") // found again by another process
	r.run(nil)
	if got := r.reports(); len(got) != 2 {
		t.Errorf("told again:\n%s", got[len(got)-1])
	}
}

// Where no digest has `report`, the site's contact is told once nothing new has come for a
// minute, at most each day; a bulletin that is held is told too, and again when it is held
// for another reason.
func TestContactIsToldOfProblems(t *testing.T) {
	r := newReporting(t, "en", nil)
	r.Digest.Report, r.Site.Contact = "", admin
	r.editor.Sources = []string{"van-phong"}
	r.editor.Digests = []*DigestPlan{{Digest: *r.Digest}}
	r.SetClock("23/11/2026 07:00")
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	if _, err := r.DB.Bulletins().Hold(t.Context(), "a", "chưa có chữ"); err != nil {
		t.Fatal(err)
	}
	r.problem("a.zip")
	told := func(want ...string) {
		t.Helper()
		r.run(nil)
		if diff := cmp.Diff(want, subjects(r.reports())); diff != "" {
			t.Errorf("at %s: %s", r.Now().Format(time.TimeOnly), diff)
		}
	}
	told()
	r.SetClock("23/11/2026 07:02")
	told("Sources: 2 items need you")
	if got := r.reports()[0]; !strings.Contains(got, "bantin bulletins release a") {
		t.Errorf("it does not say what to do:\n%s", got)
	}
	if _, err := r.DB.Bulletins().Hold(t.Context(), "a", "xem lại"); err != nil {
		t.Fatal(err)
	}
	r.SetClock("23/11/2026 09:00")
	told("Sources: 2 items need you")
	r.SetClock("24/11/2026 07:03")
	told("Sources: 2 items need you", "Sources: an item needs you")
	r.SetClock("27/11/2026 07:03")
	told("Sources: 2 items need you", "Sources: an item needs you")
}
