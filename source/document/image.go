package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
	"bantin/source/charset"
)

// maxPictures is how many pictures one bulletin shows, and so how many are fetched
// and kept for it.
const maxPictures = 200

// image finds the picture that src means, once however often it is shown. What
// cannot be shown gives a warning, and its caption remains.
func (d *Draft) image(src string) bantin.Image {
	src = strings.TrimSpace(src)
	if src == "" {
		return bantin.Image{}
	}
	image, known := d.images.found[src]
	if known {
		return image
	}
	if len(d.images.found) >= maxPictures {
		d.warnImage(src, errTooMany)
		return bantin.Image{}
	}
	image, failure := d.images.find(src, d.baseURL())
	if failure != nil {
		d.Incomplete = d.Incomplete || failure.temporary
		d.warnImage(failure.name, failure.err)
	}
	if d.images.found == nil {
		d.images.found = map[string]bantin.Image{}
	}
	d.images.found[src] = image
	return image
}

// PictureSources are the addresses of the pictures that the document shows so far.
func (d *Draft) PictureSources() iter.Seq[string] {
	return func(yield func(string) bool) {
		for src := range d.images.found {
			if !yield(d.Absolute(src)) {
				return
			}
		}
	}
}

// ShownFiles are the paths of the pictures of the folder that the document shows.
func (d *Draft) ShownFiles() []string { return d.images.shown }

// AddPicture adds a picture that the text does not show, with its caption.
func (d *Draft) AddPicture(address, caption string) {
	image := d.image(address)
	if image.Src == "" || slices.ContainsFunc(d.blocks, func(b block) bool { return b.image.Src == image.Src }) {
		return
	}
	image.Caption = charset.OneLine(caption)
	d.foreign = true
	d.blocks = append(d.blocks, block{tag: "figure", image: image})
}

// errTooMany says that a bulletin shows more pictures than are taken.
var errTooMany = fmt.Errorf("more than %d pictures", maxPictures)

// errElsewhere says that a picture is neither in the folder nor on a site.
var errElsewhere = errors.New("not in the folder")

// errSlow says that the pictures of a document took too long.
var errSlow = errors.New("the pictures before it took too long")

// warnImage warns that a picture is not shown.
func (d *Draft) warnImage(src string, err error) {
	why := words(err.Error(), err.Error())
	var stopped *Problem
	switch {
	case errors.As(err, &stopped):
		why = stopped.Words
	case errors.Is(err, os.ErrNotExist):
		why = words("không có tệp này", "there is no such file")
	case errors.Is(err, errElsewhere):
		why = words("không nằm trong thư mục, cũng không ở địa chỉ http hay https",
			"neither in the folder nor at an http or https address")
	case errors.Is(err, errSlow):
		why = words("các ảnh trước đó tải quá lâu", err.Error())
	case errors.As(err, new(*net.DNSError)):
		why = words("không tìm thấy máy chủ của ảnh", "its host cannot be found")
	case errors.Is(err, errTooMany):
		why = words(fmt.Sprintf("bài có quá %d ảnh", maxPictures), err.Error())
	case errors.Is(err, picture.ErrTooLarge):
		why = words("lớn hơn 20 MB", "larger than 20 MB")
	case errors.Is(err, picture.ErrNotPicture):
		why = words("không phải ảnh PNG, JPEG, GIF hay WebP", "not a PNG, JPEG, GIF or WebP picture")
	}
	d.Warn(fmt.Sprintf("bỏ qua ảnh %s: %s", Quote(src), why.VI),
		fmt.Sprintf("picture %s is left out: %s", Quote(src), why.EN))
}

// FetchPictures has the pictures of the document fetched from its site, where
// pictures are kept at all. A host that does not answer is not asked again for
// this document: each attempt may take minutes.
func (d *Draft) FetchPictures(ctx context.Context, web *fetch.Client) {
	if d.images.store != nil {
		d.images.fetch = d.fetcher(ctx, web)
	}
}

// remoteTimeout is how long the pictures that one file or mail shows from elsewhere may
// take, all together.
const remoteTimeout = 90 * time.Second

// FetchRemote has the pictures fetched that a file or a mail shows from elsewhere, where
// the options say by what.
func (d *Draft) FetchRemote(ctx context.Context) {
	if d.images.store == nil || d.options.Web == nil {
		return
	}
	fetch, left := d.fetcher(ctx, d.options.Web), remoteTimeout
	d.images.remote = func(address string) (bantin.Image, error) {
		if left <= 0 {
			return bantin.Image{}, errSlow
		}
		began := time.Now()
		defer func() { left -= time.Since(began) }()
		return fetch(address)
	}
}

// fetcher makes what fetches pictures and keeps them.
func (d *Draft) fetcher(ctx context.Context, web *fetch.Client) func(address string) (bantin.Image, error) {
	silent := map[string]error{}
	return func(address string) (bantin.Image, error) {
		host := ""
		if u, err := url.Parse(address); err == nil {
			host = u.Host
		}
		if err := silent[host]; err != nil {
			return bantin.Image{}, err
		}
		res, err := web.Get(ctx, fetch.Request{URL: address, Accept: "image/*", MaxBytes: picture.MaxBytes})
		if err != nil {
			var failure *fetch.Error
			if errors.As(err, &failure) && failure.Status == 0 && failure.Temporary() {
				silent[host] = err
			}
			return bantin.Image{}, err
		}
		return d.images.put(bytes.NewReader(res.Body))
	}
}
