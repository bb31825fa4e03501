//go:build !unix

package process

import "os/exec"

// EndWithChildren leaves it at the command itself, which ends with its context.
func EndWithChildren(*exec.Cmd) {}
