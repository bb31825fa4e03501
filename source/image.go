package source

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"

	"bantin"
)

// image finds the picture that src means. A path is one of the folder and is
// kept in the picture store; an address stays as it is. What cannot be shown
// gives a warning, and its caption remains.
func (d *draft) image(src string) bantin.Image {
	src = strings.TrimSpace(src)
	if src == "" {
		return bantin.Image{}
	}
	u, err := url.Parse(src)
	if err != nil {
		d.warnImage(src, err)
		return bantin.Image{}
	}
	if u.Scheme == "" && u.Host == "" {
		return d.localImage(src, u.Path)
	}
	if address := d.absolute(src); address != "" && !strings.HasPrefix(address, "mailto:") {
		return bantin.Image{Src: address}
	}
	d.warnImage(src, errors.New("only files of the folder, http and https"))
	return bantin.Image{}
}

// localImage keeps a picture of the folder. Where the folder has none, it may
// be one of the site that the bulletin was copied from.
func (d *draft) localImage(src, file string) bantin.Image {
	name := path.Join(path.Dir(d.name), file)
	if path.IsAbs(file) {
		name = strings.TrimPrefix(path.Clean(file), "/")
	}
	if d.root == nil || d.spec.Pictures == nil {
		return bantin.Image{Src: d.absolute(src)}
	}
	f, err := openImage(d.root, name)
	if err != nil {
		if address := d.absolute(src); address != "" {
			return bantin.Image{Src: address}
		}
		d.incomplete = d.incomplete || errors.Is(err, os.ErrNotExist)
		d.warnImage(src, err)
		return bantin.Image{}
	}
	defer f.Close()
	p, err := d.spec.Pictures.Put(f)
	if err != nil {
		d.warnImage(src, err)
		return bantin.Image{}
	}
	return bantin.Image{Src: "/images/" + p.Name, Type: p.Type, Width: p.Width, Height: p.Height, Length: p.Length}
}

// openImage opens a file of the folder, and no pipe or device.
func openImage(root *os.Root, name string) (*os.File, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	return root.Open(name)
}

func (d *draft) warnImage(src string, err error) {
	if errors.Is(err, os.ErrNotExist) {
		d.warn(fmt.Sprintf("không thấy ảnh %s", quote(src)), fmt.Sprintf("picture %s is missing", quote(src)))
		return
	}
	d.warn(fmt.Sprintf("không dùng được ảnh %s: %v", quote(src), err),
		fmt.Sprintf("picture %s cannot be used: %v", quote(src), err))
}
