package store

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// FileLock is held by one process at a time.
type FileLock struct{ file *os.File }

// ErrFileLocked says that another process holds the lock and did not let go.
var ErrFileLocked = errors.New("another process holds it")

// LockFile takes the lock on the file at path, which it makes where it is
// missing, and waits for it up to timeout. A process that ends, however
// it ends, holds it no longer.
func LockFile(path string, timeout time.Duration) (*FileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(timeout); ; time.Sleep(20 * time.Millisecond) {
		if lockFile(f) == nil {
			return &FileLock{f}, nil
		}
		if time.Now().After(end) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, ErrFileLocked), f.Close())
		}
	}
}

// Close lets go.
func (l *FileLock) Close() error { return l.file.Close() }
