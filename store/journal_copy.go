package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// CopyJournal copies the journal of a data directory into a folder, as far as it has grown,
// and gives its size. A copy there that is not the beginning of this journal, as after a new
// start with an empty directory, is kept under another name, and read by a restore all the
// same.
func CopyJournal(ctx context.Context, dir, to string) (bytes int64, err error) {
	files, err := filepath.Glob(filepath.Join(dir, JournalFolder, "*.jsonl"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: %w", filepath.Join(dir, JournalFolder), ErrNoJournal)
	}
	if err == nil {
		err = os.MkdirAll(to, 0o750)
	}
	for _, file := range files {
		if err != nil {
			break
		}
		var n int64
		n, err = copyJournalFile(ctx, file, filepath.Join(to, filepath.Base(file)))
		bytes += n
	}
	if err == nil {
		err = syncFile(to)
	}
	return bytes, wrap(err, "copy journal")
}

// copyJournalFile copies a file, unless the copy has all of it.
func copyJournalFile(ctx context.Context, from, target string) (bytes int64, err error) {
	info, err := os.Stat(from)
	if err != nil {
		return 0, err
	}
	if copied, err := os.Stat(target); err == nil && copied.Size() == info.Size() && copied.ModTime().After(info.ModTime()) {
		return info.Size(), nil
	}
	tmp := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".new")
	_ = os.Remove(tmp)
	err = copyFile(ctx, from, tmp)
	begins := false
	if err == nil {
		begins, err = beginsWith(tmp, target)
	}
	if err == nil && !begins {
		err = os.Rename(target, strings.TrimSuffix(target, ".jsonl")+"-"+time.Now().UTC().Format("20060102T150405.000")+".jsonl")
	}
	if err == nil {
		err = os.Rename(tmp, target)
	}
	if err != nil {
		return 0, errors.Join(err, ignoreMissing(os.Remove(tmp)))
	}
	return info.Size(), nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// beginsWith reports whether a file begins with all that another has; true where that is
// missing.
func beginsWith(long, short string) (bool, error) {
	b, err := os.Open(short)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer b.Close()
	a, err := os.Open(long)
	if err != nil {
		return false, err
	}
	defer a.Close()
	whole, part := bufio.NewReader(a), bufio.NewReader(b)
	for {
		want, err := part.ReadByte()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if got, err := whole.ReadByte(); err != nil || got != want {
			return false, nil // it is shorter, or another
		}
	}
}
