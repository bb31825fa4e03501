//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyHangup has SIGHUP reported on c.
func notifyHangup(c chan<- os.Signal) { signal.Notify(c, syscall.SIGHUP) }
