package pgtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Processor returns the processor time used so far by all processes of the
// server.
func (s *Server) Processor(t testing.TB) time.Duration {
	t.Helper()
	text, err := os.ReadFile(s.dir + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	postmaster, _, _ := strings.Cut(string(text), "\n")
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var ticks int64
	for _, name := range processes {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// proc(5): behind the name in brackets come state and parent; utime,
		// stime and those of children that were waited for are fields 14 to 17.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		own := filepath.Base(filepath.Dir(name)) == postmaster
		if len(fields) < 15 || !own && fields[1] != postmaster {
			continue
		}
		used := fields[11:13]
		if own {
			used = fields[11:15]
		}
		for _, field := range used {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			ticks += n
		}
	}
	const perSecond = 100 // sysconf(_SC_CLK_TCK), the same on all of Linux's platforms
	return time.Duration(ticks) * time.Second / perSecond
}
