package delivery

import (
	"slices"
	"testing"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// Who chose topics also gets what has none, as who chose places does; a topic that is no
// more was not chosen.
func TestReadable(t *testing.T) {
	atlas := place.NewAtlas(nil, bantin.Topic{ID: "hoc-bong", Title: "Học bổng"}, bantin.Topic{ID: "thu-vien", Title: "Thư viện"})
	list := []bantin.Bulletin{
		{ID: "chung"},
		{ID: "hoc-bong", Topics: []string{"hoc-bong"}},
		{ID: "thu-vien-phu-tho", Topics: []string{"thu-vien"}, Places: []string{"phu-tho"}},
		{ID: "ca-hai", Topics: []string{"hoc-bong", "thu-vien"}, Places: []string{"son-la"}},
		{ID: "phu-tho", Places: []string{"phu-tho"}},
	}
	for _, c := range []struct {
		places, topics []string
		want           []string
	}{
		{nil, nil, []string{"chung", "hoc-bong", "thu-vien-phu-tho", "ca-hai", "phu-tho"}},
		{nil, []string{"hoc-bong"}, []string{"chung", "hoc-bong", "ca-hai", "phu-tho"}},
		{[]string{"phu-tho"}, nil, []string{"chung", "hoc-bong", "thu-vien-phu-tho", "phu-tho"}},
		{[]string{"phu-tho"}, []string{"hoc-bong"}, []string{"chung", "hoc-bong", "phu-tho"}},
		{nil, []string{"da-bo"}, []string{"chung", "hoc-bong", "thu-vien-phu-tho", "ca-hai", "phu-tho"}},
		{nil, []string{"da-bo", "thu-vien"}, []string{"chung", "thu-vien-phu-tho", "ca-hai", "phu-tho"}},
	} {
		var got []string
		for _, b := range readable(atlas, list, store.JoinReads(c.places, c.topics)) {
			got = append(got, b.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("places %v, topics %v: %v, want %v", c.places, c.topics, got, c.want)
		}
	}
}
