package syndicate

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin/store"
)

// snapshot is every file below dir: its bytes and time.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == lockName {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = info.ModTime().UTC().Format(time.RFC3339Nano) + "\n" + string(body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every document with its packed copies, dated as HTTP dates it; a change
// touches what it changed, and what is no more goes away.
func TestExport(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	f := o.feeds(plans()...)
	o.refreshed(f)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "robots.txt"), []byte("của người khác"), 0o600); err != nil {
		t.Fatal(err)
	}
	exporter := &Exporter{Feeds: f, Dir: dir}
	if _, err := exporter.Export(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := snapshot(t, dir)
	for _, path := range f.Library.Paths() {
		d := f.Library.Get(path)
		for _, ext := range copyExtensions() {
			file := first[strings.TrimPrefix(path, "/")+ext]
			if date, _, _ := strings.Cut(file, "\n"); date != d.Modified.Format(time.RFC3339Nano) {
				t.Errorf("%s%s is dated %q, want %v", path, ext, date, d.Modified)
			}
		}
	}
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.refreshed(f)
	if _, err := exporter.Export(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := snapshot(t, dir)
	for name, was := range first {
		concerned := strings.Contains(name, "tat-ca") || strings.HasPrefix(name, "feeds.opml") || name == manifestName
		if same := second[name] == was; same == concerned && !strings.HasPrefix(name, "feeds.opml") {
			t.Errorf("%s: touched is %v", name, !same)
		}
	}
	const included = "bantin.nginx.conf" // exports once wrote it, and a web server may include it
	manifest, _ := os.ReadFile(filepath.Join(dir, manifestName))
	for name, text := range map[string]string{included: "etag on;\n", manifestName: string(manifest) + included + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fewer := o.feeds(plans()[0])
	o.refreshed(fewer)
	done, err := (&Exporter{Feeds: fewer, Dir: dir}).Export(t.Context())
	if err != nil || done.Removed == 0 {
		t.Fatalf("%+v %v", done, err)
	}
	left := slices.Sorted(maps.Keys(snapshot(t, dir)))
	for _, name := range left {
		if strings.Contains(name, "tinh/") || strings.HasPrefix(name, stagingFolder) {
			t.Errorf("%s is still there", name)
		}
	}
	if !slices.Contains(left, "robots.txt") || !slices.Contains(left, included) {
		t.Errorf("a file of somebody else is gone: %q", left)
	}
}

// What cannot be done whole is not begun.
func TestExportWholeOrNotAtAll(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	f := o.feeds(plans()...)
	o.refreshed(f)
	dir := t.TempDir()
	exporter := &Exporter{Feeds: f, Dir: dir}
	if _, err := exporter.Export(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.refreshed(f)
	// A file where a new folder belongs: seen when all is written, before any is renamed.
	blocked := filepath.Join(dir, "feeds", "tinh")
	if err := os.Rename(blocked, blocked+"-cu"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exporter.Export(t.Context()); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("exported into a file: %v", err)
	}
	if err := errors.Join(os.Remove(blocked), os.Rename(blocked+"-cu", blocked)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("half an export (-before +after):\n%s", diff)
	}
	if done, err := exporter.Export(t.Context()); err != nil || done.Written == 0 {
		t.Errorf("when it can be done again: %+v %v", done, err)
	}
	for _, bad := range []string{filepath.Join(dir, "feeds.opml"), "/dev/null/x"} {
		if _, err := (&Exporter{Feeds: f, Dir: bad}).Export(t.Context()); err == nil {
			t.Errorf("exported into %s", bad)
		}
	}
}

// Two daemons on one folder: of one installation they take turns, of two the
// second is refused.
func TestExportShared(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 2 {
		f := o.feeds(plans()...)
		o.refreshed(f)
		wg.Go(func() {
			for range 3 {
				if _, err := (&Exporter{Feeds: f, Dir: dir}).Export(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	before := snapshot(t, dir)
	other := o.feeds(plans()[0])
	other.Instance = "một nơi khác"
	o.refreshed(other)
	var folder *FolderError
	if _, err := (&Exporter{Feeds: other, Dir: dir}).Export(t.Context()); !errors.As(err, &folder) || !folder.Taken {
		t.Errorf("another installation: %v", err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("another installation changed (-before +after):\n%s", diff)
	}
	lock, err := store.LockFile(filepath.Join(dir, lockName), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := store.LockFile(filepath.Join(dir, lockName), 50*time.Millisecond); !errors.Is(err, store.ErrFileLocked) {
		t.Errorf("two hold the lock: %v", err)
	}
}
