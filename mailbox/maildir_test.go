package mailbox_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/mailbox"
)

// People look into the box with a program of theirs, which moves and flags what
// they looked at. Nothing is read twice for it, and nothing is missed.
func TestMaildirMovedByOthers(t *testing.T) {
	dir := newMaildir(t)
	box := open(t, "maildir:"+dir, mailbox.Options{})
	put(t, dir+"/new/1700000001.a", message("Tin một"))
	put(t, dir+"/new/1700000002.b", message("Tin hai"))
	put(t, dir+"/cur/1700000003.c:2,S", message("Tin đã có người xem"))
	put(t, dir+"/cur/1700000004.d:2,ST", message("Tin đã xóa"))
	put(t, dir+"/tmp/1700000005.e", message("Tin đang ghi"))
	put(t, dir+"/new/.an", "không đọc")
	put(t, dir+"/new/khong-co-gio", message("Tin chép tay"))
	if err := os.Symlink("/etc/hostname", dir+"/new/1700000006.f"); err != nil {
		t.Fatal(err)
	}
	first := read(box, "", func(m *mailbox.Message) error {
		if m.Name == "1700000001.a" { // the second moves after it was listed
			return os.Rename(dir+"/new/1700000002.b", dir+"/cur/1700000002.b:2,")
		}
		return nil
	})
	want := []string{"Tin một", "Tin hai", "Tin đã có người xem", "Tin chép tay"}
	if d := cmp.Diff(want, first.subjects); d != "" || first.err != nil {
		t.Fatalf("%v (-want +got)\n%s", first.err, d)
	}
	for from, to := range map[string]string{"/new/1700000001.a": "/cur/1700000001.a:2,RS", "/cur/1700000002.b:2,": "/cur/1700000002.b:2,FS"} {
		if err := os.Rename(dir+from, dir+to); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, err := all(box, first.mark); len(got) > 0 || err != nil {
		t.Errorf("read twice: %q, %v", got, err)
	}
}

func TestMaildirVanishes(t *testing.T) {
	dir := newMaildir(t)
	box := open(t, "maildir:"+dir, mailbox.Options{})
	for _, name := range []string{"1.a", "2.b", "3.c"} {
		put(t, filepath.Join(dir, "new", name), message("Tin "+name))
	}
	// A message goes: the others are read.
	got := read(box, "", func(m *mailbox.Message) error {
		if m.Name == "1.a" {
			return os.Remove(dir + "/new/2.b")
		}
		return nil
	})
	if d := cmp.Diff([]string{"Tin 1.a", "Tin 3.c"}, got.subjects); d != "" || got.err != nil {
		t.Errorf("%v (-want +got)\n%s", got.err, d)
	}
	// The box goes: what was taken is known when it comes back.
	put(t, dir+"/new/4.d", message("Tin 4.d"))
	put(t, dir+"/new/5.e", message("Tin 5.e"))
	got = read(box, got.mark, func(m *mailbox.Message) error { return os.Rename(dir, dir+"-mat") })
	if d := cmp.Diff([]string{"Tin 4.d"}, got.subjects); d != "" || !errors.Is(got.err, fs.ErrNotExist) {
		t.Errorf("%v (-want +got)\n%s", got.err, d)
	}
	if _, mark, err := all(box, got.mark); mark != got.mark || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a box that is gone: %q, %v", mark, err)
	}
	if err := os.Rename(dir+"-mat", dir); err != nil {
		t.Fatal(err)
	}
	if again, _, err := all(box, got.mark); cmp.Diff([]string{"Tin 5.e"}, again) != "" || err != nil {
		t.Errorf("got %q, %v", again, err)
	}
}

// A mark does not grow with messages that are long gone.
func TestMaildirMarkIsPruned(t *testing.T) {
	dir := newMaildir(t)
	box := open(t, "maildir:"+dir, mailbox.Options{})
	var mark mailbox.Cursor
	longest := 0
	for round := range 6 {
		for i := range 500 {
			put(t, filepath.Join(dir, "new", string(rune('a'+round))+strings.Repeat("x", i)[:i%100]+string(rune('a'+i/100))), message("Tin"))
		}
		got, next, err := all(box, mark)
		if len(got) != 500 || err != nil {
			t.Fatalf("round %d: %d messages, %v", round, len(got), err)
		}
		mark, longest = next, max(longest, len(next))
		if err := os.RemoveAll(dir + "/new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(dir+"/new", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if most := 11 * 2600; longest > most {
		t.Errorf("the mark has %d bytes, at most %d", longest, most)
	}
}

func TestMaildirLargeMessage(t *testing.T) {
	dir := newMaildir(t)
	put(t, dir+"/new/1.a", message("Tin")+strings.Repeat("Dài quá. ", 1000))
	box := open(t, "maildir:"+dir, mailbox.Options{MaxBytes: 200})
	got := read(box, "", func(m *mailbox.Message) error {
		if !m.IsTruncated() || len(m.Raw) != 200 || m.Size < 5000 {
			t.Errorf("%d of %d bytes, cut: %v", len(m.Raw), m.Size, m.IsTruncated())
		}
		return nil
	})
	if len(got.subjects) != 1 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

func TestMessageID(t *testing.T) {
	a, b := &mailbox.Message{Raw: []byte(message("Tin"))}, &mailbox.Message{Raw: []byte(strings.ReplaceAll(message("Tin"), "\r\n", "\n"))}
	if c := (&mailbox.Message{Raw: []byte(message("Tin khác"))}); a.ID() != b.ID() || a.ID() == c.ID() {
		t.Errorf("%s, %s, %s", a.ID(), b.ID(), c.ID())
	}
}
