package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// monotonicMicroseconds is the time of CLOCK_MONOTONIC, by which systemd counts too.
func monotonicMicroseconds() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0 // no kernel refuses it
	}
	return now.Nano() / int64(time.Microsecond)
}
