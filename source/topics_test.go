package source_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	nuke "bantin/internal/nukeviettest"
	"bantin/source"
)

// What a source calls the subjects of a bulletin is kept, bounded.
func TestCategories(t *testing.T) {
	many := strings.Repeat("<category>"+strings.Repeat("dài ", 200)+"</category>", 2) + strings.Repeat("<category>Tin  tức</category>", 50)
	site := serveFeed(t, `<rss version="2.0"><channel><title>Ngành</title><item><guid>a</guid><title>Trao quà</title><description>Trao quà.</description>
<category>Học bổng</category><category domain="x">Tin &lt;b&gt;</category>`+many+`</item></channel></rss>`)
	l := newLooker(t, "feed", site.URL+"/rss")
	l.expect("a Trao quà")
	got := l.texts["a"].Categories
	if len(got) != 4 || got[0] != "Học bổng" || got[1] != "Tin <b>" || len([]rune(got[2])) > 100 || got[3] != "Tin tức" {
		t.Errorf("of a feed: %q", got)
	}
	for _, c := range []struct {
		site *nuke.Site
		want string
	}{
		{&nuke.Site{Generation: nuke.Four, Stories: stories(7, 1)}, "tin-tuc"},
		{&nuke.Site{Generation: nuke.Three, Stories: stories(7, 1)}, "tin-tuc"},
		{&nuke.Site{Stories: stories(7, 1), NoSave: true, NoPrint: true}, "Tin tức"},
	} {
		l := newLooker(t, "nukeviet", c.site.Start(t).URL())
		if _, err := l.look(); err != nil || l.texts["7"] == nil || !slices.Equal(l.texts["7"].Categories, []string{c.want}) {
			t.Errorf("generation %d: %+v %v", c.site.Generation, l.texts["7"], err)
		}
	}
}

// Front matter at the beginning of a mail counts where its sender is proved.
func TestUrgentMail(t *testing.T) {
	text := "\n---\nkhẩn: có\nchủ đề: Học bổng\n---\nHội hoãn lễ trao học bổng vì bão."
	for _, trust := range []source.Trust{source.TrustDKIM, source.TrustAny} {
		dir := maildir(t)
		o := newOffice(t, "maildir:"+dir)
		o.spec.Trust = trust
		o.text = text
		drop(t, dir, o.now.Add(-time.Hour), o.mail(t, "Hoãn lễ"))
		o.expect(t, string(trust), "Hoãn lễ")
		b, trusted := o.last, trust == source.TrustDKIM
		if b.Urgent != trusted || slices.Equal(b.Topics, []string{"Học bổng"}) != trusted || strings.Contains(b.Lead+b.Text, "khẩn") == trusted {
			t.Errorf("%s: urgent %v, topics %q, text %q", trust, b.Urgent, b.Topics, b.Lead+b.Text)
		}
	}
}
