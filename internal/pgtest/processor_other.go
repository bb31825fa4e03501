//go:build unix && !linux

package pgtest

import (
	"testing"
	"time"
)

// Processor skips: only Linux tells.
func (s *Server) Processor(t testing.TB) time.Duration {
	t.Helper()
	t.Skip("the processor time of another process is known on Linux only")
	return 0
}
