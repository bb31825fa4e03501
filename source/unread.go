package source

import (
	"io/fs"
	"path"
	"strings"
)

// A folder holds more than bulletins. What is left over beside them is told, so that
// nobody waits in vain for a photograph of a document or an archive to be published: but
// not what programs leave there, and not the pictures that bulletins show.

// The versions of files whose names alone say that they give no bulletin.
const (
	unreadVersion = "unread"
	shownVersion  = "shown" // a picture that a bulletin shows, or did
)

// noteUnread notes a file that gives no bulletin.
func (w *walk) noteUnread(name string) {
	w.present, w.unread = append(w.present, name), append(w.unread, name)
	if _, known := w.seen[name]; known {
		w.known++
	}
}

// yieldUnread yields the files that give no bulletin and were not told yet, and reports
// whether to go on. Of a picture that a bulletin shows it yields only that. Where all are
// taken for shown, the folder was read by a version that kept no list of them.
func (w *walk) yieldUnread(shown map[string]bool, all bool, yield func(Item, error) bool) bool {
	for _, name := range w.unread {
		version := w.seen[name]
		item := Item{ID: name, Version: unreadVersion}
		switch {
		case version == shownVersion:
			continue
		case isPicture(name) && (all || shown[name]):
			item.Seen, item.Version = true, shownVersion
		case version == unreadVersion:
			continue
		default:
			item.Err = unreadKind(name)
		}
		if !yield(item, nil) {
			return false
		}
	}
	return true
}

// isNoDocument reports whether a file is one that a program leaves in folders: hidden ones,
// those by which Word and LibreOffice lock a document, thumbnails, downloads that go on.
func isNoDocument(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || strings.HasSuffix(name, "~") {
		return true
	}
	switch lower := strings.ToLower(name); {
	case lower == "thumbs.db", lower == "ehthumbs.db", lower == "desktop.ini", lower == "icon\r", lower == "__macosx":
		return true
	default:
		switch path.Ext(lower) {
		case ".tmp", ".part", ".partial", ".crdownload", ".swp", ".lock", ".bak", ".wbk":
			return true
		}
	}
	return false
}

// savedPagesOf are the names, without their endings, of the pages of a directory.
type savedPagesOf map[string]bool

func savedPages(entries []fs.DirEntry) savedPagesOf {
	var pages savedPagesOf
	for _, e := range entries {
		switch strings.ToLower(path.Ext(e.Name())) {
		case ".html", ".htm":
			if pages == nil {
				pages = savedPagesOf{}
			}
			pages[stem(e.Name())] = true
		}
	}
	return pages
}

// isPartOf reports whether a directory holds what a browser saved beside a page: its
// pictures, styles, scripts and frames, none of which is a bulletin.
func (p savedPagesOf) isPartOf(dir string) bool {
	for _, ending := range []string{"_files", ".files", "-files", "_tệp"} {
		if of, ok := strings.CutSuffix(strings.ToLower(dir), ending); ok && p[of] {
			return true
		}
	}
	return false
}
