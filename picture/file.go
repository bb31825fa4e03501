package picture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// MaxFileBytes is the limit of an attached file.
const MaxFileBytes = 25 << 20

// Errors of Files.Put.
var (
	ErrFileTooLarge = errors.New("larger than 25 MB")
	ErrFileKind     = errors.New("not a document that people read: PDF, Word, Excel, PowerPoint, OpenDocument, RTF, CSV or text")
)

// File is a document of the store of files.
type File struct {
	Name   string // file name in the store: a hash of the content, and a name for people
	Type   string // media type of the content
	Length int64  // bytes
}

// Files is a directory of documents that are attached to bulletins, kept byte by byte
// under a hash of their content. It is safe for concurrent use, also by several
// processes.
type Files struct{ dir string }

// OpenFiles opens the directory dir and creates it if necessary.
func OpenFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	return &Files{dir: dir}, nil
}

// FS gives the files by their names.
func (f *Files) FS() fs.FS { return os.DirFS(f.dir) }

// Put reads a document and stores it. stem is its name for people, in folded letters
// and digits. The content tells the kind; name only distinguishes kinds that begin
// alike, such as Word and Excel. A page, a picture or a program under the name of a
// document is refused ([ErrFileKind]).
func (f *Files) Put(name, stem string, r io.Reader) (File, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return File{}, fmt.Errorf("read file: %w", err)
	}
	if len(raw) > MaxFileBytes {
		return File{}, fmt.Errorf("read file: %w", ErrFileTooLarge)
	}
	k, ok := documentKind(strings.ToLower(filepath.Ext(name)), raw)
	if !ok {
		return File{}, fmt.Errorf("read file: %w", ErrFileKind)
	}
	file := File{Name: fileName(contentName(raw), stem, k.extension), Type: k.mediaType, Length: int64(len(raw))}
	path := filepath.Join(f.dir, file.Name)
	if info, err := os.Stat(path); err == nil && info.Size() == file.Length {
		return file, nil
	}
	if err := writeAtomic(path, raw); err != nil {
		return File{}, fmt.Errorf("keep file: %w", err)
	}
	return file, nil
}

func fileName(content, stem, extension string) string {
	stem = strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(stem, "-"), "-")
	if stem = strings.Trim(stem[:min(len(stem), 60)], "-"); stem == "" {
		return content + extension
	}
	return content + "-" + stem + extension
}

// CheckFile tells the media type of a document by its content, as Put does, and the name
// that it should have; [ErrFileKind].
func CheckFile(name string, raw []byte) (mediaType, called string, err error) {
	extension := filepath.Ext(name)
	k, ok := documentKind(strings.ToLower(extension), raw)
	if !ok {
		return "", "", fmt.Errorf("read file: %w", ErrFileKind)
	}
	if strings.EqualFold(extension, k.extension) {
		return k.mediaType, name, nil
	}
	return k.mediaType, strings.TrimSuffix(name, extension) + k.extension, nil
}

// FileType is the media type of a file of the store, by its name.
func FileType(name string) (string, bool) {
	for _, d := range documentFormats() {
		if strings.HasSuffix(name, d.extension) {
			return d.mediaType, true
		}
	}
	return "", false
}

// documentFormat is a kind of document with the bytes that its files begin with.
type documentFormat struct {
	kind
	begins string
}

const (
	zipBegins = "PK\x03\x04"
	oleBegins = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" // Word, Excel and PowerPoint before 2007
	rtfBegins = `{\rtf`
	office    = "application/vnd.openxmlformats-officedocument."
	open      = "application/vnd.oasis.opendocument."
)

// documentFormats lists the kinds that are stored. Of those that begin alike, the first
// is taken for a name without extension.
func documentFormats() []documentFormat {
	return []documentFormat{
		{kind{"application/pdf", ".pdf"}, "%PDF-"},
		{kind{"application/msword", ".doc"}, oleBegins},
		{kind{"application/vnd.ms-excel", ".xls"}, oleBegins},
		{kind{"application/vnd.ms-powerpoint", ".ppt"}, oleBegins},
		{kind{office + "wordprocessingml.document", ".docx"}, zipBegins},
		{kind{office + "spreadsheetml.sheet", ".xlsx"}, zipBegins},
		{kind{office + "presentationml.presentation", ".pptx"}, zipBegins},
		{kind{open + "text", ".odt"}, zipBegins},
		{kind{open + "spreadsheet", ".ods"}, zipBegins},
		{kind{open + "presentation", ".odp"}, zipBegins},
		{kind{"application/rtf", ".rtf"}, rtfBegins},
		{kind{"text/csv", ".csv"}, ""},
		{kind{"text/plain", ".txt"}, ""},
	}
}

// documentKind tells the kind of a file: its content must be what its name says, except
// that an old office file may have the name of a new one, or none, and that a .doc may be
// what other programs write under that name.
func documentKind(extension string, raw []byte) (kind, bool) {
	for _, d := range documentFormats() {
		if d.extension == extension && hasSignature(raw, d.begins) {
			return d.kind, true
		}
	}
	switch {
	case hasSignature(raw, "%PDF-"):
		return documentFormats()[0].kind, true
	case hasSignature(raw, oleBegins) && (extension == "" || extension == ".docx"):
		return documentFormats()[1].kind, true
	case hasSignature(raw, rtfBegins) && (extension == "" || extension == ".doc" || extension == ".docx"):
		return formatOf(".rtf"), true
	case extension == ".doc" && hasSignature(raw, zipBegins) && bytes.Contains(raw, []byte("word/document.xml")):
		return formatOf(".docx"), true
	}
	return kind{}, false
}

// formatOf gives the kind of an extension that is one.
func formatOf(extension string) kind {
	for _, d := range documentFormats() {
		if d.extension == extension {
			return d.kind
		}
	}
	return kind{}
}

// hasSignature reports whether the content begins as its kind does. Some programs write
// a few bytes before a PDF. Text must not be binary, and no page.
func hasSignature(raw []byte, with string) bool {
	switch with {
	case "":
		return bytes.IndexByte(raw, 0) < 0 && !looksLikePage(raw)
	case "%PDF-":
		return bytes.Contains(raw[:min(len(raw), 1024)], []byte(with)) && !looksLikePage(raw)
	}
	return bytes.HasPrefix(raw, []byte(with))
}
