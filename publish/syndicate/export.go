package syndicate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bantin/feed"
	"bantin/store"
)

// Exporter keeps static copies of all documents in a folder, for a web server
// or for rsync: each with packed copies beside it, dated as HTTP dates it.
// docs/export.md configures web servers to say the rest.
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

// lockTimeout is how long another process may write to the same folder.
const lockTimeout = 10 * time.Second

// FolderError says why a folder cannot be exported to; an admin can
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
	if err := makePublic(e.Dir); err != nil {
		return Exported{}, err
	}
	lock, err := store.LockFile(filepath.Join(e.Dir, lockName), lockTimeout)
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
	defer os.RemoveAll(s.path(""))         // what is left of it
	change := e.Feeds.server.change.Load() // before the documents are looked at
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
	wanted := func(id string, l archivePage) bool {
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
	return done, nil
}

// changedPage tells of archive pages whether they may say something else than
// at the last export.
func (e *Exporter) changedPage(ctx context.Context) (func(id string, l archivePage) bool, error) {
	const most = 1000 // beyond, all runs are looked at
	if e.done == nil {
		return func(string, archivePage) bool { return true }, nil
	}
	changed, err := e.Feeds.DB.Bulletins().Changes(ctx, e.change, most)
	if err != nil {
		return nil, err
	}
	return func(id string, l archivePage) bool {
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
