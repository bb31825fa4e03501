package place

import (
	"slices"
	"strings"
	"testing"

	"bantin"
)

func testTopics() *Atlas {
	return NewAtlas(nil,
		bantin.Topic{ID: "hoc-bong", Title: "Học bổng", Words: []string{"học bổng", "quỹ khuyến học"}},
		bantin.Topic{ID: "du-hoc", Title: "Du học", Words: []string{"học bổng du học"}},
		bantin.Topic{ID: "dong-ho", Title: "Dòng họ học tập"})
}

func TestTopicsByWords(t *testing.T) {
	a := testTopics()
	for _, c := range []struct{ text, want string }{
		{"Trao HỌC BỔNG cho học sinh nghèo", "hoc-bong"},
		{"Trao hoc bong cho hoc sinh", "hoc-bong"}, // typed without diacritics
		{"Trao học  bổng", "hoc-bong"},
		{"trao ho\u0323c bo\u0302\u0309ng", "hoc-bong"},        // decomposed
		{"Học bỗng dưng thấy vui", ""},                         // another word
		{"Lớp học. Bổng lộc", ""},                              // over the end of a sentence
		{"học bổngg", ""},                                      // not a whole word
		{"Quỹ khuyến học dòng họ Đỗ", "hoc-bong"},              // a title alone is no word
		{"Học bổng du học Nhật Bản", "hoc-bong du-hoc"},        // two that begin alike
		{"Học bổng, rồi học bổng du học", "hoc-bong du-hoc"},   // each once
		{strings.Repeat("học ", 100_000) + "bổng", "hoc-bong"}, // long, and fast
		{"", ""},
	} {
		got := strings.Join(a.TopicsOf(nil, func() string { return c.text }), " ")
		if got != c.want {
			t.Errorf("%.60q: %q, want %q", c.text, got, c.want)
		}
	}
}

// What a source names stands, whatever the text says; where it names nothing known, the
// text decides.
func TestTopicsBySource(t *testing.T) {
	a := testTopics()
	text := func() string { return "Quỹ khuyến học trao quà" }
	for _, c := range []struct{ categories, want string }{
		{"dong-ho", "dong-ho"},
		{"DÒNG HỌ HỌC TẬP", "dong-ho"},
		{"dong-ho-hoc-tap", "dong-ho"}, // as addresses of sites write it
		{"Tin tức|Du học|Dòng họ học tập", "du-hoc dong-ho"},
		{"Tin tức", "hoc-bong"},
		{"", "hoc-bong"},
	} {
		if got := strings.Join(a.TopicsOf(strings.Split(c.categories, "|"), text), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.categories, got, c.want)
		}
	}
	if got := NewAtlas(nil).TopicsOf([]string{"dong-ho"}, text); got != nil {
		t.Errorf("without topics: %v", got)
	}
}

func TestTopicTags(t *testing.T) {
	a := testTopics()
	b := &bantin.Bulletin{Source: "van-phong", Places: []string{"phu-tho"}, Topics: []string{"du-hoc"}, Urgent: true}
	tags := a.Tags(b)
	for _, c := range []struct {
		sel  bantin.Selection
		want bool
	}{
		{bantin.Selection{Topics: []string{"hoc-bong", "du-hoc"}}, true},
		{bantin.Selection{Topics: []string{"hoc-bong"}}, false},
		{bantin.Selection{Topics: []string{"du-hoc"}, Places: []string{"phu-tho"}, Urgent: true}, true},
		{bantin.Selection{Topics: []string{"du-hoc"}, Places: []string{"son-la"}}, false},
		{bantin.Selection{Urgent: true}, true},
	} {
		got := true
		for _, group := range a.SelectTags(c.sel) {
			got = got && slices.ContainsFunc(group, func(tag string) bool { return slices.Contains(tags, tag) })
		}
		if got != c.want {
			t.Errorf("%+v: %v", c.sel, got)
		}
	}
	if slices.ContainsFunc(a.Tags(&bantin.Bulletin{}), func(tag string) bool { return strings.HasPrefix(tag, "urgent") }) {
		t.Error("what is not urgent is tagged so")
	}
}
