package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"bantin/source/document"
)

// A document beside a text of the same name (ke-hoach.pdf and ke-hoach.md) is
// the text's attachment. Alone it is a bulletin titled by its file name, which is
// held until a person writes its text. Sheets alone give no bulletin: lists lie in
// folders for other reasons.

// sibling is a file that lies beside a text of the same name and is its
// attachment.
type sibling struct{ path, version string }

// pairAttachments finds the documents of a directory that belong to a text.
func (w *walk) pairAttachments(dir string, entries []fs.DirEntry) {
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return document.IsAttachable(e.Name()) }) {
		return // most folders are looked at each minute and have none
	}
	texts := map[string]string{}
	for _, e := range entries {
		if name := e.Name(); document.IsText(name) && e.Type().IsRegular() && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~$") {
			texts[stem(name)] = name
		}
	}
	for _, e := range entries {
		text, ok := texts[stem(e.Name())]
		if !ok || !document.IsAttachable(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it vanished
		}
		if w.attached == nil {
			w.attached, w.siblings = map[string][]sibling{}, map[string]bool{}
		}
		text, name := path.Join(dir, text), path.Join(dir, e.Name())
		w.attached[text] = append(w.attached[text], sibling{name, string(appendVersion(nil, info))})
		w.siblings[name] = true
	}
}

func stem(name string) string { return strings.ToLower(strings.TrimSuffix(name, path.Ext(name))) }

// attachBeside attaches the siblings of a text and adds them to the hash of the
// item. errFileChanging says that one of them is being written.
func attachBeside(d *document.Draft, root *os.Root, files []sibling, sum io.Writer) error {
	for _, f := range files {
		raw, err := readAtRest(root, f.path, f.version)
		fmt.Fprintf(sum, "\x00%s\x00%d\x00", path.Base(f.path), len(raw))
		_, _ = sum.Write(raw) // a hash takes all
		switch {
		case errors.Is(err, errFileChanging), errors.Is(err, fs.ErrNotExist):
			return errFileChanging
		case err != nil:
			d.Incomplete = true
			d.WarnAttachment(path.Base(f.path), err)
		default:
			d.Attach(path.Base(f.path), raw)
		}
	}
	return nil
}
