//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"bantin/internal/testneed"
)

// Progress moves on one line of a terminal and is gone at the end; elsewhere it
// is not there.
func TestProgressOnTerminal(t *testing.T) {
	t.Parallel()
	script, err := exec.LookPath("script")
	if err != nil {
		testneed.Skip(t, "script of util-linux")
	}
	var list strings.Builder
	list.WriteString("email,tỉnh\n")
	for i := range 300 {
		fmt.Fprintf(&list, "khach%d@example.org,Phú Thọ\n", i)
	}
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "khach.csv": list.String()})
	e := f.end(exec.Command(script, "-qec", "bantin contacts import khach.csv --dry-run", "/dev/null"))
	moving, rest, _ := strings.Cut(e.out, "Chạy thử")
	if e.status != 0 || !strings.Contains(moving, "dòng/giây") || !strings.HasSuffix(moving, "\r\x1b[K") || strings.Contains(moving, "\n") || !strings.Contains(rest, "300 dòng: 300 thêm") {
		t.Errorf("status %d: %q", e.status, e.out)
	}
	if e := f.bantin("contacts", "import", "khach.csv"); e.status != 0 || strings.Contains(e.out+e.err, "giây") {
		t.Errorf("without a terminal: status %d: %q %q", e.status, e.out, e.err)
	}
}
