package syndicate

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin/feed"
	"bantin/internal/officetest"
	"bantin/schedule"
)

// hub is a WebSub hub that remembers what it was told.
type hub struct {
	*httptest.Server
	mu   sync.Mutex
	told map[string]int
	down bool
}

func newHub(t testing.TB) *hub {
	h := &hub{told: map[string]int{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.down || r.FormValue("hub.mode") != "publish" {
			http.Error(w, "đang nghỉ", http.StatusServiceUnavailable)
			return
		}
		h.told[r.FormValue("hub.url")]++
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hub) heard() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	told := h.told
	h.told = map[string]int{}
	return told
}

func (h *hub) be(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = down
}

func (o *feedOffice) notifier(hubs ...string) *WebSubNotifier {
	return &WebSubNotifier{DB: o.DB, Log: o.Log(), Hubs: hubs, Tell: feed.NewPublisher("bantin/1").Notify, Now: o.Now}
}

// A hub is told of what changed and of nothing else, also when it was away for
// a day and the daemon was started anew meanwhile.
func TestHubIsTold(t *testing.T) {
	o, h := newFeedOffice(t), newHub(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	start := func() *Feeds {
		f := o.feeds(plans()...)
		f.Hubs = []string{h.URL}
		o.refreshed(f)
		return f
	}
	f, notifier := start(), o.notifier(h.URL)
	notifier.notifyHub(t.Context(), h.URL)
	if told := h.heard(); len(told) != 9+1 && len(told) != 9 {
		t.Errorf("at first it was told of %v", slices.Sorted(maps.Keys(told)))
	}
	start()
	notifier.notifyHub(t.Context(), h.URL)
	if told := h.heard(); len(told) != 0 {
		t.Errorf("nothing changed, and it was told of %v", told)
	}
	h.be(true)
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.refreshed(f)
	notifier.notifyHub(t.Context(), h.URL)
	h.be(false)
	f, notifier = start(), o.notifier(h.URL) // another process
	notifier.notifyHub(t.Context(), h.URL)
	if told := h.heard(); len(told) != 0 {
		t.Errorf("it was asked again at once: %v", told)
	}
	o.Skew.Add(int64(24 * time.Hour))
	notifier.notifyHub(t.Context(), h.URL)
	told := h.heard()
	for _, path := range []string{"tat-ca.rss", "tat-ca.atom", "tat-ca.json", "tinh/can-tho.atom"} {
		if told["https://bantin.example.org/feeds/"+path] != 1 {
			t.Errorf("of %s it was told %d times", path, told["https://bantin.example.org/feeds/"+path])
		}
	}
	if told["https://bantin.example.org/feeds/tay-bac.rss"] != 0 {
		t.Error("it was told of a feed that did not change")
	}
	if body := string(f.Library.Get("/feeds/tat-ca.atom").Body); !strings.Contains(body, `rel="hub"`) {
		t.Error("the feed does not name the hub")
	}
}

// Retries wait longer and longer, for about a week; then the next change counts.
func TestHubIsGivenUp(t *testing.T) {
	o := newFeedOffice(t)
	const url = "https://hub.example.org/"
	if err := o.DB.Feeds().QueueHubNotifications(t.Context(), []string{url}, map[string]time.Time{"https://bantin.example.org/feeds/tat-ca.rss": o.Now()}); err != nil {
		t.Fatal(err)
	}
	notifier := o.notifier(url)
	attempts := 0
	notifier.Tell = func(context.Context, string, string) error { attempts++; return errors.New("không có ai") }
	begin := o.Now()
	var last time.Time
	for o.Now().Sub(begin) < 30*24*time.Hour {
		before := attempts
		notifier.notifyHub(t.Context(), url)
		if attempts > before {
			last = o.Now()
		}
		o.Skew.Add(int64(time.Hour))
	}
	if attempts != maxAttempts || last.Sub(begin) < 5*24*time.Hour {
		t.Errorf("%d attempts, the last after %v", attempts, last.Sub(begin))
	}
}

// One hub that says nothing holds up neither the other nor the end. How soon the
// other is told measures BenchmarkTold.
func TestSlowHubHoldsNobodyUp(t *testing.T) {
	o, h := newFeedOffice(t), newHub(t)
	const silent = "https://khong-noi.example.org/"
	f := o.feeds(plans()...)
	f.Hubs = []string{silent, h.URL}
	o.refreshed(f)
	notifier := o.notifier(f.Hubs...)
	tell, asked := notifier.Tell, make(chan struct{}, 1)
	notifier.Tell = func(ctx context.Context, hub, topic string) error {
		if hub != silent {
			return tell(ctx, hub, topic)
		}
		schedule.Notify(asked)
		<-ctx.Done()
		return ctx.Err()
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { notifier.Run(ctx) })
	defer running.Wait()
	defer stop()
	<-asked
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	o.refreshed(f)
	notifier.Notify()
	told := map[string]int{}
	officetest.Eventually(t, "the other hub is told", func() bool {
		maps.Copy(told, h.heard())
		return told["https://bantin.example.org/feeds/tinh/phu-tho.json"] > 0
	})
}
