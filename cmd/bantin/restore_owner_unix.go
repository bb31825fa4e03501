//go:build unix

package main

import (
	"os"
	"syscall"
)

// ownerOf is the user that a folder belongs to.
func ownerOf(dir string) (uid uint32, known bool) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}
