package document

import (
	"context"
	"os"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"bantin"
	"bantin/picture"
	"bantin/source/charset"
)

// File is a file of a folder.
type File struct {
	Name   string   // its path in the folder, which tells the format
	Raw    []byte   // what is in it
	Folder *os.Root // where its pictures are; nil: it has none
}

// Read makes the draft of a file and completes it. An error is a *Problem; the draft
// beside it says whether the problem may go away (Incomplete).
func Read(ctx context.Context, o *Options, f File) (*Draft, error) {
	d := New(o, f.Name)
	d.images.folder = f.Folder
	d.FetchRemote(ctx)
	if err := d.read(ctx, f.Raw); err != nil {
		return d, err
	}
	err := d.Complete()
	d.holdDoubtful()
	return d, err
}

// read reads a file in the format of its name.
func (d *Draft) read(ctx context.Context, raw []byte) error {
	switch extension := wordKind(d.name, raw); {
	case extension == ".docx":
		return readDocx(d, raw)
	case extension == ".eml":
		return readMail(ctx, d, raw)
	case IsStandalone(extension):
		return readStandalone(ctx, d, raw, extension)
	}
	raw, cut := trimCutText(raw)
	text, err := d.decodeFile(raw)
	if err != nil {
		return err
	}
	if cut {
		d.Warn("tệp bị cắt giữa một chữ, có thể thiếu phần cuối", "the file ends in the middle of a character, so its end may be missing")
	}
	text = d.readHeader(text)
	switch extensionOf(d.name) {
	case ".txt":
		readText(d, text)
		return nil
	case ".md", ".markdown":
		return readMarkdown(d, text)
	}
	return readPage(d, text)
}

// trimCutText drops a character that was cut at the end of a file in UTF-8.
func trimCutText(raw []byte) (rest []byte, cut bool) {
	rest = raw[:max(0, len(raw)-utf8.UTFMax)]
	rest = raw[:len(rest)+len(trimPartialRune(string(raw[len(rest):])))]
	if len(rest) == len(raw) || !utf8.Valid(rest) {
		return raw, false // it is whole, or in an encoding that ends in such bytes
	}
	return rest, true
}

func extensionOf(name string) string { return strings.ToLower(path.Ext(name)) }

// Problem says why something gives no bulletin, in both languages.
type Problem struct {
	Words bantin.Words
	Hint  bantin.Words // what a person can do; empty: what can be done about any
	Err   error        // the cause, where there is one that callers may ask for
}

func (p *Problem) Error() string {
	if p.Err != nil {
		return p.Words.EN + ": " + p.Err.Error()
	}
	return p.Words.EN
}

func (p *Problem) Unwrap() error { return p.Err }

// problem makes a Problem of its two wordings.
func problem(vi, en string) *Problem { return &Problem{Words: words(vi, en)} }

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }

// Quote shows a foreign value in a message: quoted, on one line, not long.
func Quote(value string) string { return strconv.Quote(bantin.Shorten(charset.OneLine(value), 80)) }

// IsText reports whether a file is of a format that gives a bulletin.
func IsText(name string) bool {
	switch extensionOf(name) {
	case ".txt", ".md", ".markdown", ".html", ".htm", ".docx", ".docm", ".eml":
		return true
	}
	return false
}

// IsStandalone reports whether a file without readable text, such as a PDF, is a
// bulletin by itself, which waits for a person to write its text.
func IsStandalone(name string) bool {
	switch extensionOf(name) {
	case ".pdf", ".doc", ".odt", ".rtf", ".ppt", ".pptx", ".odp":
		return true
	}
	return false
}

// IsAttachable reports whether a file beside a text of the same name is its
// attachment. Sheets are nothing alone: lists lie in folders for other reasons.
func IsAttachable(name string) bool {
	switch extensionOf(name) {
	case ".xls", ".xlsx", ".ods":
		return true
	}
	return IsStandalone(name)
}

// MaxBytes is the limit of a file's size. The largest bulletin seen had a tenth of
// it. Markdown may have less, because of what a few bytes of it can cost.
func MaxBytes(name string) int64 {
	switch extensionOf(name) {
	case ".md", ".markdown":
		return 1 << 20
	case ".docx", ".docm", ".eml":
		return 64 << 20 // pictures are in it
	}
	if IsStandalone(name) {
		return picture.MaxFileBytes
	}
	return 8 << 20
}
