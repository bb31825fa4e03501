// Package freeport finds free ports on loopback for tests whose server cannot
// listen on port 0 and report its port, or that need a port without a listener.
//
// The kernel assigns ephemeral ports, from 32768 on, to outgoing connections and
// to listeners on port 0: one that was free a moment ago may be in use when the
// server binds it. The ports chosen here lie below that range.
package freeport

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

const (
	first, last = 20_000, 32_767
	tries       = 100
)

// Pick returns a free port of 127.0.0.1.
func Pick() (port int, err error) {
	for range tries {
		port = first + rand.IntN(last-first+1)
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, fmt.Errorf("find a free port: %w", err)
}

// Port is Pick for a test.
func Port(t testing.TB) int {
	t.Helper()
	port, err := Pick()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// Address is Port as host:port.
func Address(t testing.TB) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", Port(t))
}
