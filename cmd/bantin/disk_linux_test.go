package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"bantin/internal/testneed"

	"bantin/internal/smtptest"
)

// The disk is full in the middle of an edition: sending waits, and when there
// is room again everyone gets it once.
//
// The disk is a small one in memory, which most kernels let anybody have in a
// namespace of their own. Where this one does not, a trigger refuses what is
// written, in the words of a full disk.
func TestDiskFullInEdition(t *testing.T) {
	t.Parallel()
	const contacts = 400
	var taken atomic.Int64
	var disk atomic.Pointer[fullDisk]
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body && taken.Add(1) == 100 {
			disk.Load().fill(t)
		}
		return smtptest.Answer{}
	})
	var list strings.Builder
	list.WriteString("email\n")
	for i := range contacts {
		fmt.Fprintf(&list, "c%d@example.org\n", i)
	}
	f := newFolder(t, map[string]string{
		"bantin.yaml":          mailYAML(server.Port(), "tls: none, connections: 4"),
		"bulletins/phu-tho.md": phuTho,
		"contacts.csv":         list.String(),
	})
	const small = "mount -t tmpfs -o size=8m tmpfs var; "
	mounts := f.end(exec.Command("unshare", "-rm", "sh", "-ec", small)).status == 0
	const script = `
		mv bulletins/phu-tho.md .
		bantin collect # the first read: what comes later is news
		mv phu-tho.md bulletins/
		bantin collect
		bantin contacts import contacts.csv
		echo ready
		read go
		bantin digest send hang-tuan`
	shell := exec.Command("sh", "-ec", script)
	if mounts {
		shell = exec.Command("unshare", "-rm", "sh", "-ec", small+script)
	}
	log := &said{}
	shell.Dir, shell.Stdout, shell.Stderr = f.dir, log, log
	input, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	dir := f.path("var")
	if mounts {
		dir = fmt.Sprintf("/proc/%d/root%s", shell.Process.Pid, dir)
	}
	disk.Store(&fullDisk{dir, mounts})
	until(t, "all is read in", func() bool { return strings.Contains(log.String(), "ready\n") })
	fmt.Fprintln(input, "go")
	until(t, "sending waits", func() bool {
		return strings.Contains(log.String(), "delivery results cannot be stored; sending waits")
	})
	if n := taken.Load(); n == contacts {
		t.Error("all was sent though results could not be stored")
	}
	disk.Load().free(t)
	if err := shell.Wait(); err != nil {
		t.Errorf("%v", err)
	}
	if got := log.String(); !strings.Contains(got, "database or disk is full") || !strings.Contains(got, fmt.Sprintf("%d đã gửi, 0 còn chờ", contacts)) {
		t.Errorf("it says:\n%s", got)
	}
	got := server.Received()
	for i := range contacts {
		if a := fmt.Sprintf("c%d@example.org", i); got[a] != 1 {
			t.Errorf("%s got it %d times", a, got[a])
		}
	}
}

// The disk of temporary files is full while a long list is sorted: the office is told
// what that needs, and nothing has changed.
func TestDiskFullInImport(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	list.WriteString("email,họ tên\n")
	for i := range 150_000 {
		fmt.Fprintf(&list, "nguoi%d@hoikhuyenhoc.example.org,Nguyễn Thị Ánh Tuyết\n", i)
	}
	f := newFolder(t, map[string]string{
		"bantin.yaml":   "site: {title: Hội Khuyến học Việt Nam, url: https://bantin.example.org}\n",
		"danh-sach.csv": list.String(),
	})
	if err := os.Mkdir(f.path("tam"), 0o755); err != nil {
		t.Fatal(err)
	}
	const small = "mount -t tmpfs -o size=5m tmpfs tam; export SQLITE_TMPDIR=$PWD/tam; "
	if got := f.end(exec.Command("unshare", "-rm", "sh", "-ec", small)); got.status != 0 {
		testneed.Skip(t, "a small disk, and may mount none: "+got.err)
	}
	got := f.end(exec.Command("unshare", "-rm", "sh", "-ec", small+`
		bantin contacts add lan@example.org
		bantin contacts import danh-sach.csv || echo "status $?"
		find tam -type f -printf 'left behind %f\n'
		bantin contacts export`))
	if !strings.Contains(got.err, "Thư mục chứa tệp tạm (SQLITE_TMPDIR") || !strings.Contains(got.err, "chưa có gì thay đổi.") || !strings.Contains(got.out, "status 1\n") {
		t.Errorf("it says %s, and on the way %s", got.out, got.err)
	}
	if strings.Contains(got.out, "left behind") {
		t.Errorf("of the sorted list something is %s", got.out)
	}
	if _, contacts, _ := strings.Cut(got.out, "email,name,place,level,language,tags\n"); contacts != "lan@example.org,,,,,\n" {
		t.Errorf("contacts are %q", contacts)
	}
}

// fullDisk is a data directory whose disk can be made full.
type fullDisk struct {
	dir   string
	small bool // it is really a small disk
}

func (d *fullDisk) fill(t *testing.T) {
	if !d.small {
		exec1(t, filepath.Join(d.dir, "bantin.db"), `CREATE TRIGGER full BEFORE UPDATE ON deliveries
			BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
		return
	}
	file, err := os.Create(filepath.Join(d.dir, "fill"))
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	if _, err := io.Copy(file, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the disk takes everything: %v", err)
	}
}

func (d *fullDisk) free(t *testing.T) {
	t.Helper()
	if !d.small {
		exec1(t, filepath.Join(d.dir, "bantin.db"), `DROP TRIGGER full`)
		return
	}
	if err := os.Remove(filepath.Join(d.dir, "fill")); err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
