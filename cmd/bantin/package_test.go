package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"bantin/internal/testneed"
)

// The Debian package holds what its description promises, owned by root: the program and a
// manual page a command in both languages, completions, units, the YAML as a file that an
// upgrade leaves alone, scripts that a shell can read.
func TestDebianPackage(t *testing.T) {
	t.Parallel()
	testneed.Program(t, "dpkg-deb")
	program, err := exec.LookPath("bantin")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	small, file := filepath.Join(dir, "bantin"), filepath.Join(dir, "bantin.deb")
	if err := os.WriteFile(small, []byte("#!/bin/sh\n"), 0o755); err != nil { // the real one takes long to pack
		t.Fatal(err)
	}
	root := filepath.Join("..", "..")
	if out, err := exec.Command("go", "run", nfpm(t, root), "--version").CombinedOutput(); err != nil {
		testneed.Skip(t, "nfpm, fetched as a Go module ("+lastLine(out)+")")
	}
	cmd := exec.Command(filepath.Join(root, "packaging", "deb.sh"), small, "amd64", "1.2.0-rc1", file)
	cmd.Env = append(os.Environ(), "NATIVE="+program, "SOURCE_DATE_EPOCH=1796000000", "MAINTAINER=Hội Khuyến học <vanphong@example.org>")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	of := func(args ...string) string {
		t.Helper()
		out, err := exec.Command("dpkg-deb", append(args, file)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if v := strings.TrimSpace(of("--show", "--showformat", "${Version} ${Architecture}")); v != "1.2.0~rc1 amd64" {
		t.Errorf("it is %s", v)
	}
	list := of("--contents")
	for _, want := range inPackage() {
		if !regexp.MustCompile(`(?m)^` + want + `$`).MatchString(list) {
			t.Errorf("it has no %s", want)
		}
	}
	if strings.Count(list, "\n") != strings.Count(list, " root/root ") {
		t.Errorf("not all of it is root's:\n%s", list)
	}
	if out, err := exec.Command("dpkg-deb", "--control", file, filepath.Join(dir, "control")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, script := range []string{"preinst", "postinst", "prerm", "postrm"} {
		if out, err := exec.Command("sh", "-n", filepath.Join(dir, "control", script)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
	if conf, err := os.ReadFile(filepath.Join(dir, "control", "conffiles")); err != nil || strings.TrimSpace(string(conf)) != "/etc/bantin/bantin.yaml" {
		t.Errorf("an upgrade leaves %q alone, %v", conf, err)
	}
}

// inPackage are patterns of `dpkg-deb --contents`.
func inPackage() []string {
	file := func(mode, name string) string { return mode + ` root/root +\d+ \S+ \S+ \.` + regexp.QuoteMeta(name) }
	patterns := []string{file("-rwxr-xr-x", "/usr/bin/bantin")}
	for _, name := range []string{
		"/etc/bantin/bantin.yaml", "/usr/lib/sysusers.d/bantin.conf", "/usr/lib/tmpfiles.d/bantin.conf",
		"/usr/share/bash-completion/completions/bantin", "/usr/share/zsh/vendor-completions/_bantin", "/usr/share/fish/vendor_completions.d/bantin.fish",
		"/usr/share/doc/bantin/copyright", "/usr/share/doc/bantin/changelog.gz", "/usr/share/doc/bantin/operate.vi.md",
	} {
		patterns = append(patterns, file("-rw-r--r--", name))
	}
	for _, unit := range units {
		patterns = append(patterns, file("-rw-r--r--", "/lib/systemd/system/"+unit))
	}
	a := &app{printer: printer{out: &bytes.Buffer{}, err: &bytes.Buffer{}}}
	var pages func(c *cobra.Command)
	pages = func(c *cobra.Command) {
		for _, man := range []string{"/usr/share/man/man1/", "/usr/share/man/vi/man1/"} {
			patterns = append(patterns, file("-rw-r--r--", man+strings.ReplaceAll(c.CommandPath(), " ", "-")+".1.gz"))
		}
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				pages(sub)
			}
		}
	}
	pages(a.root())
	return patterns
}

// nfpm is the tool that packs, at the version that packaging/deb.sh names.
func nfpm(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "packaging", "deb.sh"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?m)^nfpm=(\S+)$`).FindSubmatch(text)
	if named == nil {
		t.Fatal("packaging/deb.sh names no version of nfpm")
	}
	return string(named[1])
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// The YAML of the package can be used as it is, but for what it asks to be filled in.
func TestPackagedYAML(t *testing.T) {
	t.Parallel()
	f := newFolder(t, nil)
	text := strings.NewReplacer("/var/lib/bantin", f.path("var"), "/srv/bantin/bulletins", f.path("bulletins")).Replace(packaged(t, "bantin.yaml"))
	f.write("bantin.yaml", text)
	f.write("bulletins/phu-tho.md", phuTho)
	f.ok("collect")
	f.ok("check")
}
