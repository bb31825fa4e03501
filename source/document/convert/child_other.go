//go:build !unix

package convert

import "os/exec"

func endWithChildren(*exec.Cmd) {}

// canLimit reports whether programs can be limited here. Without limits none is run.
func canLimit() bool { return false }
