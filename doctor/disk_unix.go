//go:build unix

package doctor

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// spaceAt is the room of the disk that a folder is on, or will be on, as far as this user
// may take it.
func spaceAt(dir string) (Space, error) {
	var s unix.Statfs_t
	err := unix.Statfs(dir, &s)
	for errors.Is(err, unix.ENOENT) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		err = unix.Statfs(dir, &s)
	}
	if err != nil {
		return Space{}, err
	}
	size := uint64(s.Bsize)
	return Space{Free: uint64(s.Bavail) * size, Total: uint64(s.Blocks) * size}, nil
}
