// Package testneed skips tests whose prerequisites are missing: a program, a
// file system feature, or the folder of facts and checkers that stands beside
// the checkout of a developer of bantin.
//
// Every such skip has the same wording, so that test.sh can count them and say
// why. Where BANTIN_NO_SKIP is set, as in .ci/run, a missing prerequisite is a
// failure instead: nothing is left out unnoticed there.
package testneed

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Skip skips the test for want of what, a noun phrase such as "chromium".
// Where nothing may skip it fails the test.
func Skip(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("BANTIN_NO_SKIP") != "" {
		t.Fatalf("needs %s, and BANTIN_NO_SKIP forbids skipping", what)
	}
	t.Skipf("skipped: needs %s", what)
}

// Long skips a test under -short: what takes long, or runs other programs. Benchmarks run,
// with fewer rows.
func Long(t testing.TB, why string) {
	t.Helper()
	if _, isTest := t.(*testing.T); isTest && testing.Short() {
		t.Skip("left out by -short: " + why)
	}
}

// Program gives the path of the first of these programs that is installed, or
// skips the test, under -short too. Names may be absolute.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	Long(t, "runs "+names[0])
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Skip(t, names[0])
	return ""
}

// Shared gives the path of a file in ../shared, beside the checkout, or skips
// the test. The name has slashes.
func Shared(t testing.TB, name string) string {
	t.Helper()
	file := filepath.Join(root(t), "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(file); err != nil {
		Skip(t, "../shared beside the checkout")
	}
	return file
}

// SharedProgram is Shared for a program, which -short leaves out.
func SharedProgram(t testing.TB, name string) string {
	t.Helper()
	Long(t, "runs "+name)
	return Shared(t, name)
}

// root gives the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no folder above has a go.mod")
		}
		dir = filepath.Dir(dir)
	}
}
