package document

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
)

// FetchPictures has the pictures of the document fetched from its site, where
// pictures are kept at all. A host that does not answer is not asked again for
// this document: each attempt may take minutes.
func (d *Draft) FetchPictures(ctx context.Context, web *fetch.Client) {
	if d.images.store == nil {
		return
	}
	silent := map[string]error{}
	d.images.fetch = func(address string) (bantin.Image, error) {
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
		p, err := d.images.store.Put(bytes.NewReader(res.Body))
		if err != nil {
			return bantin.Image{}, err
		}
		return imageOf(p), nil
	}
}
