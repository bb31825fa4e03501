package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bantin"
	"bantin/picture"
	"bantin/source/charset"
)

// A document beside a text of the same name (ke-hoach.pdf and ke-hoach.md) is
// the text's attachment. Alone it is a bulletin titled by its file, which waits
// for a person to write its text. Sheets are nothing alone: lists lie in folders
// for other reasons.

// beside is an attachment of a text of the folder.
type beside struct{ path, version string }

// lonely reports whether a document is a bulletin where no text is beside it.
func lonely(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf", ".doc", ".odt", ".rtf", ".ppt", ".pptx", ".odp":
		return true
	}
	return false
}

func attachable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".xls", ".xlsx", ".ods":
		return true
	}
	return lonely(name)
}

// together finds which documents of a directory belong to which text.
func (w *walk) together(dir string, entries []fs.DirEntry) {
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return attachable(e.Name()) }) {
		return // most folders are looked at each minute and have none
	}
	texts := map[string]string{}
	for _, e := range entries {
		if name := e.Name(); readable(name) && e.Type().IsRegular() && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~$") {
			texts[stem(name)] = name
		}
	}
	for _, e := range entries {
		text, ok := texts[stem(e.Name())]
		if !ok || !attachable(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it vanished
		}
		if w.attached == nil {
			w.attached, w.taken = map[string][]beside{}, map[string]bool{}
		}
		text, name := path.Join(dir, text), path.Join(dir, e.Name())
		w.attached[text] = append(w.attached[text], beside{name, string(appendVersion(nil, info))})
		w.taken[name] = true
	}
}

func stem(name string) string { return strings.ToLower(strings.TrimSuffix(name, path.Ext(name))) }

// attachBeside attaches what lies beside the text, and adds it to the sum of the
// item. errRestless says that one is being written.
func (d *draft) attachBeside(files []beside, sum io.Writer) error {
	for _, f := range files {
		raw, err := readAtRest(d.root, f.path, f.version)
		fmt.Fprintf(sum, "\x00%s\x00%d\x00", path.Base(f.path), len(raw))
		_, _ = sum.Write(raw) // a hash takes all
		switch {
		case errors.Is(err, errRestless), errors.Is(err, fs.ErrNotExist):
			return errRestless
		case err != nil:
			d.incomplete = true
			d.warnFile(path.Base(f.path), err)
		default:
			d.attach(path.Base(f.path), raw)
		}
	}
	return nil
}

// readLonely makes a bulletin of a document that is alone.
func (d *draft) readLonely(raw []byte) error {
	name := path.Base(d.name)
	d.title = charset.OneLine(strings.TrimSuffix(name, path.Ext(name)))
	before := len(d.warnings)
	d.attach(name, raw)
	if len(d.attachments) == 0 && len(d.warnings) > before {
		return problem("tệp không phải là loại mà tên nó nói", "the file is not of the kind that its name says")
	}
	d.holdForText()
	return nil
}

// attach keeps a document and attaches it to the bulletin.
func (d *draft) attach(name string, raw []byte) {
	if d.spec.Files == nil {
		return
	}
	title := charset.OneLine(strings.ToValidUTF8(name, "\ufffd"))
	f, err := d.spec.Files.Put(name, slug(strings.TrimSuffix(title, path.Ext(title))), bytes.NewReader(raw))
	if err != nil {
		d.warnFile(title, err)
		return
	}
	a := bantin.Attachment{Src: "/files/" + f.Name, Type: f.Type, Length: f.Length, Title: title}
	if !slices.ContainsFunc(d.attachments, func(b bantin.Attachment) bool { return b.Src == a.Src }) {
		d.attachments = append(d.attachments, a)
	}
}

// warnFile says why a document is not attached.
func (d *draft) warnFile(name string, err error) {
	why := words(err.Error(), err.Error())
	switch {
	case errors.Is(err, picture.ErrFileTooLarge):
		why = words("lớn hơn 25 MB", "larger than 25 MB")
	case errors.Is(err, picture.ErrFileKind):
		why = words("nội dung không phải PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV hay văn bản", "its content is no PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV or text")
	}
	d.warn(fmt.Sprintf("bỏ qua tệp đính kèm %s: %s", quote(name), why.VI), fmt.Sprintf("attachment %s is left out: %s", quote(name), why.EN))
}
