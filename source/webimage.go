package source

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
)

// webImages gives what keeps the pictures of one story of a site, or nil where
// none are kept. A host that does not answer is not asked again for that story:
// each attempt may take minutes.
func webImages(ctx context.Context, spec *Spec) func(address string) (bantin.Image, error) {
	if spec.Pictures == nil {
		return nil
	}
	silent := map[string]error{}
	return func(address string) (bantin.Image, error) {
		host := ""
		if u, err := url.Parse(address); err == nil {
			host = u.Host
		}
		if err := silent[host]; err != nil {
			return bantin.Image{}, err
		}
		res, err := spec.Web.Get(ctx, fetch.Request{URL: address, Accept: "image/*", MaxBytes: picture.MaxBytes})
		if err != nil {
			var failure *fetch.Error
			if errors.As(err, &failure) && failure.Status == 0 && failure.Temporary() {
				silent[host] = err
			}
			return bantin.Image{}, err
		}
		p, err := spec.Pictures.Put(bytes.NewReader(res.Body))
		if err != nil {
			return bantin.Image{}, err
		}
		return ourImage(p), nil
	}
}
