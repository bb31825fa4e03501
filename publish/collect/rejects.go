package collect

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bantin"
	"bantin/contact"
)

// rejects writes the rows that were not taken, each with its line and the
// reason, so that they can be mended and imported alone.
type rejects struct {
	path  string
	rows  *contact.Reader
	lang  bantin.Language
	dry   bool
	again bool // the list is one of rejected rows itself
	file  *os.File
	list  *contact.Rejects
}

// newRejects is for the rows of a list. Those of a list of rejected rows go to the
// same file.
func newRejects(list string, rows *contact.Reader, lang bantin.Language, dry bool) *rejects {
	name, again := strings.CutSuffix(list, rejectedSuffix)
	return &rejects{path: name + rejectedSuffix, rows: rows, lang: lang, dry: dry, again: again}
}

func (r *rejects) add(bad *contact.RowError) error {
	if r.dry {
		return nil
	}
	if r.file == nil {
		f, err := os.CreateTemp(filepath.Dir(r.path), ".rejected-*")
		if err != nil {
			return fmt.Errorf("write rejected rows: %w", err)
		}
		r.file = f
		if r.list, err = contact.NewRejects(f, r.rows, r.lang); err != nil {
			return err
		}
	}
	return r.list.Add(bad)
}

// finish puts the file in place and gives its name; "" where no row was
// rejected: then the file of an earlier import is removed.
func (r *rejects) finish() (string, error) {
	if r.file == nil {
		if !r.dry && !r.again {
			os.Remove(r.path)
		}
		return "", nil
	}
	if err := errors.Join(r.file.Chmod(0o640), r.file.Close()); err != nil {
		return "", fmt.Errorf("write rejected rows: %w", err)
	}
	if err := os.Rename(r.file.Name(), r.path); err != nil {
		return "", fmt.Errorf("write rejected rows: %w", err)
	}
	r.file = nil
	return r.path, nil
}

// abandon removes what an import that failed began.
func (r *rejects) abandon() {
	if r.file != nil {
		r.file.Close()
		os.Remove(r.file.Name())
	}
}
