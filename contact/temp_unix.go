//go:build unix

package contact

import (
	"errors"
	"os"
)

// unlinkedTemp makes a file that is gone with the process, however that ends: it
// has no name any more.
func unlinkedTemp(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, ".list-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
