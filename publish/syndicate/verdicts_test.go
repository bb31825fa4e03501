package syndicate

import (
	"strings"
	"testing"

	"bantin"
	"bantin/store"
)

// What a person says of a bulletin is in the feeds at their next refresh: in
// those it was in and in those it comes to, and in no other.
func TestVerdictsReachFeeds(t *testing.T) {
	o := newFeedOffice(t)
	f := o.feeds(plans()...)
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	o.refresh(f, 4) // all, the cluster's, two places'
	done := func(_ bantin.Bulletin, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	has := func(feed, title string, want bool) {
		t.Helper()
		if got := strings.Contains(string(f.Library.Get("/feeds/"+feed+".atom").Body), title); got != want {
			t.Errorf("%q in %s: %v", title, feed, got)
		}
	}
	ctx, title, places := t.Context(), "Miền Tây đón ghe sách", []string{"phu-tho"}

	done(o.DB.Bulletins().Correct(ctx, "can-tho", store.Correction{Title: &title, Places: &places}, nil, o.Atlas.Tags))
	o.refresh(f, 4)
	has("tat-ca", title, true)
	has("tinh/phu-tho", title, true)
	has("tinh/can-tho", "ghe sách", false)

	done(o.DB.Bulletins().Hold(ctx, "can-tho", "chờ ảnh"))
	o.refresh(f, 3)
	has("tinh/phu-tho", title, false)
	done(o.DB.Bulletins().Release(ctx, "can-tho", o.Atlas.Tags))
	o.refresh(f, 3)
	has("tinh/phu-tho", title, true)

	done(o.DB.Bulletins().Merge(ctx, "can-tho", "phu-tho"))
	o.refresh(f, 3)
	has("tat-ca", "Phú Thọ tổng kết", false)
	has("tay-bac", title, true)

	done(o.DB.Bulletins().Withdraw(ctx, "can-tho"))
	o.refresh(f, 3)
	has("tat-ca", title, false)
}
