//go:build unix

package convert

import "os"

// canLimit reports whether programs can be limited here: by a shell.
func canLimit() bool {
	_, err := os.Stat("/bin/sh")
	return err == nil
}
