//go:build !linux && !darwin

package alarm

// DiskFree does not know.
func DiskFree(string) (share float64, bytes uint64, ok bool) { return 0, 0, false }
