//go:build linux || darwin

package disk

import (
	"errors"
	"path/filepath"
	"syscall"
)

// At is the room of the disk that a folder is on, or will be on.
func At(dir string) (Space, error) {
	var s syscall.Statfs_t
	err := syscall.Statfs(dir, &s)
	for errors.Is(err, syscall.ENOENT) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		err = syscall.Statfs(dir, &s)
	}
	if err != nil {
		return Space{}, err
	}
	size := uint64(s.Bsize)
	return Space{Free: s.Bavail * size, Total: (s.Blocks - s.Bfree + s.Bavail) * size}, nil
}
