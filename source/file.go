package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"bantin/source/document"
)

// item makes the item of a changed file; first is when the folder was first read, where
// this is that read. It is not ok where the file is still being written or has gone since.
func (f *folder) item(ctx context.Context, root *os.Root, l changedFile, first time.Time) (item Item, ok bool) {
	item = Item{ID: l.path, Version: l.version, Key: "file:" + f.spec.ID + "/" + l.path}
	if l.problem != nil {
		item.Err = withHint(l.problem, fileHint())
		return item, true
	}
	raw, err := readAtRest(root, l.path, l.own)
	switch {
	case errors.Is(err, errFileChanging), os.IsNotExist(err):
		return Item{}, false
	case err != nil:
		item.Version = ""
		item.Err = &Problem{Err: err, Words: words("không đọc được tệp", "cannot read the file"), Hint: readableHint()}
		return item, true
	}
	sum := sha256.New()
	sum.Write(raw)
	var d *document.Draft
	name := strings.ToLower(path.Ext(l.path))
	if err := f.spec.attempt(ctx, name, raw, func() { d, err = document.Read(ctx, f.documents, document.File{Name: l.path, Raw: raw, Folder: root}) }); err != nil {
		item.Err = err
		return item, ctx.Err() == nil
	}
	if err == nil && attachBeside(d, root, l.attachments, sum) != nil {
		return Item{}, false
	}
	item.Digest = hex.EncodeToString(sum.Sum(nil))
	if d.Incomplete {
		item.Version = ""
	}
	if err != nil {
		item.Err = withHint(err, fileHint())
		return item, true
	}
	item.Shows, item.Missing = d.ShownFiles(), missing(d, partOfFileHint())
	if d.URL != "" {
		item.Key, item.Before = "url:"+d.URL, formerKey(d.URL)
	}
	item.History = !first.IsZero() && isHistory(d.Published, first) || !f.spec.Since.IsZero() && isHistory(d.Published, f.spec.Now())
	for _, b := range l.attachments {
		if document.IsStandalone(b.path) {
			item.Absorbs = append(item.Absorbs, b.path)
		}
	}
	item.Bulletin = f.spec.bulletin(item, d)
	return item, true
}

// errFileChanging says that a file changed after the walk saw it.
var errFileChanging = errors.New("the file is being written")

// readAtRest reads a file that has the given version before and after.
func readAtRest(root *os.Root, name, version string) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	size, err := sameVersion(file, version)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(file, raw); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errFileChanging // shorter than it was
		}
		return nil, err
	}
	if _, err := sameVersion(file, version); err != nil {
		return nil, err
	}
	return raw, nil
}

func sameVersion(file *os.File, version string) (size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	var buffer [48]byte
	if string(appendVersion(buffer[:0], info)) != version {
		return 0, errFileChanging
	}
	return info.Size(), nil
}
