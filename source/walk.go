package source

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"bantin"
	"bantin/source/document"
)

// walk is one walk over a folder. All access goes through the root, so that no link
// leads out of it.
type walk struct {
	ctx     context.Context // of the walk alone
	root    *os.Root
	seen    map[string]string
	present []string // every path that is there
	known   int      // how many of present are in seen
	hidden  []string // directories that were not looked into
	changed []changedFile
	unread  []string // files that give no bulletin, by their names alone
	version []byte   // scratch

	attached map[string][]sibling // to a text, by its path
	siblings map[string]bool      // files that are attached to a text
}

// changedFile is a file that is new or has changed, as a walk saw it.
type changedFile struct {
	path        string
	version     string    // of the file with its attachments
	own         string    // of the file alone
	attachments []sibling // its attachments
	problem     *Problem  // why it cannot be read
}

// directory walks through dir. An error means that nothing is known of the folder
// at all.
func (w *walk) directory(dir string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := w.list(dir)
	if err != nil && dir == "." {
		return err
	}
	if err != nil {
		w.hidden = append(w.hidden, dir+"/")
		w.changed = append(w.changed, changedFile{path: dir, problem: &Problem{Err: err, Words: words(
			"không mở được thư mục", "cannot open the directory"), Hint: words(
			"cho tài khoản chạy bantin quyền đọc thư mục", "let the user that runs bantin read the directory")}})
		return nil
	}
	w.pairAttachments(dir, entries)
	pages := savedPages(entries)
	for _, entry := range entries {
		name := entry.Name()
		if isNoDocument(name) {
			continue
		}
		if dir != "." {
			name = dir + "/" + name
		}
		if entry.IsDir() && pages.isPartOf(entry.Name()) {
			w.hidden = append(w.hidden, name+"/")
			continue
		}
		if entry.IsDir() {
			err = w.directory(name)
		} else {
			err = w.file(name, entry)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list gives what is in dir by name.
func (w *walk) list(dir string) ([]fs.DirEntry, error) {
	f, err := w.root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

// file compares one file with the last read. A file that vanished since the
// directory was listed is skipped.
func (w *walk) file(name string, entry fs.DirEntry) error {
	link := entry.Type()&fs.ModeSymlink != 0
	switch {
	case w.siblings[name]:
		return nil
	case !isCandidate(name):
		if entry.Type().IsRegular() {
			w.noteUnread(name)
		}
		return nil
	}
	info, err := entry.Info()
	if err == nil && link {
		info, err = w.root.Stat(name)
	}
	if os.IsNotExist(err) && !link {
		return nil
	}
	w.present = append(w.present, name)
	if err != nil {
		if w.isChanged(name, []byte("?")) {
			w.changed = append(w.changed, changedFile{path: name, version: "?", problem: linkProblem(link, err)})
		}
		return nil
	}
	if info.IsDir() || !info.Mode().IsRegular() {
		return nil // a link to a directory: what is in it has a path of its own
	}
	w.version = appendVersion(w.version[:0], info)
	own := len(w.version)
	attached := w.attached[name]
	for _, a := range attached {
		w.version = append(append(w.version, '+'), a.version...)
	}
	if w.isChanged(name, w.version) {
		w.changed = append(w.changed, changedFile{path: name, version: string(w.version), own: string(w.version[:own]), attachments: attached, problem: refusalOf(name, info)})
	}
	return nil
}

// isChanged counts a file that was there at the last read, and reports whether it is new
// or has another version now.
func (w *walk) isChanged(name string, version []byte) bool {
	was, known := w.seen[name]
	if known {
		w.known++
	}
	return !known || was != string(version)
}

func linkProblem(link bool, err error) *Problem {
	if link {
		return &Problem{Err: err, Words: words(
			"liên kết không dẫn đến một tệp trong thư mục này, nên không đọc",
			"the link does not lead to a file of this folder, so it is not followed"), Hint: words(
			"chép tệp ấy vào thư mục thay cho liên kết", "copy the file into the folder instead of the link")}
	}
	return &Problem{Err: err, Words: words("không xem được tệp", "cannot look at the file"), Hint: readableHint()}
}

// yieldGone yields what is in seen, or was a problem, and is no longer there, and reports
// whether to go on. Nothing is known of directories that could not be read.
func (w *walk) yieldGone(problems map[string]bantin.ProblemKind, yield func(Item, error) bool) bool {
	if w.known == len(w.seen) && len(problems) == 0 {
		return true
	}
	present := make(map[string]bool, len(w.present))
	for _, name := range w.present {
		present[name] = true
	}
	gone := map[string]bool{}
	note := func(name string) {
		hidden := slices.ContainsFunc(w.hidden, func(dir string) bool { return strings.HasPrefix(name+"/", dir) })
		if !present[name] && !hidden {
			gone[name] = true
		}
	}
	for name := range w.seen {
		note(name)
	}
	for name := range problems {
		note(name)
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		version, known := w.seen[name]
		silent := w.siblings[name] || !known || version == shownVersion || problems[name] == bantin.ProblemUnread
		if !yield(Item{ID: name, Gone: true, Absorbed: silent}, nil) {
			return false
		}
	}
	return true
}

// appendVersion makes the version of a file: its size and time of change.
func appendVersion(dst []byte, info fs.FileInfo) []byte {
	dst = strconv.AppendInt(dst, info.Size(), 10)
	dst = append(dst, '-')
	return strconv.AppendInt(dst, info.ModTime().UnixNano(), 36)
}

// isCandidate reports whether the file may be a bulletin.
func isCandidate(name string) bool { return document.IsText(name) || document.IsStandalone(name) }

// refusalOf gives the reason why a file cannot be read, by its size.
func refusalOf(name string, info fs.FileInfo) *Problem {
	if most := document.MaxBytes(name); info.Size() > most {
		return &Problem{Words: words(
			fmt.Sprintf("tệp quá lớn: %d MB, nhiều nhất là %d MB", info.Size()>>20, most>>20),
			fmt.Sprintf("the file is too large: %d MB, at most %d MB", info.Size()>>20, most>>20)), Hint: words(
			"giảm cỡ ảnh trong tệp rồi lưu lại (Word: Định dạng ảnh, Nén ảnh)", "make the pictures in it smaller and save it again (Word: Picture Format, Compress Pictures)")}
	}
	return nil
}
