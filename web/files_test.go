package web

import (
	"net/http"
	"testing"

	"bantin"
)

// What a bulletin shows is served as long as the bulletin is.
func TestFilesOfWithdrawnBulletins(t *testing.T) {
	s := newTestSite(t)
	b := sample(1)
	b.Images = []bantin.Image{{Src: "/images/a1b2.png"}}
	b.Attachments = []bantin.Attachment{{Src: "/files/0a1b-ke-hoach.pdf"}}
	stored := s.add(t, b)
	for _, step := range []struct {
		does func() (bantin.Bulletin, error)
		want int
	}{
		{func() (bantin.Bulletin, error) { return stored, nil }, 200},
		{func() (bantin.Bulletin, error) { return s.store.Bulletins().Hold(t.Context(), stored.ID, "xem lại") }, 404},
		{func() (bantin.Bulletin, error) {
			return s.store.Bulletins().Release(t.Context(), stored.ID, func(*bantin.Bulletin) []string { return nil })
		}, 200},
		{func() (bantin.Bulletin, error) { return s.store.Bulletins().Withdraw(t.Context(), stored.ID) }, 404},
	} {
		if _, err := step.does(); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/images/a1b2.png", "/files/0a1b-ke-hoach.pdf"} {
			if res, _ := s.do(t, http.MethodGet, path, ""); res.StatusCode != step.want {
				t.Errorf("GET %s = %d, want %d", path, res.StatusCode, step.want)
			}
		}
	}
	if res, _ := s.do(t, http.MethodGet, "/images/a1b2-656x437.jpg", ""); res.StatusCode != 404 {
		t.Errorf("its crop = %d", res.StatusCode)
	}
}
