package syndicate

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// The feed of a digest's editions: an entry for each, whose id outlives a new
// name of the digest; a withdrawn bulletin leaves it.
func TestFeedOfEditions(t *testing.T) {
	o := newFeedOffice(t)
	f := o.feeds(plans()...)
	f.Digests = []*bantin.Digest{o.Digest}
	o.refreshed(f)
	const path = "/digests/hang-tuan.atom"
	if d := f.Library.Get(path); d == nil || strings.Contains(string(d.Body), "<entry>") {
		t.Fatal("there is no empty feed before the first edition")
	}
	o.AddBulletin("phu-tho", "Phú Thọ <tổng kết> & khen thưởng", "phu-tho")
	o.AddBulletin("hue", "Huế mở thư viện", "hue")
	if err := o.DB.Digests().Register(t.Context(), o.Digest.ID, o.Digest.Title, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.DB.Editions().Make(t.Context(), store.EditionPlan{Digest: o.Digest, Due: o.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	o.refreshed(f)
	body := string(f.Library.Get(path).Body)
	for _, want := range []string{"Bản tin khuyến học trong tuần, số 1", "https://bantin.example.org/editions/hang-tuan-1",
		"https://bantin.example.org/bulletins/phu-tho", "https://bantin.example.org/digests/hang-tuan.atom", "Huế mở thư viện"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	quiet := f.Library.Get(path)
	o.AddBulletin("ca-mau", "Cà Mau đón thuyền sách", "ca-mau")
	o.refreshed(f)
	if f.Library.Get(path) != quiet {
		t.Error("a bulletin of no edition had the feed written")
	}
	o.Withdraw("hue", "Huế mở thư viện")
	o.refreshed(f)
	if strings.Contains(string(f.Library.Get(path).Body), "Huế mở thư viện") {
		t.Error("a withdrawn bulletin is still there")
	}
	ids := regexp.MustCompile(`urn:uuid:[0-9a-f-]+`)
	before := ids.FindAllString(body, -1)

	renamed := *o.Digest
	renamed.ID, renamed.Aliases = "tuan", []string{"hang-tuan"}
	if err := o.DB.Digests().Register(t.Context(), renamed.ID, renamed.Title, renamed.Aliases); err != nil {
		t.Fatal(err)
	}
	f = o.feeds(plans()...)
	f.Digests = []*bantin.Digest{&renamed}
	o.refreshed(f)
	after := ids.FindAllString(string(f.Library.Get("/digests/tuan.atom").Body), -1)
	if strings.Join(before, " ") != strings.Join(after, " ") || len(before) != 2 {
		t.Errorf("the ids were %v and are %v", before, after)
	}
}

// An edition's entry begins with what the office wrote at its head.
func TestFeedOfEditionsGreets(t *testing.T) {
	o := newFeedOffice(t)
	f := o.feeds(plans()...)
	f.Digests = []*bantin.Digest{o.Digest}
	f.Greeting = func(edition string, c *bantin.Composition) (page, text string) {
		return mailer.FeedGreeting(o.Site, edition, c, o.Site.Language)
	}
	o.AddBulletin("hue", "Huế mở thư viện", "hue")
	make := func(c bantin.Composition, ago time.Duration) string {
		t.Helper()
		now, err := o.DB.Compositions().Current(t.Context(), o.Digest.ID)
		if err == nil && !c.IsEmpty() {
			_, err = o.DB.Compositions().Put(t.Context(), o.Digest.ID, store.CompositionChange{Composition: c, Version: now.Version})
		}
		if err != nil {
			t.Fatal(err)
		}
		d := *o.Digest
		d.WhenEmpty = bantin.WhenEmptySend
		if _, _, err := o.DB.Editions().Make(t.Context(), store.EditionPlan{Digest: &d, Due: o.Now().Add(-ago)}); err != nil {
			t.Fatal(err)
		}
		o.refreshed(f)
		body := string(f.Library.Get("/digests/hang-tuan.atom").Body)
		return body[strings.Index(body, "<entry>"):]
	}
	body := make(bantin.Composition{Greeting: "Kính gửi **anh chị** <script>alert(1)</script>", File: &bantin.LinkedFile{ID: "a", Name: "Kế hoạch <27>.pdf", Size: 9}}, 2*time.Hour)
	if strings.Contains(body, "/editions/hang-tuan-1/file") {
		t.Errorf("the file is linked to before the edition is sent:\n%s", body)
	}
	e, err := o.DB.Editions().Get(t.Context(), "hang-tuan-1")
	for done := false; !done && err == nil; {
		done, err = o.DB.Editions().Freeze(t.Context(), e.Row, 10)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.refreshed(f)
	body = string(f.Library.Get("/digests/hang-tuan.atom").Body)
	body = body[strings.Index(body, "<entry>"):]
	for _, want := range []string{"Kính gửi &lt;strong&gt;anh chị&lt;/strong&gt;", "/editions/hang-tuan-1/file", "Kế hoạch &amp;lt;27&amp;gt;.pdf", "Huế mở thư viện"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if strings.Index(body, "Kính gửi") > strings.Index(body, "/bulletins/hue") || strings.Contains(body, "script") {
		t.Errorf("the greeting does not stand first, or runs:\n%s", body)
	}
	if body := make(bantin.Composition{}, time.Hour); strings.Contains(body[:strings.Index(body, "</entry>")], "Kính gửi") {
		t.Errorf("the next one greets as well:\n%s", body)
	}
}

// Where a digest's feed could not be written, what it lacks is not forgotten.
func TestEditionsAreTouchedUntilTheyAreWritten(t *testing.T) {
	o := newFeedOffice(t)
	f := o.feeds(plans()...)
	o.refreshed(f)
	o.AddBulletin("hue", "Huế mở thư viện", "hue")
	last, err := o.DB.Bulletins().LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.digests.holds["hue"] = true
	for range 2 {
		if touched, err := f.digests.touched(t.Context(), last); err != nil || !touched {
			t.Errorf("touched: %v, %v", touched, err)
		}
	}
	delete(f.digests.holds, "hue")
	if touched, err := f.digests.touched(t.Context(), last); err != nil || touched || f.digests.seen != last {
		t.Errorf("of no edition: %v, %v", touched, err)
	}
}
