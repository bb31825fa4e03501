package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bantin/internal/officetest"
	"bantin/internal/testneed"
	"bantin/store"
)

// folder is where an association keeps its bantin.yaml and all beside it.
type folder struct {
	t   *testing.T
	dir string
}

// emptyFolder gives a folder in which nothing was ever started.
func emptyFolder(t *testing.T) *folder {
	t.Helper()
	testneed.Long(t, "starts bantin")
	return &folder{t, t.TempDir()}
}

func newFolder(t *testing.T, files map[string]string) *folder {
	t.Helper()
	f := emptyFolder(t)
	for name, text := range files {
		f.write(name, text)
	}
	if err := readBefore(f.dir); err != nil {
		t.Fatal(err)
	}
	return f
}

var folderSource = regexp.MustCompile(`id: ([a-z0-9-]+), kind: folder, path: ([\w.-]+)`)

// readBefore makes the folders of a site ones that were read before: what lies in them
// is news, whatever the day of the test. A site without a configuration, or with its
// data elsewhere, is left alone.
func readBefore(dir string) error {
	yaml, err := os.ReadFile(filepath.Join(dir, "bantin.yaml"))
	if err != nil || strings.Contains(string(yaml), "data:") || strings.Contains(string(yaml), "database:") {
		return nil
	}
	ids := folderSource.FindAllStringSubmatch(string(yaml), -1)
	if len(ids) == 0 {
		return nil
	}
	data := filepath.Join(dir, "var")
	if err := officetest.FillDataDir(data); err != nil {
		return err
	}
	db, err := store.Open(context.Background(), data, store.Options{})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := db.Sources().SaveItemVersions(context.Background(), id[1], nil, map[string]string{"first": "1"}); err != nil {
			return err
		}
	}
	return db.Close()
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// write puts a file in place whole, as an office's programs do.
func (f *folder) write(name, text string) {
	f.t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o755); err != nil {
		f.t.Fatal(err)
	}
	tmp := f.path(name) + "~"
	if err := os.WriteFile(tmp, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(tmp, f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) read(name string) string {
	f.t.Helper()
	text, err := os.ReadFile(f.path(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

// ended is how a command ended and what it said.
type ended struct {
	out, err string
	status   int
}

func (f *folder) bantin(args ...string) ended {
	f.t.Helper()
	return f.end(exec.Command("bantin", args...))
}

func (f *folder) end(cmd *exec.Cmd) ended {
	f.t.Helper()
	var out, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, &out, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		f.t.Fatal(err)
	}
	return ended{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// ok runs a command that must go well and gives what it printed.
func (f *folder) ok(args ...string) string {
	f.t.Helper()
	e := f.bantin(args...)
	if e.status != 0 {
		f.t.Fatalf("bantin %s: status %d\n%s%s", strings.Join(args, " "), e.status, e.out, e.err)
	}
	return e.out
}

// fails runs a command that must end with the status and say all of words.
func (f *folder) fails(status int, words []string, args ...string) {
	f.t.Helper()
	f.failed(f.bantin(args...), status, words, strings.Join(args, " "))
}

func (f *folder) failed(e ended, status int, words []string, what string) {
	f.t.Helper()
	if e.status != status {
		f.t.Errorf("%s: status %d, want %d\n%s%s", what, e.status, status, e.out, e.err)
	}
	for _, w := range words {
		if !strings.Contains(e.err, w) {
			f.t.Errorf("%s does not say %q:\n%s", what, w, e.err)
		}
	}
	if strings.Contains(e.err, "goroutine ") {
		f.t.Errorf("%s: a stack trace:\n%s", what, e.err)
	}
}

// inVain runs a command that gives up after a --wait, and must say all of words
// then. On a busy machine that may take it more than one wait.
func (f *folder) inVain(words []string, cmd func() *exec.Cmd) ended {
	f.t.Helper()
	var e ended
	until(f.t, fmt.Sprintf("it says %q", words), func() bool {
		e = f.end(cmd())
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(e.err, w) })
	})
	f.failed(e, 1, words, "in vain")
	return e
}

// start starts a command; the function it gives interrupts it, as Ctrl-C does.
func (f *folder) begin(args ...string) (interrupt func() ended) {
	f.t.Helper()
	var out, stderr bytes.Buffer
	cmd := exec.Command("bantin", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, &out, &stderr
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { cmd.Process.Kill() })
	return func() ended {
		f.t.Helper()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			f.t.Fatal(err)
		}
		if err := cmd.Wait(); cmd.ProcessState == nil {
			f.t.Fatal(err)
		}
		return ended{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	}
}

// daemon is a running `bantin run`.
type daemon struct {
	t     *testing.T
	cmd   *exec.Cmd
	log   *said
	base  string // of its pages
	ended chan error
}

// said is what a process has said so far.
type said struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// start runs a daemon that listens on a port of its own until it is ready.
func (f *folder) start(args ...string) *daemon {
	f.t.Helper()
	return f.startWith(nil, args...)
}

// startWith is start with more in the environment.
func (f *folder) startWith(environment []string, args ...string) *daemon {
	f.t.Helper()
	testneed.Long(f.t, "runs a daemon")
	d := &daemon{t: f.t, cmd: exec.Command("bantin", append([]string{"run"}, args...)...), log: &said{}, ended: make(chan error, 1)}
	d.cmd.Dir, d.cmd.Stderr = f.dir, d.log
	d.cmd.Env = append(os.Environ(), environment...)
	if err := d.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	go func() { d.ended <- d.cmd.Wait() }()
	f.t.Cleanup(func() {
		d.cmd.Process.Kill()
		if f.t.Failed() {
			f.t.Logf("the daemon said:\n%s", d.log)
		}
	})
	address := regexp.MustCompile(`(?:Lắng nghe +|Listening on +|"listen":")(127[0-9.:]+)`)
	until(f.t, "the daemon listens", func() bool {
		found := address.FindStringSubmatch(d.log.String())
		if found != nil {
			d.base = "http://" + found[1]
		}
		return found != nil
	})
	until(f.t, "the daemon is ready", func() bool { return d.get("/readyz").status == http.StatusOK })
	return d
}

// page is an answer of the daemon.
type page struct {
	status int
	header http.Header
	body   string
}

func (d *daemon) get(path string) page {
	d.t.Helper()
	return d.fetch(http.MethodGet, path, "")
}

func (d *daemon) post(path, body string) page {
	d.t.Helper()
	return d.fetch(http.MethodPost, path, body)
}

func (d *daemon) fetch(method, path, body string) page {
	d.t.Helper()
	req, err := http.NewRequest(method, d.base+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return page{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return page{resp.StatusCode, resp.Header, string(text)}
}

// stop sends SIGTERM and demands that the daemon ends well.
func (d *daemon) stop() {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	select {
	case err := <-d.ended:
		if err != nil {
			d.t.Errorf("the daemon ended with %v", err)
		}
	case <-time.After(patience):
		d.t.Fatal("the daemon does not end")
	}
}

// hangUp has the daemon read its configuration again.
func (d *daemon) hangUp() {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		d.t.Fatal(err)
	}
}

// patience is what a test waits for a thing that is sure to come: long, since
// a busy machine may take a hundred times what a quiet one does.
const patience = 3 * time.Minute

// until polls until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}
