//go:build unix

package smtptest

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"bantin/internal/testneed"

	"bantin/internal/freeport"
)

// Real is a real mail server, Postfix or Exim, running for one test. It accepts
// mail for any address at example.org that does not begin with RefusedPrefix, and
// keeps it in its queue.
type Real struct {
	Port     int
	received func() (map[string]int, error)
}

// RefusedPrefix begins the names that a Real server refuses with 550.
const RefusedPrefix = "khong-co"

// Received counts the messages in the server's queue by recipient.
func (r *Real) Received(t testing.TB) map[string]int {
	t.Helper()
	counts, err := r.received()
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// StartPostfix runs Postfix with folders of its own.
func StartPostfix(t testing.TB) *Real {
	t.Helper()
	dir, port := startPostfix(t, holdingMain, "", map[string]string{"refused": "/^" + RefusedPrefix + "/ 550 5.1.1 khong co hop thu nay\n"})
	return &Real{port, func() (map[string]int, error) {
		out, err := exec.Command("postqueue", "-c", dir, "-j").Output()
		if err != nil {
			return nil, fmt.Errorf("list the queue of Postfix: %w", err)
		}
		return postfixQueue(string(out))
	}}
}

// StartStrictPostfix runs a Postfix as a stranger meets it: it refuses EHLO names that
// are not fully qualified, mail for other domains than example.org, and the sender
// cam@example.org.
func StartStrictPostfix(t testing.TB) (port int) {
	t.Helper()
	_, port = startPostfix(t, strictMain, "", map[string]string{"senders": "/^cam@/ 553 5.7.1 not owned by user\n"})
	return port
}

// startPostfix runs a Postfix with more lines in its main.cf, where %[1]s is its
// folder, and in its master.cf.
func startPostfix(t testing.TB, main, master string, files map[string]string) (dir string, port int) {
	t.Helper()
	testneed.Long(t, "runs Postfix")
	if _, err := exec.LookPath("postfix"); err != nil {
		testneed.Skip(t, "postfix")
	}
	if os.Getuid() != 0 {
		testneed.Skip(t, "root, who alone may start Postfix")
	}
	dir, port = folderOfRoot(t), freeport.Port(t)
	writeFile(t, filepath.Join(dir, "main.cf"), fmt.Sprintf(postfixMain+main, dir))
	writeFile(t, filepath.Join(dir, "master.cf"), fmt.Sprintf(postfixMaster, port)+master)
	for name, text := range files {
		writeFile(t, filepath.Join(dir, name), text)
	}
	for _, folder := range []string{"queue", "data"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	owner(t, "postfix", filepath.Join(dir, "data"))
	start(t, port, "postfix", "-c", dir, "start-fg")
	t.Cleanup(func() { // before start's own: the master has left its group
		var pid int
		text, _ := os.ReadFile(filepath.Join(dir, "queue/pid/master.pid"))
		if n, _ := fmt.Sscan(string(text), &pid); n == 1 {
			syscall.Kill(pid, syscall.SIGTERM)
		}
	})
	return dir, port
}

const postfixMain = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
myhostname = mx.example.org
mydestination = example.org
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_database =
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_soft_error_limit = 1000
`

const holdingMain = `alias_maps =
smtpd_recipient_restrictions = check_recipient_access regexp:%[1]s/refused, check_client_access static:hold, permit_mynetworks, reject
`

const strictMain = `alias_maps =
mynetworks =
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_non_fqdn_helo_hostname
smtpd_sender_restrictions = check_sender_access regexp:%[1]s/senders
smtpd_relay_restrictions = reject_unauth_destination
`

const postfixMaster = `127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
showq unix n - n - - showq
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

func postfixQueue(lines string) (map[string]int, error) {
	counts := map[string]int{}
	for line := range strings.Lines(lines) {
		var message struct {
			Recipients []struct {
				Address string `json:"address"`
			} `json:"recipients"`
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			return nil, fmt.Errorf("read the queue of Postfix: %w", err)
		}
		for _, r := range message.Recipients {
			counts[r.Address]++
		}
	}
	return counts, nil
}

// StartExim runs Exim with folders of its own. Debian's packages of it and of
// Postfix exclude each other, so test.sh unpacks it into EximFolder.
func StartExim(t testing.TB) *Real {
	t.Helper()
	testneed.Long(t, "runs Exim")
	program, err := exec.LookPath("exim4")
	if err != nil {
		program = filepath.Join(EximFolder(), "usr/sbin/exim4")
	}
	if _, err := os.Stat(program); err != nil {
		testneed.Skip(t, "Exim, which test.sh unpacks")
	}
	if os.Getuid() != 0 {
		testneed.Skip(t, "root, who alone may start Exim")
	}
	if exec.Command("getent", "passwd", "Debian-exim").Run() != nil {
		testneed.Skip(t, "the user Debian-exim, which test.sh makes")
	}
	dir, port := folderOfRoot(t), freeport.Port(t)
	conf := filepath.Join(dir, "exim.conf")
	writeFile(t, conf, strings.ReplaceAll(eximConf, "DIR", dir))
	for _, folder := range []string{"spool", "log"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		owner(t, "Debian-exim", filepath.Join(dir, folder))
	}
	start(t, port, program, "-C", conf, "-bdf", "-oX", fmt.Sprintf("127.0.0.1.%d", port))
	return &Real{port, func() (map[string]int, error) {
		out, err := exec.Command(program, "-C", conf, "-bp").Output()
		if err != nil {
			return nil, fmt.Errorf("list the queue of Exim: %w", err)
		}
		counts := map[string]int{}
		for _, found := range regexp.MustCompile(`(?m)^ {10}(\S+)$`).FindAllStringSubmatch(string(out), -1) {
			counts[found[1]]++
		}
		return counts, nil
	}}
}

// EximFolder is where test.sh unpacks Exim.
func EximFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "bantin-tests", "exim")
}

const eximConf = `primary_hostname = mx.example.org
spool_directory = DIR/spool
log_file_path = DIR/log/%slog
pid_file_path = DIR/spool/pid
domainlist local_domains = example.org
acl_smtp_rcpt = rcpt
acl_smtp_data = data
queue_only
queue_only_override = false
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
dsn_advertise_hosts = *
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
keep_environment =
begin acl
rcpt:
  deny message = khong co hop thu nay
       local_parts = ^khong-co
  accept domains = +local_domains
  deny
data:
  accept
begin routers
anybody:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = DIR/spool/mbox
`

// folderOfRoot is a temporary folder that the users of mail servers may enter.
func folderOfRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "smtptest-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func owner(t testing.TB, user, folder string) {
	t.Helper()
	if out, err := exec.Command("chown", user, folder).CombinedOutput(); err != nil {
		t.Fatalf("chown: %v %s", err, out)
	}
}

// start runs a server until the test ends and waits until it listens.
func start(t testing.TB, port int, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // its children too
		<-ended
	})
	for end := time.Now().Add(time.Minute); ; {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s: %v\n%s", program, err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not listen", program)
		}
	}
}
