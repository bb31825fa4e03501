package office

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// An upload is of maxUpload bytes at most. Of a longer one as much is read, to no end, as
// lets the browser finish and show the answer.
const (
	maxUpload  = 20 << 20
	maxDrained = 64 << 20
	maxText    = 1 << 20 // of all other fields together, with their names
	fieldCost  = 64      // that a field counts besides: fields without name and value take memory too
)

var errTooLarge = errors.New("the upload is too large")

// receive writes the uploaded file of a form into a directory of its own, under its own
// name, and gives the other fields. The caller removes the directory. file is "" where
// the form has none, or none was chosen in it.
func (o *office) receive(r *http.Request) (dir, file string, fields url.Values, err error) {
	if dir, err = os.MkdirTemp(o.Dir, ".upload-*"); err != nil {
		return "", "", nil, err
	}
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		r.Body = http.MaxBytesReader(nil, r.Body, maxText)
		if err := r.ParseForm(); err != nil {
			return dir, "", nil, badUpload(err)
		}
		return dir, "", r.PostForm, nil
	}
	if err != nil {
		return dir, "", nil, errBadForm
	}
	fields = url.Values{}
	for left := maxText; ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return dir, file, fields, nil
		}
		if err != nil {
			return dir, "", nil, badUpload(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			if left, err = receiveField(fields, part, left); err != nil {
				return dir, "", nil, badUpload(err)
			}
			continue
		}
		if file != "" {
			return dir, "", nil, errBadForm
		}
		file = filepath.Join(dir, uploadName(part))
		if err := writeUpload(file, part); err != nil {
			return dir, "", nil, err
		}
	}
}

// receiveField adds a field to the others, and gives how many bytes are left for more. One
// that is too long is refused whole: what is cut would be published.
func receiveField(fields url.Values, part *multipart.Part, left int) (int, error) {
	if left -= len(part.FormName()) + fieldCost; left < 0 {
		return 0, &http.MaxBytesError{Limit: maxText}
	}
	text, err := io.ReadAll(http.MaxBytesReader(nil, part, int64(left)))
	fields.Add(part.FormName(), string(text))
	return left - len(text), err
}

// badUpload is the error for a body that ends early or is no form.
func badUpload(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return err
	}
	return errBadForm
}

func writeUpload(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(from, maxUpload+1))
	if closed := f.Close(); closed != nil {
		return errors.Join(err, closed)
	}
	if n > maxUpload {
		_, _ = io.Copy(io.Discard, from)
		return errTooLarge
	}
	if err != nil && !errors.As(err, new(*os.PathError)) {
		return badUpload(err)
	}
	return err
}

// maxFileName bounds the name of a file in bytes.
const maxFileName = 120

// uploadName is the name of an uploaded file, without folders and what no name should have.
func uploadName(part *multipart.Part) string {
	name := part.FileName() // without folders of this system
	name = name[strings.LastIndexByte(name, '\\')+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '/' || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	name = strings.TrimLeft(oneLine(name), ".")
	if len(name) > maxFileName {
		ext := filepath.Ext(name)
		if len(ext) > 10 {
			ext = ""
		}
		name = strings.ToValidUTF8(name[:maxFileName-len(ext)], "") + ext
	}
	if name == "" {
		return "upload"
	}
	return name
}
