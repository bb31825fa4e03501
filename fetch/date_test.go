package fetch_test

import (
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bantin/fetch"
)

func TestDate(t *testing.T) {
	noon := time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, date, age string
		status          int
		told            bool
	}{
		{"a page", noon.Format(http.TimeFormat), "", 200, true},
		{"an error tells the time too", noon.Format(http.TimeFormat), "", 500, true},
		{"a fresh copy", noon.Format(http.TimeFormat), "0", 200, true},
		{"from a cache", noon.Format(http.TimeFormat), "3600", 200, false},
		{"nonsense", "thứ Hai, mười hai giờ trưa", "", 200, false},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodHead {
				t.Errorf("asked by %s", r.Method)
			}
			w.Header().Set("Date", c.date)
			if c.age != "" {
				w.Header().Set("Age", c.age)
			}
			w.WriteHeader(c.status)
		}))
		got, err := fetch.New(fetch.Options{AllowPrivate: true}).Date(t.Context(), server.URL)
		server.Close()
		if c.told && (err != nil || !got.Equal(noon)) || !c.told && !errors.Is(err, fetch.ErrDate) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	if _, err := fetch.New(fetch.Options{}).Date(t.Context(), "maildir:/var/mail"); !errors.Is(err, fetch.ErrAddress) {
		t.Error(err)
	}
	// Inside the network nobody is asked.
	if _, err := fetch.New(fetch.Options{}).Date(t.Context(), "http://127.0.0.1:1/"); err == nil {
		t.Error("an inner address was asked")
	}
}

// A machine whose clock is years ahead finds no certificate valid: it is verified by the
// time that is believed.
func TestDateWithAWrongClock(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for now, want := range map[time.Time]bool{
		server.Certificate().NotAfter.AddDate(-1, 0, 0): true,
		server.Certificate().NotAfter.AddDate(1, 0, 0):  false,
	} {
		client := fetch.New(fetch.Options{AllowPrivate: true, RootCAs: roots, Now: func() time.Time { return now }})
		if _, err := client.Date(t.Context(), server.URL); (err == nil) != want {
			t.Errorf("at %v: %v", now, err)
		}
	}
}
