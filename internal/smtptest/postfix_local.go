//go:build unix

package smtptest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Local is a Postfix that delivers mail for example.org by its aliases, and
// bounces mail for other addresses there. Its commands run as nobody.
type Local struct {
	Port int
	dir  string
}

// StartLocal runs one with these aliases: on each line a name, a space and what
// stands after the colon in aliases(5).
func StartLocal(t testing.TB, aliases string) *Local {
	t.Helper()
	dir, port := startPostfix(t, localMain, localMaster, map[string]string{"aliases": aliases})
	return &Local{port, dir}
}

const localMain = `recipient_delimiter = +
alias_maps = texthash:%[1]s/aliases
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file_prefixes = %[1]s
maillog_file = %[1]s/log
`

const localMaster = `local unix - n n - - local
error unix - - n - - error
`

// Waiting returns, by recipient, why messages wait in the queue.
func (l *Local) Waiting(t testing.TB) map[string]string {
	t.Helper()
	out, err := exec.Command("postqueue", "-c", l.dir, "-j").Output()
	if err != nil {
		t.Fatalf("list the queue of Postfix: %v", err)
	}
	waiting := map[string]string{}
	for line := range strings.Lines(string(out)) {
		var message struct {
			Recipients []struct {
				Address string `json:"address"`
				Reason  string `json:"delay_reason"`
			} `json:"recipients"`
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("read the queue of Postfix: %v", err)
		}
		for _, r := range message.Recipients {
			waiting[r.Address] = r.Reason
		}
	}
	return waiting
}

// Flush makes Postfix retry the queue now.
func (l *Local) Flush(t testing.TB) {
	t.Helper()
	if out, err := exec.Command("postqueue", "-c", l.dir, "-f").CombinedOutput(); err != nil {
		t.Fatalf("flush the queue of Postfix: %v %s", err, out)
	}
}

// Log returns the log of Postfix.
func (l *Local) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(l.dir, "log"))
	if err != nil {
		t.Fatalf("read the log of Postfix: %v", err)
	}
	return string(text)
}
