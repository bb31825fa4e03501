package syndicate

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bantin/feed"
)

// staging is an export that is being made.
type staging struct {
	dir      string
	known    []string // what the last export left, in order
	now      []string // what this one leaves
	renames  []string
	versions map[string]string // of archive pages
	written  int               // documents
	pages    int               // documents that are not in the library
}

func (s *staging) path(name string) string {
	return filepath.Join(s.dir, stagingFolder, filepath.FromSlash(name))
}

func (s *staging) target(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// begin makes an empty place to write to; a process that was killed may have
// left one.
func (s *staging) begin() error {
	if err := os.RemoveAll(s.path("")); err != nil {
		return err
	}
	return os.Mkdir(s.path(""), 0o755)
}

// copyExtensions are the extensions of packed copies.
func copyExtensions() []string { return []string{"", ".gz", ".br", ".zst"} }

// keep leaves a document and its copies as they are, where the last export
// left them.
func (s *staging) keep(path string) bool {
	name := strings.TrimPrefix(path, "/")
	for _, ext := range copyExtensions() {
		if _, found := slices.BinarySearch(s.known, name+ext); !found {
			return false
		}
	}
	for _, ext := range copyExtensions() {
		s.now = append(s.now, name+ext)
	}
	return true
}

// keepPage leaves an archive page in all formats, where it is there.
func (s *staging) keepPage(id string, page feed.Page) bool {
	for _, format := range feed.Formats() {
		if !s.keep(feed.ArchivePath(id, page, format.Ext)) {
			return false
		}
	}
	s.pages += len(feed.Formats())
	return true
}

// add writes a document and its copies, unless all of them are there already.
// Packing takes long, so the document itself decides where it can.
func (s *staging) add(path string, d *feed.Document) error {
	name := strings.TrimPrefix(path, "/")
	if s.same(name, d.Body, d.Modified) && s.packed(name, d.Modified) && s.keep(path) {
		return nil
	}
	s.written++
	if err := s.write(name, d.Body, d.Modified); err != nil {
		return err
	}
	d.Compress()
	for ext, body := range d.Copies() {
		if err := s.write(name+"."+ext, body, d.Modified); err != nil {
			return err
		}
	}
	return nil
}

// packed reports whether the packed copies of a document are there, of its time.
func (s *staging) packed(name string, modified time.Time) bool {
	return !slices.ContainsFunc(copyExtensions(), func(ext string) bool {
		info, err := os.Stat(s.target(name + ext))
		return err != nil || !info.ModTime().Equal(modified)
	})
}

// write stages a file, unless it is there with these bytes.
func (s *staging) write(name string, body []byte, modified time.Time) error {
	if name != manifestName {
		s.now = append(s.now, name)
	}
	if s.same(name, body, modified) {
		return nil
	}
	file := s.path(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := writeFlushed(file, body, modified); err != nil {
		return err
	}
	s.renames = append(s.renames, name)
	return nil
}

// same reports whether a file has these bytes and, unless it is zero, this time.
func (s *staging) same(name string, body []byte, modified time.Time) bool {
	info, err := os.Stat(s.target(name))
	if err != nil || info.Size() != int64(len(body)) || !modified.IsZero() && !info.ModTime().Equal(modified) {
		return false
	}
	old, err := os.ReadFile(s.target(name))
	return err == nil && bytes.Equal(old, body)
}

// commit renames what was staged into place. Folders come first: what can fail
// does so before anything has changed. The manifest comes before the files that
// it names: one that is not there yet costs nothing, one that is not named
// would stay for ever.
func (s *staging) commit() error {
	for _, name := range s.renames {
		if err := makePublic(filepath.Dir(s.target(name))); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.renames, func(a, b string) int { return rankOf(a) - rankOf(b) })
	for _, name := range s.renames {
		if err := os.Rename(s.path(name), s.target(name)); err != nil {
			return err
		}
	}
	return nil
}

// rankOf puts the manifest first, then archives, then what leads to them.
func rankOf(name string) int {
	switch {
	case name == manifestName:
		return 0
	case strings.Contains(name, "/archive/"):
		return 1
	}
	return 2
}

// makePublic makes what is missing of a folder, which a web server of another user can
// read, whatever the umask: a service has one that keeps others out.
func makePublic(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o755) // which says so where it is no folder
	}
	if err := makePublic(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}

// writeFlushed writes a file that is on disk when it returns, and that everybody can read.
func writeFlushed(file string, body []byte, modified time.Time) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil || modified.IsZero() {
		return err
	}
	return os.Chtimes(file, modified, modified)
}
