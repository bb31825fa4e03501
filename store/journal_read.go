package store

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Journals are the entries of all files of some folders. The files of editions are read
// when they are needed: together they may be large.
type Journals struct {
	entries    []journalEntry
	sent       []string // files of editions
	unreadable int

	instance     string
	fingerprints []string
}

// maxJournalLine is more than any line has.
const maxJournalLine = 4 << 20

// ReadJournal reads the journal of some folders: nodes have one each. instance and
// fingerprints say whose it must be ("": of any, but of one); an entry under another secret
// is ErrOtherJournal, since its hashes say nothing.
func ReadJournal(dirs []string, instance string, fingerprints []string) (*Journals, error) {
	j := &Journals{instance: instance, fingerprints: fingerprints}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
		if err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("read journal %s: %w", dir, ErrNoJournal)
		}
		for _, file := range files {
			if err := j.add(file); err != nil {
				return nil, fmt.Errorf("read journal %s: %w", file, err)
			}
		}
	}
	return j, nil
}

// errEnough ends the reading of a file.
var errEnough = errors.New("enough was read")

// add reads a file; of an edition's only whose it is, and which edition's.
func (j *Journals) add(file string) error {
	if !strings.HasPrefix(filepath.Base(file), sentPrefix) {
		return j.read(file, func(e journalEntry) error {
			j.entries = append(j.entries, e)
			return nil
		})
	}
	unreadable := j.unreadable
	j.sent = append(j.sent, file)
	err := j.read(file, func(e journalEntry) error {
		if e.Kind == entryEdition {
			j.entries = append(j.entries, e)
			return errEnough
		}
		return nil
	})
	j.unreadable = unreadable // counted when all of it is read
	return err
}

// read gives the entries of a file. A line that was cut or damaged is counted; the others
// hold.
func (j *Journals) read(file string, yield func(journalEntry) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxJournalLine)
	ours := false
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		e, ok := parseEntry(lines.Bytes())
		switch {
		case !ok:
			j.unreadable++
		case e.Kind == entryHead:
			if err := j.checkHead(&e); err != nil {
				return err
			}
			ours = true
		case !ours:
			return ErrOtherJournal // it does not say whose it is
		default:
			if err := yield(e); err != nil {
				return ignore(errEnough, err)
			}
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		j.unreadable++ // what follows cannot be told from it
		return nil
	}
	return lines.Err()
}

func ignore(what, err error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

func (j *Journals) checkHead(e *journalEntry) error {
	j.instance = cmp.Or(j.instance, e.Instance)
	switch {
	case e.Version > journalVersion:
		return ErrNewerJournal
	case e.Instance != j.instance || !slices.Contains(j.fingerprints, e.Fingerprint):
		return ErrOtherJournal
	}
	return nil
}

// parseEntry reads a line; ok is false for one that is none.
func parseEntry(line []byte) (e journalEntry, ok bool) {
	err := json.Unmarshal(line, &e)
	return e, err == nil && e.Kind != ""
}

// handedOver gives the hashes of those to whom an edition was handed over.
func (j *Journals) handedOver(digest string, due int64) (map[string]bool, error) {
	hashes := map[string]bool{}
	for _, file := range j.sent {
		if !strings.HasPrefix(filepath.Base(file), sentPrefix+digest+"-") {
			continue
		}
		isIt := false
		err := j.read(file, func(e journalEntry) error {
			switch {
			case e.Kind == entryEdition && (e.Digest != digest || e.Due != due):
				return errEnough
			case e.Kind == entryEdition:
				isIt = true
			case e.Kind == entrySent && isIt:
				for _, hash := range e.Hashes {
					hashes[hash] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
	}
	return hashes, nil
}
