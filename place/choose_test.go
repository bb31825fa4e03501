package place

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"bantin"
)

func TestChoose(t *testing.T) {
	a := NewAtlas(nil, bantin.Topic{ID: "hoc-bong", Title: "Học bổng"})
	for _, c := range []struct{ query, want string }{
		{"place=phu-tho,hoa-binh&cluster=tay-bac", "place=hoa-binh,phu-tho&cluster=tay-bac"},
		{"cluster=tay-bac&place=phu-tho&place=hoa-binh&place=phu-tho", "place=hoa-binh,phu-tho&cluster=tay-bac"},
		{"place=Phú Thọ, H%C3%B2a B%C3%ACnh", "place=hoa-binh,phu-tho"},
		{"place=ha-giang", "place=ha-giang"}, // merged away: it stays what it is
		{"place=&cluster=tay-bac&x=1", "cluster=tay-bac"},
		{"topic=hoc-bong&place=son-la", "place=son-la&topic=hoc-bong"},
		{"place=" + strings.Repeat("son-la,", 10_000), "place=son-la"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		sel, err := a.Choose(query)
		if got := ChoiceQuery(sel); err != nil || got != c.want {
			t.Errorf("%.60s: %q %v, want %q", c.query, got, err, c.want)
		}
	}
}

func TestChooseRefuses(t *testing.T) {
	a := NewAtlas(nil)
	var everywhere []string
	for _, u := range All() {
		everywhere = append(everywhere, u.Slug)
	}
	for _, c := range []struct{ query, vi, en string }{
		{"", "ít nhất một", "at least one"},
		{"place=,,,", "ít nhất một", "at least one"},
		{"place=" + strings.Join(everywhere, ","), "nhiều nhất 40", "at most 40"},
		{"place=son-la,phu-to", "Có phải: Phú Thọ (phu-tho)?", "“phu-to”"},
		{"place=" + strings.Repeat("x", 9000), "xxx…”.", "There is no place"},
		{"cluster=khong-co", "“khong-co”", "“khong-co”"},
		{"topic=hoc-bong", "“hoc-bong”", "“hoc-bong”"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Choose(query)
		var choice *ChoiceError
		if !errors.As(err, &choice) || !strings.Contains(choice.In(bantin.Vietnamese), c.vi) || !strings.Contains(choice.In(bantin.English), c.en) {
			t.Errorf("%.60s: %v", c.query, err)
		}
	}
}

// A reader gets what concerns any of what they chose.
func TestChoiceTags(t *testing.T) {
	a := NewAtlas(nil)
	sel := bantin.Selection{Places: []string{"ca-mau"}, Clusters: []string{"tay-bac"}}
	tags := a.ChoiceTags(sel)
	if len(tags) != 1 || !strings.Contains(strings.Join(tags[0], " "), "place:ca-mau place:") {
		t.Errorf("tags: %v", tags)
	}
	for _, tag := range []string{"cluster:tay-bac", "place:son-la", "place:ca-mau"} {
		if !strings.Contains(strings.Join(tags[0], " ")+" ", tag+" ") {
			t.Errorf("no %s in %v", tag, tags)
		}
	}
	sel.Places = []string{"ca-mau", "hue", "phu-tho", "son-la"}
	if got := a.ChoiceName(sel, bantin.Vietnamese); got != "Cụm I – Tây Bắc, Cà Mau, Huế và 2 nơi khác" {
		t.Error(got)
	}
}

// escaped commas are the same query: no circle of redirects.
func TestSameChoice(t *testing.T) {
	if !SameChoice("place=a%2Cb%2cc", "place=a,b,c") || SameChoice("place=b,a", "place=a,b") {
		t.Error("wrong")
	}
}
