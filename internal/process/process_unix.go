//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// EndWithChildren has a command whose context ends be stopped with all that it started.
func EndWithChildren(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
