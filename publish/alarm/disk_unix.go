//go:build linux || darwin

package alarm

import "syscall"

// DiskFree gives the share of the disk of a folder that is free for this program, and the
// bytes; ok is false where that cannot be told.
func DiskFree(dir string) (share float64, bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil || s.Blocks == 0 {
		return 0, 0, false
	}
	// What is kept for root counts as used, as df shows it.
	usable := s.Blocks - s.Bfree + s.Bavail
	if usable == 0 {
		return 0, 0, true
	}
	return float64(s.Bavail) / float64(usable), s.Bavail * uint64(s.Bsize), true
}
