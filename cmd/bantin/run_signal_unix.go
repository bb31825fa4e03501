//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyHangup has SIGHUP reported on c.
func notifyHangup(c chan<- os.Signal) { signal.Notify(c, syscall.SIGHUP) }

// outlivePipes keeps a process that mails from ending in the midst of a message
// because the reader of its log or its results has gone.
func outlivePipes() { signal.Ignore(syscall.SIGPIPE) }
