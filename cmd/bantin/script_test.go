package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"bantin/internal/pgtest"
	"bantin/internal/testneed"
)

// quickExit keeps a program that was built with the race detector from sleeping
// for a second at its end.
const quickExit = "atexit_sleep_ms=10"

func TestMain(m *testing.M) {
	os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" "+quickExit))
	// Most tests wait most of the time, for files to rest and servers to come
	// back: more may run than there are processors, unless -parallel says else.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	testscript.Main(beside{m}, map[string]func(){"bantin": main})
}

// postgres is the PostgreSQL server of the tests that want one.
var postgres pgtest.Server

// beside runs the tests, and ends postgres with them.
type beside struct{ *testing.M }

func (b beside) Run() int { return postgres.Main(b.M) }

// TestScripts runs the scripts of testdata, each in a folder of its own. With
// UPDATE_SCRIPTS set, what cmp compares is written anew into them: look at the
// difference. Beside the usual commands they have:
//
//	exits STATUS COMMAND…  is exec of what ends with this status
//	put FILE TEXT          writes a file; both may hold Go's escapes, such as \xff
//	sparse FILE BYTES      makes a file of that size that takes no room
func TestScripts(t *testing.T) {
	testneed.Long(t, "starts bantin")
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", os.Getenv("GORACE"))
			if !hasFolders(env.WorkDir) {
				return nil
			}
			return readBefore(env.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"put":    put,
			"sparse": sparse,
		},
	})
}

// hasFolders reports whether a script brings files for its folders.
func hasFolders(dir string) bool {
	yaml, _ := os.ReadFile(filepath.Join(dir, "bantin.yaml"))
	for _, m := range folderSource.FindAllStringSubmatch(string(yaml), -1) {
		if _, err := os.Stat(filepath.Join(dir, m[2])); err == nil {
			return true
		}
	}
	return false
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		status = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("it ended with status %d, want %s", status, args[0])
	}
}

func put(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: put FILE TEXT")
	}
	name, text := unquote(ts, args[0]), unquote(ts, args[1])
	file := ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o777))
	ts.Check(os.WriteFile(file, []byte(text), 0o666))
}

func unquote(ts *testscript.TestScript, text string) string {
	s, err := strconv.Unquote(`"` + text + `"`)
	ts.Check(err)
	return s
}

func sparse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sparse FILE BYTES")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), nil, 0o666))
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}
