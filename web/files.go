package web

import (
	"cmp"
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

// loadAssets makes documents of the static files. They are embedded, so one that
// cannot be read is a fault of the build.
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

// Assets are the site's static files by name, for pages that look like the site's.
func Assets() map[string]*feed.Document { return loadAssets() }

// AssetVersion is a prefix of the content's hash: a new release's style sheet has a
// new URL, so that no cache serves the old one.
func AssetVersion(d *feed.Document) string {
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

// favicon serves /favicon.ico, which browsers request where a document names no
// icon.
func (s *site) favicon(w http.ResponseWriter, r *http.Request) error {
	s.assets["icon.svg"].ServeHTTP(w, r)
	return nil
}

// Files are the documents attached to bulletins. Type returns a file's media type,
// and whether such files may be served.
type Files struct {
	FS   fs.FS // by name: a hash, a hyphen, and the name for people
	Type func(name string) (mediaType string, known bool)
}

// document serves /files/{name}: a PDF inline, everything else as a download.
// Nothing in it runs: the type is never sniffed, and the policy forbids all
// requests. A file never changes under its name, but may be withdrawn.
func (s *site) document(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	mediaType, known := "", false
	if s.Files.FS != nil && fs.ValidPath(name) && !strings.HasPrefix(name, ".") {
		mediaType, known = s.Files.Type(name)
	}
	if !known {
		return fmt.Errorf("file %q: %w", name, bantin.ErrNotFound)
	}
	if err := s.checkShown(r, name); err != nil {
		return err
	}
	info, err := fs.Stat(s.Files.FS, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("file %q: %w", name, bantin.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("open file %q: %w", name, err)
	}
	_, called, _ := strings.Cut(name, "-")
	setFileHeaders(w.Header(), mediaType, cmp.Or(called, name))
	w.Header().Set("Cache-Control", cacheFile)
	http.ServeFileFS(w, r, s.Files.FS, name)
	return nil
}

// setFileHeaders has a browser show a PDF and save everything else under its name.
func setFileHeaders(h http.Header, mediaType, name string) {
	disposition := "attachment"
	if mediaType == "application/pdf" {
		disposition = "inline"
	}
	if strings.HasPrefix(mediaType, "text/") {
		mediaType += "; charset=utf-8"
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}

// cacheFile lets caches keep a file for an hour: a withdrawn one is gone from them
// soon, and one that is still there costs a response without a body.
const cacheFile = "public, max-age=3600"

// checkShown refuses a file that only held and withdrawn bulletins have: its
// address, known from a mail or guessed from its content, does not open it.
func (s *site) checkShown(r *http.Request, name string) error {
	withheld, err := s.Store.Bulletins().IsWithheld(r.Context(), name)
	if err != nil {
		return err
	}
	if withheld {
		return fmt.Errorf("file %q of a bulletin that is held or withdrawn: %w", name, bantin.ErrNotFound)
	}
	return nil
}

// image serves /images/{name}, and the same picture cut to a size (bantin.Crop). An
// image never changes under its name, but may be withdrawn.
func (s *site) image(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") {
		return fmt.Errorf("image %q: %w", name, bantin.ErrNotFound)
	}
	if err := s.checkShown(r, name); err != nil {
		return err
	}
	if stem, _, cropped := bantin.ParseCrop(name); cropped {
		made, err := s.crop(name)
		if original := s.original(stem); !made && original != "" { // as it is, rather than none
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, s.path("/images/"+original), http.StatusFound)
			return nil
		}
		if err != nil {
			return fmt.Errorf("crop image %q: %w", name, err)
		}
	}
	info, err := fs.Stat(s.Images, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("image %q: %w", name, bantin.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("open image %q: %w", name, err)
	}
	w.Header().Set("Cache-Control", cacheFile)
	http.ServeFileFS(w, r, s.Images, name)
	return nil
}

// crop sees to it that there is the cropped image, and reports whether there is.
func (s *site) crop(name string) (bool, error) {
	if _, err := fs.Stat(s.Images, name); err == nil || s.Crop == nil {
		return err == nil, nil
	}
	return s.Crop(name)
}

// original is the name of the image that a cropped one is made from; "" where there is none.
func (s *site) original(stem string) string {
	for _, ext := range []string{".jpg", ".png", ".gif", ".webp"} {
		if _, err := fs.Stat(s.Images, stem+ext); err == nil {
			return stem + ext
		}
	}
	return ""
}
