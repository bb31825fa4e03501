package feed

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bantin/internal/freeport"
)

func TestTellHub(t *testing.T) {
	var said []string
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said = append(said, r.Method+" "+r.FormValue("hub.mode")+" "+r.FormValue("hub.url")+" "+r.UserAgent())
		w.WriteHeader(http.StatusNoContent)
	}))
	defer hub.Close()
	const topic = "https://bantin.example.org/feeds/tinh/phu-tho.rss"
	if err := NewPublisher("bantin/1").Notify(t.Context(), hub.URL, topic); err != nil {
		t.Fatal(err)
	}
	if want := "POST publish " + topic + " bantin/1"; len(said) != 1 || said[0] != want {
		t.Errorf("the hub heard %q", said)
	}
}

func TestTellHubInVain(t *testing.T) {
	reached := false
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inner.Close()
	answer := func(do http.HandlerFunc) string {
		s := httptest.NewServer(do)
		t.Cleanup(s.Close)
		return s.URL
	}
	for name, c := range map[string]struct{ hub, want string }{
		"away":       {"http://" + freeport.Address(t), "refused"},
		"no address": {"ftp://hub.example.org", "not an http"},
		"redirects inward": {answer(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, inner.URL, http.StatusTemporaryRedirect)
		}), "inside the network"},
		"redirects to us": {answer(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusPermanentRedirect) }), "inside the network"},
		"to a file": {answer(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}), "not an http"},
		"to nowhere": {answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMovedPermanently) }), "nowhere"},
		"refuses":    {answer(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "không", http.StatusForbidden) }), "403"},
		"is broken":  {answer(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "hỏng", http.StatusInternalServerError) }), "500"},
	} {
		err := NewPublisher("bantin/1").Notify(t.Context(), c.hub, "https://bantin.example.org/feeds/tat-ca.rss")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if reached {
		t.Error("a redirect led inside the network")
	}
}

// A hub that answers a byte a second has taken the message when its status is
// there; one that never gets that far is given up with the caller's patience.
func TestTellSlowHub(t *testing.T) {
	dribble := func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte("."))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	}
	slow := httptest.NewServer(http.HandlerFunc(dribble))
	defer slow.Close()
	if err := NewPublisher("bantin/1").Notify(t.Context(), slow.URL, "https://bantin.example.org/feeds/tat-ca.rss"); err != nil {
		t.Error(err)
	}
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // a server sees that its client left once it has read the request
		<-r.Context().Done()
	}))
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := NewPublisher("bantin/1").Notify(ctx, silent.URL, "https://bantin.example.org/feeds/tat-ca.rss"); err == nil {
		t.Error("a hub that says nothing was told")
	}
}
