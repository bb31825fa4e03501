package store

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// setUserTimeout has the kernel end a connection whose other end has taken nothing
// for a quarter of a minute: keep-alives say nothing while data is under way,
// and the default is a quarter of an hour.
func setUserTimeout(network, _ string, raw syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	const timeout = 15_000 // milliseconds
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, timeout)
	})
	return errors.Join(err, failed)
}
