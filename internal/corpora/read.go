package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/fetch"
	"bantin/picture"
	"bantin/source"
	"bantin/source/attempt"
	"bantin/source/document/convert"
)

// reader reads files as sources do.
type reader struct {
	all  bool
	spec source.Spec // what is common to all sources
	dir  string      // for files and what is kept of them
}

func newReader(all bool) (*reader, error) {
	dir, err := os.MkdirTemp("", "corpora")
	if err != nil {
		return nil, err
	}
	pictures, err := picture.Open(filepath.Join(dir, "images"))
	if err != nil {
		return nil, err
	}
	files, err := picture.OpenFiles(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	// Nothing is fetched but the feed itself: every other address of loopback is away.
	web := fetch.New(fetch.Options{AllowPrivate: true, MaxAttempts: 1, Timeout: 5 * time.Second})
	return &reader{all: all, dir: dir, spec: source.Spec{
		ID: "s", Location: time.FixedZone("ICT", 7*3600), Files: files, Pictures: pictures, Programs: convert.Find(),
		Rest: time.Millisecond, Web: web, Trust: source.TrustAny, Attempts: attempt.New(filepath.Join(dir, "reading"), nil),
	}}, nil
}

func (r *reader) read(ctx context.Context, kind, path string, raw []byte) (outcome, error) {
	switch kind {
	case feedKind:
		return r.feed(ctx, path, raw)
	case mailKind:
		return r.mail(ctx, raw)
	case listKind:
		return list(path), nil
	}
	return r.document(ctx, path, raw)
}

// feed serves a file and reads it as a feed.
func (r *reader) feed(ctx context.Context, path string, raw []byte) (outcome, error) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != "/feed" {
			http.NotFound(w, q)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		_, _ = w.Write(raw)
	}))
	defer site.Close()
	spec := r.spec
	spec.Kind, spec.URL, spec.Pictures = "feed", site.URL+"/feed", nil
	o, whole, err := take(ctx, spec)
	if err != nil {
		return o.outcome, err
	}
	if o.items = entriesWithWords(raw); whole {
		o.lost = max(0, o.items-o.read-o.held-o.refused)
	} else {
		o.refused = max(o.refused, o.items-o.read-o.held) // the source says that the rest is not read
	}
	return o.outcome, nil
}

// document puts a file into a folder of its own.
func (r *reader) document(ctx context.Context, path string, raw []byte) (outcome, error) {
	spec := r.spec
	spec.Kind, spec.Path = "folder", filepath.Join(r.dir, "folder")
	spec.Web = nil
	defer os.RemoveAll(spec.Path)
	if err := put(filepath.Join(spec.Path, filepath.Base(path)), raw); err != nil {
		return outcome{}, err
	}
	o, _, err := take(ctx, spec)
	o.items = 1
	if o.read+o.held+o.refused == 0 {
		o.lost = 1
	}
	if shown, known := shownBy(path, raw); known && o.read > 0 && letters(shown) > 0 {
		kept := 100 * o.letters / letters(shown)
		o.why = append(o.why, fmt.Sprintf("%d %% of its letters", kept))
		if o.letters == 0 {
			o.lost, o.read = 1, 0
		}
	}
	return o.outcome, err
}

// mail puts a mail into a mailbox that takes it from its sender. One without a sender,
// such as a part of a mail, gets one.
func (r *reader) mail(ctx context.Context, raw []byte) (outcome, error) {
	spec := r.spec
	from := senderOf(raw)
	if from == "" {
		from, raw = "ai@example.org", append([]byte("From: ai@example.org\n"), raw...)
	}
	spec.Kind, spec.Senders = "mailbox", []string{from}
	box := filepath.Join(r.dir, "box")
	defer os.RemoveAll(box)
	for _, dir := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(box, dir), 0o755); err != nil {
			return outcome{}, err
		}
	}
	spec.URL, spec.Web = "maildir:"+box, nil
	if err := put(filepath.Join(box, "new", "1.mail"), raw); err != nil {
		return outcome{}, err
	}
	o, _, err := take(ctx, spec)
	o.items = 1
	if o.read+o.held+o.refused == 0 {
		o.lost = 1
	}
	return o.outcome, err
}

func put(path string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, raw, 0o644)
}

// taken is what a source gave.
type taken struct {
	outcome
	letters int // of the bulletins that readers would see
}

// take reads a source once. It is whole where the source did not say that it is not.
func take(ctx context.Context, spec source.Spec) (o taken, whole bool, err error) {
	s, err := source.Open(spec)
	if err != nil {
		return o, false, err
	}
	for item, err := range s.Read(ctx, map[string]string{}) {
		switch {
		case ctx.Err() != nil:
			return o, false, ctx.Err()
		case err != nil:
			o.why = append(o.why, err.Error())
			if o.read+o.held+o.refused == 0 {
				o.refused++
			}
			return o, false, nil
		case item.Err != nil:
			o.refused++
			o.crashed = o.crashed || errors.Is(item.Err, attempt.ErrPanic) || errors.Is(item.Err, attempt.ErrSlow)
			o.why = append(o.why, item.Err.Error())
			if p := (*source.Problem)(nil); !errors.As(item.Err, &p) || p.Words.VI == "" {
				return o, false, fmt.Errorf("not in words: %w", item.Err)
			}
		case item.Bulletin != nil:
			o.bulletin(item.Bulletin)
		}
	}
	return o, true, nil
}

func (o *taken) bulletin(b *bantin.Bulletin) {
	if b.Held != "" {
		o.held++
		o.why = append(o.why, "held: "+b.Held.In(bantin.English))
		return
	}
	o.read++
	o.letters += letters(b.Title + b.Lead + b.Text)
}

// list reads a list of contacts.
func list(path string) (o outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			o.crashed, o.why = true, append(o.why, fmt.Sprint(cause))
		}
	}()
	o.items = 1
	l, err := contact.Open(path)
	if err != nil {
		o.refused, o.why = 1, append(o.why, strings.ReplaceAll(err.Error(), "\n", " "))
		return o
	}
	defer l.Close()
	rows, rejected := 0, map[string]bool{}
	for {
		_, err := l.Next()
		var row *contact.RowError
		switch {
		case errors.Is(err, io.EOF):
			o.read = 1
			o.why = append(o.why, fmt.Sprintf("%d rows", rows), fmt.Sprintf("%d reasons of rejected ones", len(rejected)))
			for reason := range maps.Keys(rejected) {
				o.why = append(o.why, reason)
			}
			return o
		case errors.As(err, &row):
			rejected[row.Reason.EN] = true
		case err != nil:
			o.refused, o.why = 1, append(o.why, err.Error())
			return o
		default:
			rows++
		}
	}
}
