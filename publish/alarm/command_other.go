//go:build !unix

package alarm

import (
	"os"
	"os/exec"
)

// endWithChildren leaves it at the command itself, and at the folder and environment that
// programs need here.
func endWithChildren(c *exec.Cmd) { c.Env, c.Dir = os.Environ(), "" }
