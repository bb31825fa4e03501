//go:build unix

package attempt

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the file for this process, however it ends, or fails at once.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
