// Command mutate puts faults of one line into the code, one at a time, and tells which of
// them the tests of their package do not see.
//
//	go run ./internal/mutate -seed 1 -n 200
//
// Faults are drawn by lines, the same for a seed as long as the code is the same: conditions
// are negated, bounds shifted, statements dropped, constants changed. The code itself is not
// touched, since the compiler is given the mutant as an overlay. Results are kept in a file as
// they come, and a run that was stopped goes on there. A mutant that does not compile is
// replaced by the next. One over which a test does not end is seen.
//
// An alive mutant is one that `go test -short` of its package passes on. It needs a test, or a
// reason why it changes nothing that matters, or a look whether another package sees it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// What became of a mutant.
const (
	killed  = "killed"
	alive   = "alive"
	invalid = "invalid" // it does not compile
)

// result is a line of the file of results.
type result struct {
	Mutant  string  `json:"mutant"`
	Is      string  `json:"is"`
	Seconds float64 `json:"seconds"`
}

// run is one run of the command.
type run struct {
	dir     string // for mutants
	timeout time.Duration
	passes  map[string]bool // packages whose tests pass without a fault
	known   map[string]result
	out     *os.File
}

func main() {
	seed := flag.Uint64("seed", 1, "which faults are drawn")
	n := flag.Int("n", 200, "how many are tried")
	file := flag.String("out", "mutants.jsonl", "where results are kept; a second run goes on there")
	timeout := flag.Duration("timeout", 5*time.Minute, "for the tests of a package")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := mutate(ctx, *seed, *n, *file, *timeout, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func mutate(ctx context.Context, seed uint64, n int, file string, timeout time.Duration, patterns []string) error {
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	mutants, err := draw(ctx, seed, patterns)
	if err != nil {
		return err
	}
	r := &run{timeout: timeout, passes: map[string]bool{}}
	if r.known, err = readResults(file); err != nil {
		return err
	}
	if r.out, err = os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	defer r.out.Close()
	if r.dir, err = os.MkdirTemp("", "mutate"); err != nil {
		return err
	}
	defer os.RemoveAll(r.dir)
	var survivors []string
	tried := 0
	for _, m := range mutants {
		if tried == n {
			break
		}
		is, err := r.try(ctx, m)
		if err != nil {
			return err
		}
		if is != invalid {
			tried++
		}
		if is == alive {
			survivors = append(survivors, m.name())
		}
	}
	fmt.Printf("%d mutants, %d alive\n%s\n", tried, len(survivors), strings.Join(survivors, "\n"))
	return nil
}

// try says what becomes of a mutant, and keeps that.
func (r *run) try(ctx context.Context, m mutant) (is string, err error) {
	if known, ok := r.known[m.name()]; ok {
		return known.Is, nil
	}
	if err := r.passesWithout(ctx, m.pkg); err != nil {
		return "", err
	}
	start := time.Now()
	overlay, err := r.overlay(m)
	if err != nil {
		return "", err
	}
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, m.pkg)
	if is = invalid; build.Run() == nil {
		is = alive
		if r.test(ctx, m.pkg, "-overlay", overlay) != nil {
			is = killed
		}
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	fmt.Printf("%s %s\n", is, m.name())
	return is, json.NewEncoder(r.out).Encode(result{m.name(), is, time.Since(start).Seconds()})
}

// passesWithout is an error where the tests fail even without a fault.
func (r *run) passesWithout(ctx context.Context, pkg string) error {
	if r.passes[pkg] {
		return nil
	}
	if err := r.test(ctx, pkg); err != nil {
		return fmt.Errorf("tests of %s without a fault: %w", pkg, err)
	}
	r.passes[pkg] = true
	return nil
}

func (r *run) test(ctx context.Context, pkg string, more ...string) error {
	arguments := append([]string{"test", "-short", "-count=1", "-vet=off", "-failfast", "-timeout", r.timeout.String()}, more...)
	cmd := exec.CommandContext(ctx, "go", append(arguments, pkg)...)
	cmd.WaitDelay = 10 * time.Second // for what a test that was ended has left running
	out, err := cmd.CombinedOutput()
	if err != nil && len(more) == 0 {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return err
}

// overlay writes a mutant, and what tells the compiler to take it.
func (r *run) overlay(m mutant) (string, error) {
	text, err := m.text()
	if err != nil {
		return "", err
	}
	code, file := filepath.Join(r.dir, "mutant.go"), filepath.Join(r.dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {m.file: code}})
	return file, errors.Join(err, os.WriteFile(code, text, 0o600), os.WriteFile(file, list, 0o600))
}

func readResults(file string) (map[string]result, error) {
	known := map[string]result{}
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for d := json.NewDecoder(f); d.More(); {
		var one result
		if err := d.Decode(&one); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		known[one.Mutant] = one
	}
	return known, nil
}
