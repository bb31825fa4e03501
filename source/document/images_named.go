package document

import (
	"os"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Mac writes the names of files with their marks apart (ễ as e and two marks), Windows
// does not tell capitals from small letters, and a text names its pictures as its author
// typed them. A picture that is not there under its own name is the one of the same name
// in this sense.

// sameName gives the path of the file that a text means by name; "" where there is none.
func (s *images) sameName(name string) string {
	found := "."
	for part := range strings.SplitSeq(path.Clean(name), "/") {
		own, ok := s.namesIn(found)[nameKey(part)]
		if !ok {
			return ""
		}
		found = path.Join(found, own)
	}
	return found
}

func nameKey(name string) string { return strings.ToLower(norm.NFC.String(name)) }

// namesIn lists a directory of the folder once for a document.
func (s *images) namesIn(dir string) map[string]string {
	if names, known := s.names[dir]; known {
		return names
	}
	names := map[string]string{}
	if d, err := s.folder.Open(dir); err == nil {
		list, _ := d.Readdirnames(-1) // what could not be listed is not found
		_ = d.Close()
		for _, name := range list {
			names[nameKey(name)] = name
		}
	}
	if s.names == nil {
		s.names = map[string]map[string]string{}
	}
	s.names[dir] = names
	return names
}

// openNamed opens a picture of the folder by what a text calls it, and gives its path.
func (s *images) openNamed(name string) (*os.File, string, error) {
	f, err := openImage(s.folder, name)
	if !os.IsNotExist(err) {
		return f, name, err
	}
	own := s.sameName(name)
	if own == "" {
		return nil, name, err
	}
	f, err = openImage(s.folder, own)
	return f, own, err
}
