package syndicate

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/internal/officetest"
)

func (o *feedOffice) feeds(plans ...FeedPlan) *Feeds {
	return NewFeeds(Config{DB: o.DB, Log: o.Log(), Site: o.Site, Atlas: o.Atlas, Plans: plans, Library: &feed.Library{}})
}

// Building one feed of 50 entries among many bulletins, against the same among
// few; and being ready to serve.
func BenchmarkFeedsAmongMany(b *testing.B) {
	few, many := newFeedOffice(b), newFeedOffice(b)
	few.AddBulletins(100)
	many.AddBulletins(officetest.Small(2_000, 100_000))
	all := FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Tất cả", Limit: 50}}
	own := FeedPlan{Feed: bantin.Feed{ID: "phu-tho", Title: "Phú Thọ", Limit: 50, Select: bantin.Selection{Places: []string{"phu-tho"}}}}
	each := FeedPlan{Feed: bantin.Feed{ID: "tinh", Title: "Tỉnh", Limit: 50}, Per: PerPlace}
	for _, test := range []struct {
		name  string
		plans []FeedPlan
	}{{"one", []FeedPlan{all}}, {"place", []FeedPlan{own}}, {"ready", []FeedPlan{all, own, each}}} {
		b.Run(test.name, func(b *testing.B) {
			var short, long time.Duration
			build := func(o *feedOffice) time.Duration {
				start := time.Now()
				if _, err := o.feeds(test.plans...).Refresh(b.Context()); err != nil {
					b.Fatal(err)
				}
				return time.Since(start)
			}
			build(few)
			build(many)
			for b.Loop() {
				short += build(few)
				long += build(many)
			}
			b.ReportMetric(float64(long)/float64(short), "x-few")
		})
	}
}

// The time from a stored bulletin to its being served, among many bulletins and
// 64 feeds, against among a thousand; and how many feeds are written for it.
func BenchmarkNewBulletin(b *testing.B) {
	few, many := newFeedOffice(b), newFeedOffice(b)
	few.AddBulletins(1_000)
	many.AddBulletins(officetest.Small(3_000, 100_000))
	var plans []FeedPlan
	for i, slug := range slices.Concat([]string{"", "phu-tho", "can-tho"}, strings.Split(strings.Repeat("ha-noi ", 61), " ")[:61]) {
		plan := FeedPlan{Feed: bantin.Feed{ID: fmt.Sprintf("tin-%d", i), Title: "Bản tin", Limit: 50}}
		if slug != "" {
			plan.Select.Places = []string{slug}
		}
		plans = append(plans, plan)
	}
	var short, long time.Duration
	var written int
	served := func(o *feedOffice, f *Feeds, i int) time.Duration {
		title := fmt.Sprintf("Phú Thọ trao học bổng lần thứ %d", i)
		o.AddBulletin(fmt.Sprintf("moi-%d", i), title, "phu-tho")
		start := time.Now()
		n, err := f.Refresh(b.Context())
		took := time.Since(start)
		if written = n; err != nil || !strings.Contains(string(f.Library.Get("/feeds/tin-1.json").Body), title) {
			b.Fatal("not served", err)
		}
		return took
	}
	among := func(o *feedOffice) *Feeds {
		f := o.feeds(plans...)
		if n, err := f.Refresh(b.Context()); n != 64 || err != nil {
			b.Fatal(n, err)
		}
		return f
	}
	fewFeeds, manyFeeds := among(few), among(many)
	for i := 0; b.Loop(); i++ {
		short += served(few, fewFeeds, i)
		long += served(many, manyFeeds, i)
	}
	b.ReportMetric(float64(long)/float64(short), "x-thousand")
	b.ReportMetric(float64(long.Milliseconds())/float64(b.N), "ms")
	b.ReportMetric(float64(written), "feeds-written")
}

// From a stored bulletin to a hub that has been told of all three formats of
// its feed: what a reader who is pushed to waits for.
func BenchmarkTold(b *testing.B) {
	hub := newHub(b)
	o := newFeedOffice(b)
	feeds, notifier := o.feeds(FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin", Limit: 50}}), o.notifier(hub.URL)
	feeds.Hubs = notifier.Hubs
	var loop sync.WaitGroup
	ctx, cancel := context.WithCancel(b.Context())
	loop.Go(func() { notifier.Run(ctx) })
	defer loop.Wait()
	defer cancel()
	var took time.Duration
	for i := 0; b.Loop(); i++ {
		o.AddBulletin(fmt.Sprintf("moi-%d", i), fmt.Sprintf("Phú Thọ trao học bổng lần thứ %d", i), "phu-tho")
		start := time.Now()
		if _, err := feeds.Refresh(ctx); err != nil {
			b.Fatal(err)
		}
		notifier.Notify()
		for told := 0; told < len(feed.Formats()); {
			told += len(hub.heard())
			runtime.Gosched()
		}
		took += time.Since(start)
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms-to-told")
}
