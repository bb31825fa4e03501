package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

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
	raw, err := readAtRest(root, l.path, l.own)
	switch {
	case errors.Is(err, errRestless), os.IsNotExist(err):
		return Item{}, false
	case err != nil:
		item.Version = ""
		item.Err = &Problem{Err: err, Words: words("không đọc được tệp", "cannot read the file")}
		return item, true
	}
	sum := sha256.New()
	sum.Write(raw)
	d, err := f.draft(root, l.path, raw)
	if err == nil && d.attachBeside(l.beside, sum) != nil {
		return Item{}, false
	}
	item.Digest = hex.EncodeToString(sum.Sum(nil))
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
	for _, b := range l.beside {
		if lonely(b.path) {
			item.Instead = append(item.Instead, b.path)
		}
	}
	item.Bulletin = d.bulletin(f.spec, item)
	return item, true
}

// errRestless says that a file changed since it was looked at.
var errRestless = errors.New("the file is being written")

// readAtRest reads a file that has the version of the look before and after.
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
			return nil, errRestless // shorter than it was
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
		return 0, errRestless
	}
	return info.Size(), nil
}

// draft reads what the file says. There may be one beside an error.
func (f *folder) draft(root *os.Root, name string, raw []byte) (*draft, error) {
	d := &draft{spec: &f.spec, name: name, root: root}
	err := d.read(raw)
	if err != nil {
		return d, err
	}
	return d, d.complete()
}

func (d *draft) read(raw []byte) error {
	switch extension := strings.ToLower(path.Ext(d.name)); {
	case extension == ".docx":
		return d.readDocx(raw)
	case extension == ".eml":
		return d.readMail(raw)
	case lonely(d.name):
		return d.readLonely(raw)
	}
	return d.readWords(raw)
}

// readWords reads a file that is text.
func (d *draft) readWords(raw []byte) error {
	raw, cut := uncut(raw)
	text, err := d.text(raw)
	if err != nil {
		return err
	}
	if cut {
		d.warn("tệp bị cắt giữa một chữ, có thể thiếu phần cuối", "the file is cut off in the middle of a letter, so its end may be missing")
	}
	switch strings.ToLower(path.Ext(d.name)) {
	case ".txt":
		d.readText(text)
		return nil
	case ".md", ".markdown":
		return d.readMarkdown(text)
	}
	return d.readPage(text)
}

// uncut drops a character that was cut at the end of a file in UTF-8.
func uncut(raw []byte) (rest []byte, cut bool) {
	rest = raw[:max(0, len(raw)-utf8.UTFMax)]
	rest = raw[:len(rest)+len(whole(string(raw[len(rest):])))]
	if len(rest) == len(raw) || !utf8.Valid(rest) {
		return raw, false // it is whole, or in a code that ends in such bytes
	}
	return rest, true
}

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }
