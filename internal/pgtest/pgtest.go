//go:build unix

// Package pgtest runs a PostgreSQL server of its own for tests: on loopback and
// a free port, with its data in a temporary directory. A test binary has one
// server, which starts with the first test that needs it, and each test has a
// fresh database:
//
//	var postgres pgtest.Server
//
//	func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }
//
//	func TestIt(t *testing.T) { url := postgres.Database(t) … }
//
// Where Debian's package postgresql is not installed such tests skip, as
// testneed says. PostgreSQL refuses root: the server runs as the user
// postgres then. It ends with the test binary, however that ends.
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bantin/internal/testneed"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"bantin/internal/freeport"
)

// Server is a PostgreSQL server. Its zero value starts when it is first used.
type Server struct {
	Durable bool                   // flush to disk as a real one does: for benchmarks
	Prepare func(url string) error // makes what every database begins with; nil: nothing

	once      sync.Once
	failed    error
	dir, bin  string
	port      int
	as        *syscall.Credential // nil: as ourselves
	guard     io.Closer
	guarded   *exec.Cmd
	template  string
	databases atomic.Int64
}

var errNotInstalled = errors.New("PostgreSQL is not installed (Debian: apt-get install postgresql)")

// Main runs the tests of a binary, stops the server and returns the exit status.
func (s *Server) Main(m *testing.M) int {
	defer s.Stop()
	return m.Run()
}

// Database returns the URL of a fresh database, which is dropped after the test.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	testneed.Long(t, "runs PostgreSQL")
	s.once.Do(func() {
		if s.failed = s.start(); s.failed == nil {
			s.failed = s.prepare(t)
		}
	})
	if errors.Is(s.failed, errNotInstalled) {
		testneed.Skip(t, "PostgreSQL (Debian: postgresql)")
	}
	if s.failed != nil {
		t.Fatal(s.failed)
	}
	name := fmt.Sprintf("bantin_%d", s.databases.Add(1))
	s.copy(t, name)
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return s.url(name)
}

// copy creates a database from the template. PostgreSQL waits five seconds for
// closing connections to the template; on a busy machine they may take longer.
func (s *Server) copy(t testing.TB, name string) {
	t.Helper()
	const inUse, tries = "55006", 12
	for try := 1; ; try++ {
		err := s.exec(t, "CREATE DATABASE "+name+" TEMPLATE "+s.template)
		if err == nil {
			return
		}
		if try == tries || !strings.Contains(err.Error(), inUse) {
			t.Fatal(err)
		}
	}
}

func (s *Server) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// Exec runs a statement as the superuser, beside the tested program.
func (s *Server) Exec(t testing.TB, query string) {
	t.Helper()
	if err := s.exec(t, query); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) exec(t testing.TB, query string) error {
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), query); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// Restore runs what pg_dump wrote as SQL in a fresh database.
func (s *Server) Restore(t testing.TB, url, dump string) {
	t.Helper()
	c := s.command(filepath.Join(s.bin, "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", url)
	c.Stdin = strings.NewReader(dump)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
}

// Restart stops the server, which closes all connections, and starts it again
// after the given time. It returns when the server answers.
func (s *Server) Restart(t testing.TB, after time.Duration) {
	t.Helper()
	if err := s.control("stop", "-m", "fast"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := s.control("start"); err != nil {
		t.Fatal(err)
	}
}

// prepare creates the template database.
func (s *Server) prepare(t testing.TB) error {
	if s.template = "template1"; s.Prepare == nil {
		return nil
	}
	s.template = "prepared"
	s.Exec(t, "CREATE DATABASE prepared")
	return s.Prepare(s.url("prepared"))
}

func (s *Server) start() (err error) {
	if s.bin, err = binaries(); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "bantin-postgres-"); err != nil {
		return err
	}
	if err := s.becomeSomebody(); err != nil {
		return err
	}
	if s.port, err = freeport.Pick(); err != nil {
		return err
	}
	// Another locale than C, so that nothing relies on the order of bytes.
	err = s.run("initdb", "-D", s.dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions",
		"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=vi")
	if err != nil {
		return err
	}
	if err := s.watch(); err != nil {
		return err
	}
	return s.control("start")
}

// binaries finds the newest server that is installed, as Debian does it.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", errors.Join(errNotInstalled, err)
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// becomeSomebody chooses a user other than root, whom PostgreSQL refuses.
func (s *Server) becomeSomebody() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(uidErr, gidErr, os.Chown(s.dir, int(uid), int(gid)))
}

// control runs pg_ctl and waits for its result.
func (s *Server) control(act string, more ...string) error {
	fsync := "off"
	if s.Durable {
		fsync = "on"
	}
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories= -c fsync=%s -c max_connections=200", s.port, fsync)
	return s.run("pg_ctl", append([]string{act, "-D", s.dir + "/data", "-w", "-t", "300", "-s", "-l", s.dir + "/log", "-o", options}, more...)...)
}

func (s *Server) run(name string, args ...string) error {
	c := s.command(filepath.Join(s.bin, name), args...)
	// A file and not a pipe: the server keeps it open.
	out, err := os.CreateTemp("", "bantin-postgres-out-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())    // best effort: only for the message
		log, _ := os.ReadFile(s.dir + "/log") // the same
		return fmt.Errorf("%s: %w: %s%s", name, err, said, log)
	}
	return nil
}

func (s *Server) command(path string, args ...string) *exec.Cmd {
	c := exec.Command(path, args...)
	c.Dir = "/"
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return c
}

// watch starts a process that stops the server when the test binary has ended in
// any way: then the pipe that it reads is closed.
func (s *Server) watch() error {
	script := `trap "" INT TERM HUP; cat >/dev/null; "$1/pg_ctl" stop -D "$2/data" -m immediate -s; rm -rf "$2"`
	s.guarded = s.command("/bin/sh", "-c", script, "sh", s.bin, s.dir)
	in, err := s.guarded.StdinPipe()
	if err != nil {
		return err
	}
	s.guard = in
	return s.guarded.Start()
}

// Stop stops the server, if it runs.
func (s *Server) Stop() {
	if s.guard == nil {
		return
	}
	err := errors.Join(s.guard.Close(), s.guarded.Wait(), os.RemoveAll(s.dir))
	if err != nil && !strings.Contains(err.Error(), "exit status") {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
	}
}
