package attempt_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bantin/source/attempt"
)

// open opens the log of one process; tried counts what the child was given.
func open(t *testing.T, path string, child error, tried *int) *attempt.Log {
	t.Helper()
	l := attempt.New(path, func(context.Context, string, []byte) error { *tried++; return child })
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// killed reads documents, the last for ever, and lets go of the file as a process does
// that is killed.
func killed(t *testing.T, path string, documents ...string) {
	t.Helper()
	tried := 0
	l := open(t, path, nil, &tried)
	begun, end := make(chan bool), make(chan bool)
	t.Cleanup(func() { close(end) })
	for i, text := range documents {
		if i < len(documents)-1 {
			if err := l.Do(t.Context(), "a.html", []byte(text), func() {}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		go func() {
			_ = l.Do(context.Background(), "a.html", []byte(text), func() { close(begun); <-end })
		}()
	}
	<-begun
	_ = l.Close()
}

// A document that the program was killed over is read by a child first, and where that
// ends too, never again until its bytes change.
func TestDocumentThatEndsTheProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reading")
	killed(t, path, "lành", "dữ")
	for start := range 3 {
		tried, read := 0, 0
		l := open(t, path, errors.New("signal: killed"), &tried)
		do := func(text string) error { return l.Do(t.Context(), "a.html", []byte(text), func() { read++ }) }
		if err := do("dữ"); !errors.Is(err, attempt.ErrStopped) {
			t.Errorf("start %d: %v", start, err)
		}
		if err := errors.Join(do("lành"), do("dữ, đã sửa")); err != nil || read != 2 {
			t.Errorf("start %d: %d read, %v", start, read, err)
		}
		if want := 1 - min(start, 1); tried != want {
			t.Errorf("start %d: tried %d times, want %d", start, tried, want)
		}
		_ = l.Close()
	}
}

// A document that was only being read when the program was killed is read again.
func TestDocumentThatWasReadThen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reading")
	killed(t, path, "lành")
	tried, read := 0, 0
	l := open(t, path, nil, &tried)
	for range 2 {
		if err := l.Do(t.Context(), "a.html", []byte("lành"), func() { read++ }); err != nil {
			t.Error(err)
		}
	}
	if tried != 1 || read != 2 {
		t.Errorf("tried %d times, read %d times", tried, read)
	}
}

// A second process beside the first reads, and takes nothing of the first for suspect.
func TestSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reading")
	tried, read := 0, 0
	first, second := open(t, path, nil, &tried), (*attempt.Log)(nil)
	err := first.Do(t.Context(), "a.md", []byte("tin"), func() {
		second = open(t, path, errors.New("không được gọi"), &tried)
		if err := second.Do(t.Context(), "a.md", []byte("tin"), func() { read++ }); err != nil {
			t.Error(err)
		}
	})
	if err != nil || read != 1 || tried != 0 {
		t.Errorf("%d read, %d tried, %v", read, tried, err)
	}
}

// A document that takes too long, or that ends in a fault of the program, is told and the
// others are read.
func TestSlowAndFaulty(t *testing.T) {
	tried := 0
	l := open(t, filepath.Join(t.TempDir(), "reading"), errors.New("signal: killed"), &tried)
	l.Timeout = 10 * time.Millisecond
	end := make(chan bool)
	defer close(end)
	if err := l.Do(t.Context(), "a.md", []byte("chậm"), func() { <-end }); !errors.Is(err, attempt.ErrSlow) {
		t.Error(err)
	}
	if err := l.Do(t.Context(), "a.md", []byte("chậm"), func() {}); !errors.Is(err, attempt.ErrStopped) || tried != 1 {
		t.Errorf("%v, tried %d times", err, tried)
	}
	for _, l := range []*attempt.Log{l, nil} {
		if err := l.Do(t.Context(), "a.md", []byte("lỗi"), func() { panic("lỗi") }); !errors.Is(err, attempt.ErrPanic) {
			t.Error(err)
		}
	}
}

func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reading")
	if err := os.WriteFile(path, []byte("không phải của chương trình này\n\x00r"), 0o600); err != nil {
		t.Fatal(err)
	}
	tried, read := 0, 0
	l := open(t, path, nil, &tried)
	if err := l.Do(t.Context(), "a.md", []byte("tin"), func() { read++ }); err != nil || read != 1 || tried != 0 {
		t.Errorf("%d read, %d tried, %v", read, tried, err)
	}
}
