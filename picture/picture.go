// Package picture keeps the pictures of bulletins in one directory, checked and
// scaled once, under a name made of their content.
//
// A picture is read up to a limit, must be a PNG, JPEG, GIF or WebP whose header
// gives a size within the limits, and must decode. A picture that is wider than
// bulletins show is scaled down and written as JPEG or PNG, and one that a camera
// wrote on its side is rotated. An upright and small one keeps its pixels byte by byte,
// and so does every GIF, because it may be animated. What a picture says beside what it
// shows is removed in each case (strip.go). Beside pictures there are [Files]: the
// documents that are attached to bulletins.
//
// Files are written atomically and never change, so that they can be cached for ever.
package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The limits of a picture.
const (
	MaxBytes  = 20 << 20   // of a file
	MaxPixels = 40_000_000 // in memory a pixel takes four bytes; half as many of 16 bits a colour
	MaxSide   = 20_000     // pixels; of a longer line the decoders take many times its bytes
	MaxWidth  = 1280       // pixels; a wider picture is scaled to this
)

// Picture is one picture of the store.
type Picture struct {
	Name          string // file name in the store; its picture never changes
	Type          string // media type
	Width, Height int    // pixels
	Length        int64  // bytes
}

// Errors of Store.Put.
var (
	ErrTooLarge   = errors.New("larger than 20 MB")
	ErrNotPicture = errors.New("not a PNG, JPEG, GIF or WebP picture")
)

// Store is the directory of pictures. It is safe for concurrent use, also by several
// processes.
type Store struct {
	dir      string
	decoding chan struct{} // holds one for each picture in memory
}

// maxDecoding is how many pictures are in memory at a time: each may take 160 MB.
const maxDecoding = 2

// decode does what needs a whole picture in memory when there is room for it.
func (s *Store) decode(do func() ([]byte, error)) ([]byte, error) {
	s.decoding <- struct{}{}
	defer func() { <-s.decoding }()
	return do()
}

// Open opens the directory dir and creates it if necessary.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open pictures: %w", err)
	}
	return &Store{dir: dir, decoding: make(chan struct{}, maxDecoding)}, nil
}

// FS gives the pictures by their names.
func (s *Store) FS() fs.FS { return os.DirFS(s.dir) }

// Put reads a picture and stores it. The same bytes give the same picture and are
// written once. An error says what is wrong with the picture
// ([ErrTooLarge], [ErrNotPicture] and others), or that it could not be written.
func (s *Store) Put(r io.Reader) (Picture, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("read picture: %w", err)
	}
	if len(raw) > MaxBytes {
		return Picture{}, fmt.Errorf("read picture: %w", ErrTooLarge)
	}
	p, err := pictureOf(raw)
	if err != nil {
		return Picture{}, fmt.Errorf("read picture: %w", err)
	}
	stem := contentName(raw)
	if known, ok := s.lookup(stem); ok {
		return known, nil
	}
	data, err := s.decode(func() ([]byte, error) { return scaleToFit(raw, &p) })
	if err != nil {
		return Picture{}, fmt.Errorf("read picture: %w", err)
	}
	p.Name, p.Length = stem+extension(p.Type), int64(len(data))
	if err := writeAtomic(filepath.Join(s.dir, p.Name), data); err != nil {
		return Picture{}, fmt.Errorf("keep picture: %w", err)
	}
	return p, nil
}

// Check decodes a picture as Put does, and stores nothing.
func Check(raw []byte) error {
	p, err := pictureOf(raw)
	if err == nil {
		_, err = scaleToFit(raw, &p)
	}
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	return nil
}

// pictureOf is what the header of a picture says of it.
func pictureOf(raw []byte) (Picture, error) {
	config, format, err := header(raw)
	return Picture{Type: "image/" + format, Width: config.Width, Height: config.Height}, err
}

// contentName is a hash of what came in, not of what is stored, so that a known
// picture is not scaled again. 128 bits are enough against collisions.
func contentName(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// lookup finds a picture that is stored already.
func (s *Store) lookup(stem string) (Picture, bool) {
	for _, kind := range kinds() {
		name := stem + kind.extension
		f, err := os.Open(filepath.Join(s.dir, name))
		if err != nil {
			continue
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return Picture{}, false
		}
		config, _, err := image.DecodeConfig(f)
		if err != nil {
			return Picture{}, false
		}
		return Picture{name, kind.mediaType, config.Width, config.Height, info.Size()}, true
	}
	return Picture{}, false
}

// header reads the kind and size in the header of a picture.
func header(raw []byte) (image.Config, string, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if errors.Is(err, image.ErrFormat) {
		if looksLikePage(raw) {
			return config, "", fmt.Errorf("%w, but a web page", ErrNotPicture)
		}
		return config, "", ErrNotPicture
	}
	if err != nil {
		return config, "", fmt.Errorf("damaged: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return config, "", fmt.Errorf("damaged: it says it is %d × %d pixels", config.Width, config.Height)
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels/int64(pixelWeight(config.ColorModel)) {
		return config, "", fmt.Errorf("%d × %d pixels are too many: at most %d million", config.Width, config.Height, MaxPixels/pixelWeight(config.ColorModel)/1_000_000)
	}
	if longest := max(config.Width, config.Height); longest > MaxSide {
		return config, "", fmt.Errorf("%d × %d pixels are too many: at most %d on a side", config.Width, config.Height, MaxSide)
	}
	if format == "jpeg" && scansOf(raw) > maxScans {
		return config, "", fmt.Errorf("it is written in more than %d scans", maxScans)
	}
	return config, format, nil
}

// pixelWeight is 2 for pictures of 16 bits a colour, whose pixels take eight bytes.
func pixelWeight(model color.Model) int {
	switch model {
	case color.RGBA64Model, color.NRGBA64Model:
		return 2
	}
	return 1
}

// looksLikePage recognises the most common file that is no picture: an error page
// under the name of one.
func looksLikePage(raw []byte) bool {
	start := bytes.ToLower(bytes.TrimLeft(raw[:min(len(raw), 512)], " \t\r\n\ufeff"))
	return bytes.HasPrefix(start, []byte("<!doctype")) || bytes.HasPrefix(start, []byte("<html"))
}
