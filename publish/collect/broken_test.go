package collect_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"testing"

	"bantin"
	"bantin/internal/officetest"
	"bantin/place"
	"bantin/publish/collect"
	"bantin/source"
)

// brokenSource yields one bulletin and then cannot be read.
type brokenSource struct{ end func() error }

func (brokenSource) ID() string { return "website" }

func (s brokenSource) Read(context.Context, map[string]string) iter.Seq2[source.Item, error] {
	return func(yield func(source.Item, error) bool) {
		b := &bantin.Bulletin{ID: "website-1", Source: "website", SourceID: "1", Title: "Trao học bổng", Text: "Năm mươi suất học bổng."}
		if yield(source.Item{ID: "1", Version: "1", Key: "file:website/1", Digest: "một", Bulletin: b}, nil) {
			yield(source.Item{}, s.end())
		}
	}
}

// What was read before a source broke off, or before the process was told to stop, is
// stored, of any kind of source.
func TestBrokenSource(t *testing.T) {
	broken := errors.New("trang bị đứt")
	ctx, stop := context.WithCancel(t.Context())
	for name, test := range map[string]struct {
		ctx context.Context
		end func() error
	}{
		"broken off": {t.Context(), func() error { return broken }},
		"stopped":    {ctx, func() error { stop(); return context.Canceled }},
	} {
		o := officetest.New(t)
		c := &collect.Collector{DB: o.DB, Log: slog.New(slog.DiscardHandler), Atlas: place.NewAtlas(nil), Known: []string{"website"}}
		done, err := c.Collect(test.ctx, &collect.Reading{Source: brokenSource{test.end}})
		if err == nil || len(done.Added) != 1 {
			t.Errorf("%s: added %q, %v", name, done.Added, err)
		}
		if _, err := o.DB.Bulletins().Get(t.Context(), "website-1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
