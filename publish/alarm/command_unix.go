//go:build unix

package alarm

import (
	"os/exec"
	"syscall"
)

// endWithChildren has a command that takes too long be stopped with all that it started.
func endWithChildren(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
