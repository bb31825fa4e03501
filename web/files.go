package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"bantin"
	"bantin/feed"
)

//go:embed static
var static embed.FS

// loadAssets makes documents of the static files; they are part of the
// program, so one that cannot be read is a fault of its build.
func loadAssets() map[string]*feed.Document {
	assets := make(map[string]*feed.Document)
	entries, err := static.ReadDir("static")
	if err != nil {
		panic("web: " + err.Error())
	}
	for _, e := range entries {
		body, err := static.ReadFile("static/" + e.Name())
		if err != nil {
			panic("web: " + err.Error())
		}
		mediaType := mime.TypeByExtension(path.Ext(e.Name()))
		assets[e.Name()] = feed.NewDocument(body, mediaType, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
	}
	return assets
}

// assetVersion is a few letters of the content's hash: a new program's style
// sheet has a new address and is never the old one from a cache.
func assetVersion(d *feed.Document) string {
	if d == nil {
		return ""
	}
	return strings.Trim(d.ETag, `"`)[:8]
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) error {
	d, ok := s.assets[r.PathValue("name")]
	if !ok {
		return fmt.Errorf("static file %q: %w", r.PathValue("name"), bantin.ErrNotFound)
	}
	d.ServeHTTP(w, r)
	return nil
}

// favicon is what browsers ask for where a page (a feed, a picture) names no
// icon.
func (s *site) favicon(w http.ResponseWriter, r *http.Request) error {
	s.assets["icon.svg"].ServeHTTP(w, r)
	return nil
}

// image serves /images/{name}. A picture never changes under its name.
func (s *site) image(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") {
		return fmt.Errorf("image %q: %w", name, bantin.ErrNotFound)
	}
	info, err := fs.Stat(s.Images, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("image %q: %w", name, bantin.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("open image %q: %w", name, err)
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeFileFS(w, r, s.Images, name)
	return nil
}
