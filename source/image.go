package source

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
)

// mostPictures bounds what one bulletin shows, and so what is fetched and kept
// for it.
const mostPictures = 200

// image finds the picture that src means, once however often it is shown.
func (d *draft) image(src string) bantin.Image {
	src = strings.TrimSpace(src)
	if src == "" {
		return bantin.Image{}
	}
	image, known := d.pictures[src]
	if known {
		return image
	}
	if len(d.pictures) >= mostPictures {
		d.warnImage(src, errTooMany)
		return bantin.Image{}
	}
	image = d.find(src)
	if d.pictures == nil {
		d.pictures = map[string]bantin.Image{}
	}
	d.pictures[src] = image
	return image
}

// find looks for a picture where it may be. A path is one of the folder and is
// kept in the picture store; an address stays as it is. What cannot be shown
// gives a warning, and its caption remains.
func (d *draft) find(src string) bantin.Image {
	if image, ok := d.insideImage(src); ok {
		return image
	}
	u, err := url.Parse(src)
	if err != nil {
		d.warnImage(src, err)
		return bantin.Image{}
	}
	if d.web != nil {
		return d.webImage(src)
	}
	if u.Scheme == "" && u.Host == "" {
		return d.localImage(src, u.Path)
	}
	if address := d.absolute(src); address != "" && !strings.HasPrefix(address, "mailto:") {
		return bantin.Image{Src: address}
	}
	d.warnImage(src, errElsewhere)
	return bantin.Image{}
}

// webImage keeps a picture of a site.
func (d *draft) webImage(src string) bantin.Image {
	address := d.absolute(src)
	if address == "" || strings.HasPrefix(address, "mailto:") {
		d.warnImage(src, errElsewhere)
		return bantin.Image{}
	}
	image, err := d.web(address)
	if err != nil {
		var failure *fetch.Error
		d.incomplete = d.incomplete || errors.As(err, &failure) && failure.Temporary()
		d.warnImage(src, err)
	}
	return image
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
		if address := d.absolute(src); address != "" && d.copied {
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
	return ourImage(p)
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

// errTooMany says that a bulletin shows more pictures than are taken.
var errTooMany = fmt.Errorf("more than %d pictures", mostPictures)

// errElsewhere says that a picture is neither in the folder nor on a site.
var errElsewhere = errors.New("not in the folder")

// warnImage says why a picture is not shown.
func (d *draft) warnImage(src string, err error) {
	why := words(err.Error(), err.Error())
	switch {
	case errors.Is(err, os.ErrNotExist):
		why = words("không có tệp này", "there is no such file")
	case errors.Is(err, errElsewhere):
		why = words("không nằm trong thư mục, cũng không ở địa chỉ http hay https",
			"it is neither in the folder nor at an http or https address")
	case errors.Is(err, errTooMany):
		why = words(fmt.Sprintf("bài có quá %d ảnh", mostPictures), err.Error())
	case errors.Is(err, picture.ErrTooLarge):
		why = words("lớn hơn 20 MB", "larger than 20 MB")
	case errors.Is(err, picture.ErrNotPicture):
		why = words("không phải ảnh PNG, JPEG, GIF hay WebP", "not a PNG, JPEG, GIF or WebP picture")
	}
	d.warn(fmt.Sprintf("bỏ qua ảnh %s: %s", quote(src), why.VI),
		fmt.Sprintf("picture %s is left out: %s", quote(src), why.EN))
}
