package source

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"bantin/source/document"
)

// walk is one walk over a folder. All access is through the root, so that no
// link leads out of it.
type walk struct {
	ctx     context.Context // of the walk alone
	root    *os.Root
	seen    map[string]string
	present []string // every path that is there
	met     int      // how many of them are in seen
	blind   []string // directories that could not be read
	changed []look
	version []byte // scratch

	attached map[string][]beside // to a text, by its path
	taken    map[string]bool     // files that are attached to a text
}

// look is what a walk saw of a file that is new or has changed.
type look struct {
	path    string
	version string   // of the file with its attachments
	own     string   // of the file alone
	beside  []beside // its attachments
	problem *Problem // why it is not to be read
}

// directory walks through dir. It gives an error only where nothing can be
// said of the folder at all.
func (w *walk) directory(dir string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := w.list(dir)
	if err != nil && dir == "." {
		return err
	}
	if err != nil {
		w.blind = append(w.blind, dir+"/")
		w.changed = append(w.changed, look{path: dir, problem: &Problem{Err: err, Words: words(
			"không mở được thư mục", "cannot open the directory")}})
		return nil
	}
	w.together(dir, entries)
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
			continue
		}
		if dir != "." {
			name = dir + "/" + name
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

// file looks at one file. What vanished since the directory was listed is
// passed over.
func (w *walk) file(name string, entry fs.DirEntry) error {
	if !ours(name) || w.taken[name] {
		return nil
	}
	link := entry.Type()&fs.ModeSymlink != 0
	info, err := entry.Info()
	if err == nil && link {
		info, err = w.root.Stat(name)
	}
	if os.IsNotExist(err) && !link {
		return nil
	}
	w.present = append(w.present, name)
	if err != nil {
		w.note(look{path: name, version: "?", problem: linkProblem(link, err)})
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
	version, known := w.seen[name]
	if known {
		w.met++
	}
	if !known || version != string(w.version) {
		w.changed = append(w.changed, look{path: name, version: string(w.version), own: string(w.version[:own]), beside: attached, problem: refused(name, info)})
	}
	return nil
}

// note keeps a look unless it says what is known already.
func (w *walk) note(l look) {
	version, known := w.seen[l.path]
	if known {
		w.met++
	}
	if version != l.version {
		w.changed = append(w.changed, l)
	}
}

func linkProblem(link bool, err error) *Problem {
	if link {
		return &Problem{Err: err, Words: words(
			"liên kết không dẫn đến một tệp trong thư mục này, nên không đọc",
			"the link does not lead to a file of this folder, so it is not followed")}
	}
	return &Problem{Err: err, Words: words("không xem được tệp", "cannot look at the file")}
}

// yieldGone yields what was seen and is there no more. Of directories that
// could not be read nothing is known.
func (w *walk) yieldGone(yield func(Item, error) bool) {
	if w.met == len(w.seen) {
		return
	}
	present := make(map[string]bool, len(w.present))
	for _, name := range w.present {
		present[name] = true
	}
	var gone []string
	for name := range w.seen {
		hidden := slices.ContainsFunc(w.blind, func(dir string) bool { return strings.HasPrefix(name+"/", dir) })
		if !present[name] && !hidden && ours(name) {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	for _, name := range gone {
		if !yield(Item{ID: name, Gone: true, Taken: w.taken[name]}, nil) {
			return
		}
	}
}

// appendVersion makes the version of a file: its size and time of change.
func appendVersion(dst []byte, info fs.FileInfo) []byte {
	dst = strconv.AppendInt(dst, info.Size(), 10)
	dst = append(dst, '-')
	return strconv.AppendInt(dst, info.ModTime().UnixNano(), 36)
}

// ours reports whether the file may be a bulletin, or looks like one to a
// person.
func ours(name string) bool {
	return document.IsText(name) || document.IsStandalone(name) || isUnsupported(name)
}

// isUnsupported tells the kinds that an office writes its bulletins in and that are
// not read. They are reported, so that nobody waits for them in vain.
func isUnsupported(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".msg", ".pages", ".wps":
		return true
	}
	return false
}

// refused says why a file is not to be read, from its name and size.
func refused(name string, info fs.FileInfo) *Problem {
	if isUnsupported(name) {
		ext := strings.ToLower(path.Ext(name))
		return problem(
			fmt.Sprintf("chưa đọc được tệp loại %s; hãy lưu thành .docx, .md, .html hoặc .txt", ext),
			fmt.Sprintf("files of kind %s are not supported; save it as .docx, .md, .html or .txt", ext))
	}
	if most := document.MaxBytes(name); info.Size() > most {
		return problem(
			fmt.Sprintf("tệp quá lớn: %d MB, nhiều nhất là %d MB", info.Size()>>20, most>>20),
			fmt.Sprintf("the file is too large: %d MB, at most %d MB", info.Size()>>20, most>>20))
	}
	return nil
}
