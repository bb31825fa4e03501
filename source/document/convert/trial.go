package convert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"bantin/internal/process"
)

// The limits of a trial. What is read as a bulletin needs a tenth of them.
const (
	trialMemory  = 512 << 20 // bytes of data
	trialTimeout = time.Minute
)

// Try has a program read a document from its standard input under limits on its memory
// and time, and says how it failed. The program is one of ours, whose own limits are what
// is tried.
func Try(ctx context.Context, raw []byte, program string, args ...string) error {
	if !canLimit() {
		return errors.New("no program can be limited on this system")
	}
	ctx, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	limits := fmt.Sprintf(`ulimit -d %d; ulimit -f 0; ulimit -t %d; ulimit -c 0; exec "$0" "$@"`, trialMemory>>10, int(trialTimeout/time.Second))
	c := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", limits, program}, args...)...)
	said := &limited{most: 400}
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(raw), said, said
	c.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "GOMAXPROCS=1", fmt.Sprintf("GOMEMLIMIT=%d", trialMemory*3/4)}
	c.WaitDelay = time.Second
	process.EndWithChildren(c)
	if err := c.Run(); err != nil {
		line, _, _ := strings.Cut(strings.ToValidUTF8(said.String(), ""), "\n")
		return fmt.Errorf("%w: %s", err, line)
	}
	return nil
}
