package collect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/contact"
	"bantin/store"
)

// Importer reads lists of contacts into the store.
type Importer struct {
	DB       *store.DB
	Log      *slog.Logger                                        // of Watch
	Audience func(d *bantin.Digest, at time.Time) store.Audience // edition.Editor.Audience
	Secret   []byte                                              // what erased addresses are known by
	Digests  []*bantin.Digest
	Language bantin.Language // of the reasons in the file of rejected rows
}

// List is a list to import.
type List struct {
	File string
	Name string // what its imports are known by; "" for the name of the file
	Who  string // who runs it, for the record
	Dry  bool   // tell what would change, and change nothing

	KeepRejected bool // a dry run writes the file of rejected rows too

	Complete bool // who came by this list and is not on it any more is ended
}

// rejectedSuffix ends the name of a file of rejected rows: those of a list.
const rejectedSuffix = ".rejected.csv"

// name is what the imports of a list are known by: an office keeps a file's
// name and not its place.
func (l *List) name() string {
	return cmp.Or(l.Name, strings.TrimSuffix(filepath.Base(l.File), rejectedSuffix))
}

// importBatch are stored in one transaction, some tens of milliseconds.
const importBatch = 5_000

// Import reads a list to its end and stores it in batches, so that pages and
// deliveries go on; its length costs no memory. A list of more than one batch is
// stored in the order of its addresses: a database that has millions of those in
// its index writes a part of it with each batch then, and not all of it.
//
// progress is called with the rows read so far and those of them that are done.
// Rejected rows go to FILE.rejected.csv with the reason behind them. Where a list
// cannot be read to its end nothing is changed; where storing it is stopped, the
// batches before stay, and importing again does the rest.
func (im *Importer) Import(ctx context.Context, list List, progress func(read, kept int)) (done Imported, err error) {
	rows, err := contact.Open(list.File)
	if err != nil {
		return Imported{}, fmt.Errorf("import contacts from %s: %w", list.File, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	sorter, err := store.NewContactSorter(ctx)
	if err != nil {
		return Imported{}, fmt.Errorf("import contacts from %s: %w", list.File, err)
	}
	defer func() { err = errors.Join(err, sorter.Close()) }()
	l := &listImport{Importer: im, List: list, progress: progress, sorter: sorter,
		rejected: newRejects(list.File, rows, im.Language, list.Dry && !list.KeepRejected)}
	l.done.Sheet = rows.Sheet
	defer l.rejected.abandon()
	for _, d := range im.Digests {
		l.done.Digests = append(l.done.Digests, DigestReach{Digest: d.ID})
		l.audiences = append(l.audiences, im.Audience(d, time.Now()))
	}
	hash, err := fileHash(list.File) // before it is read: what is changed meanwhile is imported again
	if err != nil {
		return Imported{}, err
	}
	if err := l.read(ctx, rows); err != nil {
		return l.done, fmt.Errorf("import contacts from %s: %w", list.File, err)
	}
	l.done.Notes = rows.Notes // those of further sheets too
	err = l.store(ctx, hash)
	l.done.sortWarnings()
	return l.done, err
}

// listImport is one import.
type listImport struct {
	*Importer
	List
	done      Imported
	progress  func(read, kept int)
	audiences []store.Audience
	rejected  *rejects
	sorter    *store.ContactSorter
	number    int64 // of the import; 0 in a dry run
	kept      int   // rows that are dealt with
	found     idSet // contacts of before that the list has
}

// read takes all rows of the list.
func (l *listImport) read(ctx context.Context, rows *contact.Reader) error {
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			l.progress(l.done.Rows, l.kept)
			return nil
		}
		if err := l.take(ctx, row, err); err != nil {
			return err
		}
		if l.done.Rows%importBatch > 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		l.progress(l.done.Rows, l.kept)
	}
}

func (l *listImport) take(ctx context.Context, row contact.Row, err error) error {
	l.done.Rows++
	var bad *contact.RowError
	if errors.As(err, &bad) {
		l.kept++
		l.done.reject(bad)
		return l.rejected.add(bad)
	}
	if err != nil {
		return err
	}
	l.done.warn(row.Line, row.Warnings...)
	return l.sorter.Add(ctx, row.Line, &row.Contact)
}

