package place_test

import (
	"slices"
	"testing"

	"bantin"
	"bantin/place"
)

func TestRank(t *testing.T) {
	atlas := place.NewAtlas(nil)
	about := func(places ...string) *bantin.Bulletin { return &bantin.Bulletin{Places: places} }
	for _, c := range []struct {
		contact  string
		bulletin *bantin.Bulletin
		want     place.Nearness
	}{
		{"phu-tho", about("son-la", "phu-tho"), place.Own},
		{"phu-tho", about("hoa-binh"), place.Own},   // of before, to a contact of today
		{"hoa-binh", about("phu-tho"), place.Own},   // of today, to a contact on an old list
		{"vinh-phuc", about("hoa-binh"), place.Own}, // both are Phú Thọ now
		{"phu-tho", about("son-la"), place.Cluster},
		{"vinh-phuc", about("son-la"), place.Cluster},
		{"phu-tho", &bantin.Bulletin{Clusters: []string{"tay-bac"}}, place.Cluster},
		{"phu-tho", about("ca-mau"), place.Rest},
		{"phu-tho", about(), place.Rest},
		{"", about("phu-tho"), place.Rest},
		{"khong-co", about("phu-tho"), place.Rest},
	} {
		if got := atlas.Rank(c.contact, c.bulletin); got != c.want {
			t.Errorf("%s and %v: %v, want %v", c.contact, c.bulletin, got, c.want)
		}
	}
}

func TestTags(t *testing.T) {
	atlas := place.NewAtlas(nil)
	b := &bantin.Bulletin{Source: "van-phong", Places: []string{"yen-bai", "lao-cai", "ha-noi"}, Clusters: []string{"tay-bac"}}
	diff(t, atlas.Tags(b), []string{"place:yen-bai", "place:lao-cai", "place:ha-noi", "cluster:tay-bac", "source:van-phong"})
}

func TestSelectTags(t *testing.T) {
	atlas := place.NewAtlas([]bantin.Cluster{{ID: "doi", Places: []string{"yen-bai", "ha-noi"}}})
	if got := atlas.SelectTags(bantin.Selection{}); got != nil {
		t.Errorf("everything is %q", got)
	}
	diff(t, atlas.SelectTags(bantin.Selection{
		Places: []string{"phu-tho", "yen-bai"}, Clusters: []string{"doi"}, Sources: []string{"van-phong"},
	}), [][]string{
		{"place:phu-tho", "place:yen-bai"},
		{"cluster:doi", "place:yen-bai", "place:lao-cai", "place:ha-noi"},
		{"source:van-phong"},
	})
}

func TestContactPlaces(t *testing.T) {
	atlas := place.NewAtlas([]bantin.Cluster{{ID: "doi", Places: []string{"yen-bai", "ha-noi"}}})
	for _, c := range []struct {
		audience bantin.Audience
		want     []string
		all      bool
	}{
		{bantin.Audience{Levels: bantin.Levels()}, nil, true},
		{bantin.Audience{Places: []string{"lao-cai"}}, []string{"lao-cai", "yen-bai"}, false},
		{bantin.Audience{Places: []string{"yen-bai"}}, []string{"yen-bai", "lao-cai"}, false},
		{bantin.Audience{Clusters: []string{"doi"}}, []string{"yen-bai", "lao-cai", "ha-noi"}, false},
		{bantin.Audience{Clusters: []string{"doi"}, Places: []string{"ha-noi", "ca-mau"}}, []string{"ha-noi"}, false},
		{bantin.Audience{Clusters: []string{"doi"}, Places: []string{"ca-mau"}}, []string{}, false},
	} {
		got, all := atlas.ContactPlaces(c.audience)
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) || all != c.all {
			t.Errorf("%+v: %q, %t; want %q, %t", c.audience, got, all, c.want, c.all)
		}
	}
	diff(t, atlas.ClustersOf("lao-cai"), []string{"tay-bac", "doi"})
	diff(t, place.NewAtlas(nil).ClustersOf("vinh-phuc"), []string{"tay-bac"})
}
