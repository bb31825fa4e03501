package document

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
)

// images finds the pictures of one document where they may be (inside the file,
// in its folder, on its site), and keeps them in the store.
type images struct {
	store    *picture.Store                             // nil: none are kept
	attempt  func(raw []byte, decode func()) error      // has a picture decoded; nil: it is just done
	path     string                                     // of the document in the folder
	folder   *os.Root                                   // nil: there is none
	fetch    func(address string) (bantin.Image, error) // keeps a picture of the site; nil: the document is of none
	remote   func(address string) (bantin.Image, error) // keeps a picture from elsewhere; nil: its address stays
	copied   bool                                       // the document is a page of a site, whose pictures may still be there
	embedded map[string]embedded                        // by what the text calls them
	found    map[string]bantin.Image                    // by what the text calls them
	names    map[string]map[string]string               // of the files of a directory, as sameName compares them
	shown    []string                                   // paths of those that lie in the folder
}

// imageFailure says why a picture cannot be shown.
type imageFailure struct {
	name      string // of the picture, for messages
	err       error
	temporary bool // it may come later
}

// find looks for the picture that src means in a document of the address own. A
// path is one of the folder; an address is fetched, as nothing that a reader opens may
// ask a stranger's host.
func (s *images) find(src, own string) (bantin.Image, *imageFailure) {
	if in, ok := s.inside(src); ok {
		return s.findEmbedded(in)
	}
	u, err := parseAddress(src)
	switch {
	case err != nil:
		return bantin.Image{}, &imageFailure{name: src, err: err}
	case s.fetch != nil:
		return s.findOnSite(src, own)
	case u.Scheme == "" && u.Host == "":
		return s.findInFolder(src, u.Path, own)
	}
	if address := absolute(own, src); address != "" && !strings.HasPrefix(address, "mailto:") {
		return s.findRemote(address)
	}
	return bantin.Image{}, &imageFailure{name: src, err: errElsewhere}
}

// findRemote fetches a picture that a file or a mail shows from elsewhere. One that does
// not come is left out for good: a file must not be read again each minute because of a
// host that is gone.
func (s *images) findRemote(address string) (bantin.Image, *imageFailure) {
	if s.remote == nil {
		return bantin.Image{Src: address}, nil
	}
	image, err := s.remote(address)
	if err != nil {
		return bantin.Image{Elsewhere: address}, &imageFailure{name: address, err: err}
	}
	return image, nil
}

// embedded is a picture inside of the file that shows it.
type embedded struct {
	name string // for messages
	open func() ([]byte, error)
}

// embed lets the text show a picture of the file by src.
func (s *images) embed(src, name string, open func() ([]byte, error)) {
	if s.embedded == nil {
		s.embedded = map[string]embedded{}
	}
	s.embedded[src] = embedded{path.Base(name), open}
}

// inside gives the picture inside of the file that src means.
func (s *images) inside(src string) (in embedded, ok bool) {
	if in, ok = s.embedded[src]; !ok {
		if plain, err := url.PathUnescape(src); err == nil {
			in, ok = s.embedded[plain]
		}
	}
	return in, ok
}

func (s *images) findEmbedded(in embedded) (bantin.Image, *imageFailure) {
	if s.store == nil {
		return bantin.Image{}, nil
	}
	raw, err := in.open()
	if err != nil {
		return bantin.Image{}, &imageFailure{name: in.name, err: err}
	}
	return s.keep(in.name, bytes.NewReader(raw))
}

func (s *images) findOnSite(src, own string) (bantin.Image, *imageFailure) {
	address := absolute(own, src)
	if address == "" || strings.HasPrefix(address, "mailto:") {
		return bantin.Image{}, &imageFailure{name: src, err: errElsewhere}
	}
	image, err := s.fetch(address)
	if err != nil {
		var status *fetch.Error
		return image, &imageFailure{src, err, errors.As(err, &status) && status.Temporary()}
	}
	return image, nil
}

// findInFolder looks for a file of the folder. Where there is none, it may be one
// of the site that the document was copied from.
func (s *images) findInFolder(src, file, own string) (bantin.Image, *imageFailure) {
	name := path.Join(path.Dir(s.path), file)
	if path.IsAbs(file) {
		name = strings.TrimPrefix(path.Clean(file), "/")
	}
	if s.folder == nil || s.store == nil {
		return bantin.Image{Src: absolute(own, src)}, nil
	}
	f, name, err := s.openNamed(name)
	if err != nil {
		if address := absolute(own, src); address != "" && s.copied {
			return s.findRemote(address)
		}
		return bantin.Image{}, &imageFailure{file, err, errors.Is(err, os.ErrNotExist)}
	}
	defer f.Close()
	s.shown = append(s.shown, name)
	return s.keep(file, f)
}

// keep puts a picture into the store.
func (s *images) keep(name string, r io.Reader) (bantin.Image, *imageFailure) {
	image, err := s.put(r)
	if err != nil {
		return bantin.Image{}, &imageFailure{name: name, err: err}
	}
	return image, nil
}

// put puts a picture into the store, noted while it is decoded.
func (s *images) put(r io.Reader) (bantin.Image, error) {
	raw, err := io.ReadAll(io.LimitReader(r, picture.MaxBytes+1)) // the store refuses one that is longer
	if err != nil {
		return bantin.Image{}, err
	}
	var kept bantin.Image
	var bad error
	decode := func() {
		var p picture.Picture
		if p, bad = s.store.Put(bytes.NewReader(raw)); bad == nil {
			kept = imageOf(p)
		}
	}
	if s.attempt == nil {
		decode()
	} else if err := s.attempt(raw, decode); err != nil {
		return bantin.Image{}, err
	}
	return kept, bad
}

// imageOf is a picture of the store as bulletins show it.
func imageOf(p picture.Picture) bantin.Image {
	return bantin.Image{Src: "/images/" + p.Name, Type: p.Type, Width: p.Width, Height: p.Height, Length: p.Length}
}

// openImage opens a file of the folder, and no pipe or device.
func openImage(root *os.Root, name string) (*os.File, error) {
	if !filepath.IsLocal(name) {
		return nil, errElsewhere
	}
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errElsewhere
	}
	return root.Open(name)
}