// store puts the import on record and does it.
func (l *listImport) store(ctx context.Context, hash string) error {
	if !l.Dry {
		var err error
		l.number, err = l.DB.Imports().Begin(ctx, store.ImportInfo{List: l.name(), File: filepath.Base(l.List.File), Hash: hash, Who: l.Who})
		if err != nil {
			return err
		}
	}
	var batch []store.SortedContact
	short := true // it stays in its own order
	for row, err := range l.sorter.Rows(ctx) {
		switch last := len(batch) - 1; {
		case err != nil:
			return err
		case last >= 0 && sameAddress(&batch[last], &row):
			l.mergeRow(&batch[last], &row)
			continue
		case len(batch) == importBatch:
			if err := l.keep(ctx, batch); err != nil {
				return err
			}
			batch, short = batch[:0], false
		}
		batch = append(batch, row)
	}
	if short {
		slices.SortFunc(batch, func(a, b store.SortedContact) int { return a.Line - b.Line })
	}
	if err := l.keep(ctx, batch); err != nil {
		return err
	}
	return l.finish(ctx)
}

func sameAddress(a, b *store.SortedContact) bool {
	return bantin.AddressKey(a.Contact.Email) == bantin.AddressKey(b.Contact.Email)
}

// mergeRow has a later row of an address add to the earlier one, so that importing
// the list again changes nothing.
func (l *listImport) mergeRow(first, later *store.SortedContact) {
	l.kept++
	l.done.Twice++
	l.done.warn(later.Line, contact.Note{Words: bantin.Say("địa chỉ %s đã có ở dòng %d: dòng này bổ sung dòng ấy",
		"the address %s is also on line %d: this line adds to that one", later.Contact.Email, first.Line)})
	supplement(&first.Contact, &later.Contact)
}

func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("import contacts: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("import contacts: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Imported reports whether the file is the one that its list was last imported
// from, undone or not.
func (im *Importer) Imported(ctx context.Context, list List) (bool, error) {
	last, err := im.DB.Imports().Last(ctx, list.name())
	if errors.Is(err, bantin.ErrNotFound) {
		return false, nil
	}
	if err != nil || last.Status == store.ImportBegun || last.Status == store.ImportRunning {
		return false, err
	}
	hash, err := fileHash(list.File)
	return hash == last.Hash, err
}

// supplement puts what a later row says over what an earlier one said.
func supplement(c, later *bantin.Contact) {
	c.Email = later.Email
	c.Name = cmp.Or(later.Name, c.Name)
	c.Place = cmp.Or(later.Place, c.Place)
	c.Level = cmp.Or(later.Level, c.Level)
	c.Language = cmp.Or(later.Language, c.Language)
	if len(later.Tags) > 0 {
		c.Tags = later.Tags
	}
}

// keep stores a batch, or asks what storing it would do, and counts.
func (l *listImport) keep(ctx context.Context, batch []store.SortedContact) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	contacts := make([]bantin.Contact, len(batch))
	for i := range batch {
		contacts[i] = batch[i].Contact
	}
	results, err := l.DB.Imports().ApplyBatch(ctx, store.ImportBatch{Contacts: contacts, Origin: bantin.OriginImport, Secret: l.Secret,
		Import: l.number, Who: l.Who, Dry: l.Dry})
	if err != nil {
		return err
	}
	for i := range results {
		l.count(&results[i])
	}
	l.kept += len(batch)
	l.progress(l.done.Rows, l.kept)
	return nil
}

func (l *listImport) count(f *store.ImportResult) {
	l.done.Count(f)
	if f.Contact.ID != 0 {
		l.found.add(f.Contact.ID)
	}
	if f.Is == store.ContactErased {
		return
	}
	for i, d := range l.Digests {
		l.done.Digests[i].count(&f.Contact, l.audiences[i].ReasonFor(&f.Contact, d.ID))
	}
}

func (l *listImport) finish(ctx context.Context) error {
	missing, err := l.countMissing(ctx)
	if err != nil {
		return err
	}
	if err := l.end(ctx, missing); err != nil {
		return err
	}

	if l.done.File, err = l.rejected.finish(); err != nil || l.Dry {
		return err
	}
	status := store.ImportDone
	if l.done.Added+l.done.Changed+l.done.Ended == 0 {
		status = store.ImportUnchanged
	}
	return l.DB.Imports().SetStatus(ctx, l.number, status)
}
