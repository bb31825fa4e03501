package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"bantin"
)

// SentJournal writes to whom editions were handed over: a file for each edition, with one
// keyed hash of the address for each delivery. A line is written before its results are
// stored in the ledger, so that a program that is killed leaves no delivery that the ledger
// has and the journal has not; lines are flushed to disk once a second. Any number of
// processes may write the same file.
//
// A nil SentJournal writes nothing.
type SentJournal struct {
	DB          *DB
	Secret      []byte // what hashes of addresses are keyed with
	Fingerprint string // of the site's secret

	mu    sync.Mutex
	files map[int64]*sentFile // by the edition's row
	flush *time.Timer         // while something is not flushed yet
}

// sentFile is the open file of an edition.
type sentFile struct {
	*os.File
	cut   bool // the last line may be
	dirty bool // not flushed yet
}

// Sent is a delivery that was handed over.
type Sent struct {
	Edition *bantin.Edition
	Hash    string // of SentJournal.Hash
}

// sentFlush is how soon what was written is on disk.
const sentFlush = time.Second

// sentHash is how much of a hash is kept: two addresses in a list never share so much.
const sentHash = 32

// Hash is what the journal knows an address by.
func (j *SentJournal) Hash(address string) string {
	if j == nil {
		return ""
	}
	return erasedHash(j.Secret, bantin.AddressKey(address))[:sentHash]
}

// Add writes some deliveries, in the order of their editions.
func (j *SentJournal) Add(ctx context.Context, sent []Sent) error {
	if j == nil || len(sent) == 0 {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(sent) > 0 {
		n := 1
		for n < len(sent) && sent[n].Edition.Row == sent[0].Edition.Row {
			n++
		}
		if err := j.addTo(ctx, sent[:n]); err != nil {
			return fmt.Errorf("write journal of %s: %w", sent[0].Edition.ID, err)
		}
		sent = sent[n:]
	}
	if j.flush == nil {
		j.flush = time.AfterFunc(sentFlush, j.flushDue)
	}
	return nil
}

func (j *SentJournal) addTo(ctx context.Context, sent []Sent) error {
	f, err := j.file(ctx, sent[0].Edition)
	if err != nil {
		return err
	}
	line := make([]byte, 0, 64+len(sent)*(sentHash+3))
	if f.cut {
		line = append(line, '\n')
	}
	line = append(line, `{"kind":"`+entrySent+`","at":`...)
	line = strconv.AppendInt(line, millis(j.DB.now()), 10)
	line = append(line, `,"hashes":[`...)
	for i, s := range sent {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(append(line, '"'), s.Hash...), '"')
	}
	_, err = f.Write(append(line, "]}\n"...))
	f.cut, f.dirty = err != nil, true
	return err
}

// file gives the open file of an edition, whose lines say first whose they are and which
// edition it is.
func (j *SentJournal) file(ctx context.Context, e *bantin.Edition) (*sentFile, error) {
	if f := j.files[e.Row]; f != nil {
		return f, nil
	}
	entry, err := j.DB.editionEntry(ctx, e.Row)
	if err != nil {
		return nil, err
	}
	head, err := j.DB.journalHead(ctx, j.Fingerprint)
	if err != nil {
		return nil, err
	}
	text := []byte("\n") // ends what a killed process left of a line
	for _, e := range []journalEntry{head, entry} {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		text = append(append(text, line...), '\n')
	}
	f, err := openJournal(j.DB.dir, sentFileName(e.Digest, e.Number, e.Due))
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(text); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if j.files == nil {
		j.files = map[int64]*sentFile{}
	}
	j.files[e.Row] = &sentFile{File: f}
	return j.files[e.Row], nil
}

// sentFileName names the file of an edition. The time tells it from one of the same number
// that a database had that was restored without its journal.
func sentFileName(digest string, number int, due time.Time) string {
	return fmt.Sprintf("%s%s-%d-%s.jsonl", sentPrefix, digest, number, due.UTC().Format("20060102T150405"))
}

// flushDue has what was written on disk, and closes the files that nothing was written to
// since: the next delivery of an edition opens its file again. An error is left to the next
// line, which meets it too.
func (j *SentJournal) flushDue() {
	j.mu.Lock()
	j.flush = nil
	var written []*sentFile
	for row, f := range j.files {
		if !f.dirty {
			delete(j.files, row)
			_ = f.Close()
			continue
		}
		f.dirty = false
		written = append(written, f)
	}
	if len(written) > 0 {
		j.flush = time.AfterFunc(sentFlush, j.flushDue)
	}
	j.mu.Unlock()
	for _, f := range written { // beside those who write
		_ = f.Sync()
	}
}

// Close has all that was written on disk. The journal may be used again.
func (j *SentJournal) Close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.flush != nil {
		j.flush.Stop()
		j.flush = nil
	}
	var err error
	for row, f := range j.files {
		err = errors.Join(err, f.Sync(), f.Close())
		delete(j.files, row)
	}
	return err
}

// openJournal opens a file of the journal to add to.
func openJournal(dir, name string) (*os.File, error) {
	dir = filepath.Join(dir, JournalFolder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// Prune removes the files of editions that nothing was written to since a time.
func (j *Journal) Prune(before time.Time) error {
	files, err := filepath.Glob(filepath.Join(j.DB.dir, JournalFolder, sentPrefix+"*.jsonl"))
	for _, file := range files {
		if info, statErr := os.Stat(file); statErr == nil && info.ModTime().Before(before) {
			err = errors.Join(err, os.Remove(file))
		}
	}
	return wrap(err, "prune journal")
}
