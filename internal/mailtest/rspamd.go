package mailtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin/internal/freeport"
	"bantin/internal/testneed"
)

// rspamdConfig is that of Debian's package with one worker, files of its own, and no
// name server: what is looked at is the message.
const rspamdConfig = `
.include "/etc/rspamd/common.conf"
options {
	.include "/etc/rspamd/options.inc"
	pidfile = "%[1]s/pid"; control_socket = "%[1]s/control mode=0600"; cache_file = "%[1]s/symbols.cache"; hs_cache_dir = "%[1]s/";
	dns { timeout = 0.05s; retransmits = 1; nameserver = ["127.0.0.1:9"]; }
}
logging { type = "console"; level = "error"; }
worker "normal" { bind_socket = "%[2]s"; count = 1; }
`

// notContent are symbols of the way that a message took, which this one did not take,
// and four of the content that a Vietnamese list has whatever its words are: an English
// mail with Vietnamese names is "mixed"; a preheader is one hidden part (0.05 points);
// and the links of both parts together are an odd number in every second mail.
var notContent = []string{"RDNS_NONE", "AUTH_NA", "HFILTER_HOSTNAME_UNKNOWN", "ONCE_RECEIVED", "DMARC_NA", "R_SPF_NA", "R_DKIM_NA",
	"R_MIXED_CHARSET", "MANY_INVISIBLE_PARTS", "URI_COUNT_ODD"}

// Rspamd has Debian's rspamd look at messages: no symbol of their content scores.
func Rspamd(t *testing.T, messages map[string][]byte) {
	t.Helper()
	address := startRspamd(t)
	for name, message := range messages {
		res, err := http.Post("http://"+address+"/checkv2", "message/rfc822", bytes.NewReader(message))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Symbols map[string]struct {
				Score   float64
				Options []string
			}
		}
		err = json.NewDecoder(res.Body).Decode(&answer)
		res.Body.Close()
		if err != nil || len(answer.Symbols) == 0 {
			t.Fatalf("%s: %d symbols, %v", name, len(answer.Symbols), err)
		}
		for symbol, s := range answer.Symbols {
			if s.Score > 0 && !slices.Contains(notContent, symbol) || symbol == "MANY_INVISIBLE_PARTS" && s.Score > 0.05 {
				t.Errorf("%s: %s has %.2f points (%s)", name, symbol, s.Score, strings.Join(s.Options, ", "))
			}
		}
	}
}

// startRspamd starts the filter and gives its address.
func startRspamd(t *testing.T) string {
	t.Helper()
	program := testneed.Program(t, "rspamd")
	dir, address := t.TempDir(), freeport.Address(t)
	config := filepath.Join(dir, "rspamd.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, rspamdConfig, dir, address), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program, "-f", "-i", "-c", config, "--var=DBDIR="+dir, "--var=RUNDIR="+dir)
	var said bytes.Buffer
	run.Stdout, run.Stderr = &said, &said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = run.Wait()
	}()
	stop := func() {
		_ = run.Process.Signal(os.Interrupt)
		<-ended
	}
	t.Cleanup(stop)
	if !answersPing(address, ended) {
		stop()
		t.Fatalf("rspamd does not answer:\n%s", said.String())
	}
	return address
}

// answersPing asks until rspamd answers: it compiles its rules first. It is false where
// the program has ended, or minutes have passed.
func answersPing(address string, ended <-chan struct{}) bool {
	client := http.Client{Timeout: 10 * time.Second}
	again, end := time.NewTicker(50*time.Millisecond), time.After(5*time.Minute)
	defer again.Stop()
	for {
		if res, err := client.Get("http://" + address + "/ping"); err == nil {
			res.Body.Close()
			return res.StatusCode == http.StatusOK
		}
		select {
		case <-again.C:
		case <-ended:
			return false
		case <-end:
			return false
		}
	}
}
