//go:build !unix

package attempt

import (
	"errors"
	"os"
)

// lock fails: without a Unix shell no child process is limited here, so that nothing
// could be tried.
func lock(*os.File) error { return errors.New("not on this system") }
