package main

import "os"

// notifyHangup does nothing: there is no SIGHUP here.
func notifyHangup(chan<- os.Signal) {}

// outlivePipes does nothing: a pipe that is closed ends nobody here.
func outlivePipes() {}
