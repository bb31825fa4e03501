package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"bantin"
)

// item makes the item of a file that was looked at. It is not ok where the file
// is not at rest, or is gone meanwhile.
func (f *folder) item(root *os.Root, l look) (item Item, ok bool) {
	item = Item{ID: l.path, Version: l.version, Key: "file:" + f.spec.ID + "/" + l.path}
	if l.problem != nil {
		item.Err = l.problem
		return item, true
	}
	raw, err := readAtRest(root, l)
	switch {
	case errors.Is(err, errRestless), os.IsNotExist(err):
		return Item{}, false
	case err != nil:
		item.Version = ""
		item.Err = &Problem{Err: err, Words: words("không đọc được tệp", "cannot read the file")}
		return item, true
	}
	sum := sha256.Sum256(raw)
	item.Digest = hex.EncodeToString(sum[:])
	d, err := f.draft(root, l.path, raw)
	if d != nil && d.incomplete {
		item.Version = ""
	}
	if err != nil {
		item.Err = err
		return item, true
	}
	if d.url != "" {
		item.Key = "url:" + d.url
	}
	item.History = !f.spec.Since.IsZero() && history(d.published, f.spec.Now())
	item.Bulletin = d.bulletin(f.spec, item)
	return item, true
}

// errRestless says that a file changed since it was looked at.
var errRestless = errors.New("the file is being written")

// readAtRest reads a file that has the version of the look before and after.
func readAtRest(root *os.Root, l look) ([]byte, error) {
	file, err := root.Open(l.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	size, err := sameVersion(file, l)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(file, raw); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errRestless // shorter than it was
		}
		return nil, err
	}
	if _, err := sameVersion(file, l); err != nil {
		return nil, err
	}
	return raw, nil
}

func sameVersion(file *os.File, l look) (size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	var buffer [48]byte
	if string(appendVersion(buffer[:0], info)) != l.version {
		return 0, errRestless
	}
	return info.Size(), nil
}

// draft reads what the file says. There may be one beside an error.
func (f *folder) draft(root *os.Root, name string, raw []byte) (*draft, error) {
	d := &draft{spec: &f.spec, name: name, root: root}
	text, err := d.text(raw)
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".txt":
		d.readText(text)
	case ".md", ".markdown":
		err = d.readMarkdown(text)
	default:
		err = d.readPage(text)
	}
	if err != nil {
		return d, err
	}
	return d, d.complete()
}

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }
