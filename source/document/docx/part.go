package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
)

// The limits of a .docx. The largest bulletin seen had a tenth of each.
const (
	maxParts    = 2000      // files in the zip
	maxUnpacked = 200 << 20 // bytes of all together
	maxRatio    = 200       // how much larger than packed; text is packed to a twentieth
	maxXML      = 24 << 20  // bytes of one XML part
	maxElements = 1_000_000 // of the text; a table of 20,000 rows has as many
	maxDepth    = 100       // elements within elements
)

// docx is an opened file.
type docx struct {
	files  map[string]*zip.File // by name in lower case
	main   string               // name of the text's part
	dir    string               // where that is
	rels   map[string]relation
	styles map[string]style
	lists  *numbering
	notes  []note // that the text calls
}

// open checks the zip and reads the parts that describe the text.
func open(raw []byte) (*docx, error) {
	if bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")) {
		return nil, problem("tệp có mật khẩu, hoặc là .doc mang tên .docx; hãy bỏ mật khẩu và lưu lại thành .docx",
			"the file has a password, or is a .doc named .docx; remove the password and save it as .docx")
	}
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, &Error{Err: err, Words: words("tệp .docx hỏng hoặc bị cắt; hãy mở bằng Word và lưu lại", "the .docx is damaged or truncated; open it in Word and save it again")}
	}
	doc := &docx{files: map[string]*zip.File{}}
	if err := doc.accept(archive.File); err != nil {
		return nil, err
	}
	if err := doc.readAround(); err != nil {
		return nil, err
	}
	return doc, nil
}

// accept takes the files of the zip if they keep within the limits.
func (doc *docx) accept(files []*zip.File) error {
	if len(files) > maxParts {
		return problem(fmt.Sprintf("tệp .docx có %d phần, nhiều nhất là %d", len(files), maxParts),
			fmt.Sprintf("the .docx has %d parts, at most %d", len(files), maxParts))
	}
	var total uint64
	for _, f := range files {
		if !filepath.IsLocal(f.Name) || strings.ContainsAny(f.Name, "\\\x00") {
			return problem("tệp .docx có phần mang đường dẫn ra ngoài: "+quote(f.Name), "the .docx has a part with a path outside of it: "+quote(f.Name))
		}
		total += f.UncompressedSize64
		large := f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64
		if large || total > maxUnpacked || f.UncompressedSize64 > maxUnpacked {
			return tooLargeProblem(f.Name)
		}
		if name := strings.ToLower(f.Name); doc.files[name] == nil {
			doc.files[name] = f
		}
	}
	return nil
}

func tooLargeProblem(name string) *Error {
	return problem("tệp .docx giải nén ra quá lớn: "+quote(name), "the .docx is too large unpacked: "+quote(name))
}

// errNoPart says that the zip does not have a file.
var errNoPart = errors.New("no such part")

// part reads one file of the zip, whose size may differ from what the zip says.
func (doc *docx) part(name string, most int64) ([]byte, error) {
	f := doc.files[strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))]
	if f == nil {
		return nil, errNoPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, tooLargeProblem(name)
	}
	return data, nil
}

// walkXML gives each element of a part to open, which may read on. It refuses a
// document type, which could define entities and which no program writes into such
// a part (XML 1.0, 2.8).
func walkXML(data []byte, open func(*xml.Decoder, xml.StartElement) error) error {
	x := xml.NewDecoder(bytes.NewReader(data))
	for elements := 0; ; {
		token, err := x.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return damaged(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return doctypeProblem()
		case xml.StartElement:
			if elements++; elements > maxElements {
				return tooLongProblem()
			}
			if err := open(x, t); err != nil {
				return err
			}
		}
	}
}

func doctypeProblem() *Error {
	return problem("tệp .docx có khai báo DOCTYPE, không đọc vì không an toàn", "the .docx has a DOCTYPE, which is not allowed")
}

func tooLongProblem() *Error {
	return problem("tệp .docx quá dài hoặc có bảng quá lớn", "the .docx is too long or has too large a table")
}

func damaged(err error) error {
	if p := (*Error)(nil); errors.As(err, &p) {
		return p
	}
	return &Error{Err: err, Words: words("tệp .docx hỏng; hãy mở bằng Word và lưu lại", "the .docx is damaged; open it in Word and save it again")}
}

// attribute is the value of an attribute, whatever its namespace: old and strict
// forms differ in nothing else.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// isOn reports whether a switch such as <w:b/> is on.
func isOn(e xml.StartElement) bool {
	switch attribute(e, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
