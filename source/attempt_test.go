package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/source"
	"bantin/source/attempt"
)

// A file that the program was killed over is told and not read, the others are read, and
// once it is mended it is read too.
func TestFileThatEndedTheProgram(t *testing.T) {
	dir, notes := t.TempDir(), filepath.Join(t.TempDir(), "reading")
	const bad = "# Tin dữ\n\nBài."
	write(t, filepath.Join(dir, "du.md"), bad)
	write(t, filepath.Join(dir, "lanh.md"), "# Tin lành\n\nBài.")
	beKilled(t, notes, ".md", bad)

	read := func() (said string) {
		s, err := source.Open(source.Spec{ID: "van-phong", Kind: "folder", Path: dir, Rest: time.Millisecond,
			Attempts: attempt.New(notes, func(context.Context, string, []byte) error { return errors.New("signal: killed") })})
		if err != nil {
			t.Fatal(err)
		}
		for item, err := range s.Read(t.Context(), nil) {
			switch {
			case err != nil:
				t.Fatal(err)
			case item.Err != nil:
				said += item.ID + ": " + item.Err.Error() + "\n"
			case item.Bulletin != nil:
				said += item.ID + ": " + item.Bulletin.Title + "\n"
			}
		}
		return said
	}
	if said := read(); !strings.Contains(said, "du.md: the program stopped when it last read this") || !strings.Contains(said, "lanh.md: Tin lành") {
		t.Errorf("%s", said)
	}
	write(t, filepath.Join(dir, "du.md"), bad+" Đã sửa.")
	if said := read(); !strings.Contains(said, "du.md: Tin dữ") {
		t.Errorf("mended: %s", said)
	}
}

// beKilled leaves the notes of a process that was killed while it read a document.
func beKilled(t *testing.T, notes, name, text string) {
	t.Helper()
	l := attempt.New(notes, nil)
	begun, end := make(chan bool), make(chan bool)
	t.Cleanup(func() { close(end) })
	go func() {
		_ = l.Do(context.Background(), name, []byte(text), func() { close(begun); <-end })
	}()
	<-begun
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(notes); err != nil || !strings.HasPrefix(string(raw), "r ") {
		t.Fatalf("%q, %v", raw, err)
	}
}
