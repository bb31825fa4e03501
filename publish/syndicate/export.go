package syndicate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bantin/feed"
	"bantin/store"
)

// Exporter keeps static copies of all documents in a folder, for a web server
// or for rsync: each with packed copies beside it, dated as HTTP dates it, and
// snippets of configuration that say the rest.
//
// An export is whole or not at all: everything that is to change is first
// written into a folder within, and flushed; only when all of it is there are
// the files renamed into place. Where that cannot be, the folder stays as it
// was. Files that are right are not touched. What the exporter wrote once and
// no longer does is taken away, and nothing else ever.
type Exporter struct {
	Feeds *Feeds
	Dir   string

	done     map[string]*feed.Document // what is there, of the documents of the library
	versions map[string]string         // of archive pages, by feed id and page
	change   int64                     // the last change that was exported
}

// Exported says what an export did.
type Exported struct {
	Documents int `json:"documents"`
	Written   int `json:"written"`           // documents, with their copies
	Removed   int `json:"removed,omitempty"` // files
}

// Names of what the exporter keeps in the folder for itself.
const (
	stagingFolder = ".bantin-new"
	lockName      = ".bantin-lock"
	manifestName  = ".bantin-files"
)

// exportPatience is how long another process may write to the same folder.
const exportPatience = 10 * time.Second

// FolderError says why a folder cannot be exported to; whoever reads it can
// mend that.
type FolderError struct {
	Dir   string
	Taken bool // by the feeds of another installation
	Busy  bool // by another process that writes there now
}

func (e *FolderError) Error() string {
	if e.Taken {
		return "export to " + e.Dir + ": the folder holds the feeds of another installation"
	}
	return "export to " + e.Dir + ": another process writes there"
}

// Export writes what there is. It is for one goroutine, beside that which
// calls Refresh if need be.
func (e *Exporter) Export(ctx context.Context) (Exported, error) {
	out, err := e.export(ctx)
	var folder *FolderError
	if err != nil && !errors.As(err, &folder) {
		err = fmt.Errorf("export to %s: %w", e.Dir, err)
	}
	return out, err
}

func (e *Exporter) export(ctx context.Context) (Exported, error) {
	if err := os.MkdirAll(e.Dir, 0o755); err != nil {
		return Exported{}, err
	}
	lock, err := store.LockFile(filepath.Join(e.Dir, lockName), exportPatience)
	if errors.Is(err, store.ErrFileLocked) {
		return Exported{}, &FolderError{Dir: e.Dir, Busy: true}
	}
	if err != nil {
		return Exported{}, err
	}
	defer lock.Close()
	old, err := readManifest(e.Dir, e.Feeds.Instance)
	if err != nil {
		return Exported{}, err
	}
	s := &staging{dir: e.Dir, known: old, versions: map[string]string{}}
	if err := s.begin(); err != nil {
		return Exported{}, err
	}
	defer os.RemoveAll(s.path("")) // what is left of it
	change := e.Feeds.shown.Load() // before the documents are looked at
	done, err := e.stage(ctx, s)
	if err != nil {
		return Exported{}, err
	}
	if err := s.write(manifestName, s.manifest(e.Feeds.Instance), time.Time{}); err != nil {
		return Exported{}, err
	}
	if err := s.commit(); err != nil {
		e.done, e.versions, e.change = nil, nil, 0
		return Exported{}, err
	}
	e.done, e.versions, e.change = done, s.versions, change
	return Exported{len(done) + s.pages, s.written, s.remove()}, nil
}

// stage writes what differs. A document that was exported before, the very
// same, needs no look at the disk, and an archive page in which nothing changed
// is not even rendered.
func (e *Exporter) stage(ctx context.Context, s *staging) (map[string]*feed.Document, error) {
	done := map[string]*feed.Document{}
	for _, path := range e.Feeds.Library.Paths() {
		done[path] = nil
	}
	changed, err := e.changedPage(ctx)
	if err != nil {
		return nil, err
	}
	wanted := func(id string, l leaf) bool {
		if l.version != "" {
			s.versions[id+"/"+l.page.String()] = l.version
		}
		return changed(id, l) || !s.keepPage(id, l.page)
	}
	for path, document := range e.Feeds.Documents(ctx, wanted) {
		if err := errors.Join(document.err, ctx.Err()); err != nil {
			return nil, err
		}
		if _, ok := done[path]; ok {
			done[path] = document.Document
			if document.Document == e.done[path] && s.keep(path) {
				continue
			}
		} else {
			s.pages++
		}
		if err := s.add(path, document.Document); err != nil {
			return nil, err
		}
	}
	for name, text := range e.Feeds.snippets() {
		if err := s.write(name, []byte(text), time.Time{}); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// changedPage tells of archive pages whether they may say something else than
// at the last export.
func (e *Exporter) changedPage(ctx context.Context) (func(id string, l leaf) bool, error) {
	const most = 1000 // beyond, all runs are looked at
	if e.done == nil {
		return func(string, leaf) bool { return true }, nil
	}
	changed, err := e.Feeds.DB.Bulletins().Changes(ctx, e.change, most)
	if err != nil {
		return nil, err
	}
	return func(id string, l leaf) bool {
		if l.version != e.versions[id+"/"+l.page.String()] {
			return true
		}
		n, numbered := l.page.Number()
		if !numbered {
			return false
		}
		run, err := e.Feeds.DB.Feeds().Archive(ctx, id, n)
		return err != nil || len(changed) == most || holds(run, changed)
	}, nil
}

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

// packings are the extensions of packed copies.
func packings() []string { return []string{"", ".gz", ".br", ".zst"} }

// keep leaves a document and its copies as they are, where the last export
// left them.
func (s *staging) keep(path string) bool {
	name := strings.TrimPrefix(path, "/")
	for _, ext := range packings() {
		if _, found := slices.BinarySearch(s.known, name+ext); !found {
			return false
		}
	}
	for _, ext := range packings() {
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
	return !slices.ContainsFunc(packings(), func(ext string) bool {
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
		if err := os.MkdirAll(filepath.Dir(s.target(name)), 0o755); err != nil {
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

// manifest lists what this export leaves, under the installation's name.
func (s *staging) manifest(instance string) []byte {
	slices.Sort(s.now)
	return []byte(instance + "\n" + strings.Join(slices.Compact(s.now), "\n") + "\n")
}

// remove takes away what an earlier export wrote and this one did not.
func (s *staging) remove() (removed int) {
	for _, name := range s.known {
		if _, stays := slices.BinarySearch(s.now, name); stays || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		if os.Remove(s.target(name)) == nil {
			removed++
		}
	}
	return removed
}

// readManifest gives what the last export left, in order, and refuses a folder
// that holds the feeds of another installation.
func readManifest(dir, instance string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != instance {
		return nil, &FolderError{Dir: dir, Taken: true}
	}
	slices.Sort(lines[1:])
	return lines[1:], nil
}

// writeFlushed writes a file that is on disk when it returns.
func writeFlushed(file string, body []byte, modified time.Time) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil || modified.IsZero() {
		return err
	}
	return os.Chtimes(file, modified, modified)
}
