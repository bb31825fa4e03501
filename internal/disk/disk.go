// Package disk tells how much room a disk has.
package disk

// Space is the room of a disk in bytes, as far as this user may take it: what is kept for
// root is no part of it, as df shows it.
type Space struct{ Free, Total uint64 }

// FreeShare is the part of the disk that is free: from 0 to 1.
func (s Space) FreeShare() float64 {
	if s.Total == 0 {
		return 0
	}
	return float64(s.Free) / float64(s.Total)
}
