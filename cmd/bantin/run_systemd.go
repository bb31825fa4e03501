package main

import (
	"fmt"
	"net"
	"os"
)

// What systemd is told (sd_notify(3)).
const (
	notifyReady    = "READY=1"    // pages and feeds are served
	notifyStopping = "STOPPING=1" // the messages in hand are being finished
)

// notify tells systemd where the daemon stands, so that `systemctl start` comes
// back when it serves, or says why it does not. Elsewhere nobody listens.
func notify(state string) error {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return nil
	}
	conn, err := net.Dial("unixgram", address)
	if err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	return nil
}
