//go:build unix

package convert

import (
	"os"
	"os/exec"
	"syscall"
)

// endWithChildren has a program that takes too long be stopped with all that it started.
func endWithChildren(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}

// canLimit reports whether programs can be limited here: by a shell.
func canLimit() bool {
	_, err := os.Stat("/bin/sh")
	return err == nil
}
