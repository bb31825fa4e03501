//go:build unix

package cost

import (
	"syscall"
	"time"
)

// Time is how long the processor works for a function, all threads of this process
// together.
func Time(do func()) time.Duration {
	before := used()
	do()
	return used() - before
}

func used() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
