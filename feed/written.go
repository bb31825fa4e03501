package feed

import (
	"bantin"
)

// written is what a format makes of the entries, each by itself: an entry depends on its
// bulletin and the site alone. A document is put together from them.
func (c *Channel) written(ext string, write func(*entry) ([]byte, error)) ([][]byte, error) {
	out := make([][]byte, len(c.Entries))
	for i, changed := range c.changeTimes() {
		b := &c.Entries[i]
		anew := func() ([]byte, error) {
			e := c.telling(i)
			e.updated = changed
			return write(e)
		}
		keep := c.Keep
		if keep == nil || !changed.Equal(updated(b)) { // it depends on its neighbours
			keep = func(_ *bantin.Bulletin, _ string, anew func() ([]byte, error)) ([]byte, error) { return anew() }
		}
		var err error
		if out[i], err = keep(b, ext, anew); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// telling is the entry of the i-th bulletin, told once for all formats of a Render.
func (c *Channel) telling(i int) *entry {
	if c.told == nil {
		e := c.entry(&c.Entries[i])
		return &e
	}
	if c.told[i] == nil {
		e := c.entry(&c.Entries[i])
		c.told[i] = &e
	}
	return c.told[i]
}
