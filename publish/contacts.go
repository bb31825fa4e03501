package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
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
	Editor   *Editor
	Secret   []byte // what erased addresses are known by
	Digests  []*bantin.Digest
	Language bantin.Language // of the reasons in the file of rejected rows
}

// List is a list to import.
type List struct {
	File string
	Name string // what its imports are known by; "" for the name of the file
	Who  string // who runs it, for the record
	Dry  bool   // tell what would change, and change nothing
}

// partial ends the name of a file of rejected rows: those of a list.
const partial = ".rejected.csv"

// name is what the imports of a list are known by: an office keeps a file's
// name and not its place.
func (l *List) name() string {
	return cmp.Or(l.Name, strings.TrimSuffix(filepath.Base(l.File), partial))
}

// rowsAtOnce are read before they are stored, in the order of their addresses:
// a database that has millions of those in its index writes a few parts of it
// then and not all of it each time. contactsInBatch are one transaction, some
// tens of milliseconds.
const rowsAtOnce, contactsInBatch = 20_000, 5_000

// Import reads a list in batches, so that pages and deliveries go on and its
// length costs no memory. progress is told the rows read so far. Rejected rows
// go to FILE.rejected.csv with the reason behind them. Where it is stopped, the
// batches before stay, and importing again does the rest.
func (im *Importer) Import(ctx context.Context, list List, progress func(rows int)) (done Imported, err error) {
	rows, err := contact.Open(list.File)
	if err != nil {
		return Imported{}, fmt.Errorf("import contacts from %s: %w", list.File, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	l := &listImport{Importer: im, List: list,
		rejected: &rejects{path: list.File + partial, rows: rows, lang: im.Language, dry: list.Dry}}
	l.done.Sheet, l.done.Notes = rows.Sheet, rows.Notes
	defer l.rejected.abandon()
	for _, d := range im.Digests {
		l.done.Digests = append(l.done.Digests, DigestReach{Digest: d.ID})
		l.audiences = append(l.audiences, im.Editor.Audience(d, time.Now()))
	}
	if err := l.open(ctx); err != nil {
		return Imported{}, err
	}
	defer func() { err = errors.Join(err, l.seen.Close()) }()
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return l.done, l.finish(ctx)
		}
		if err := l.take(row, err); err != nil {
			return l.done, fmt.Errorf("import contacts from %s: %w", list.File, err)
		}
		if len(l.batch) == rowsAtOnce {
			l.sorted = true // a short list stays in its own order
			if err := l.keep(ctx); err != nil {
				return l.done, err
			}
		}
		if l.done.Rows%contactsInBatch == 0 {
			progress(l.done.Rows)
		}
	}
}

// listImport is one import.
type listImport struct {
	*Importer
	List
	done      Imported
	number    int64 // of the import; 0 in a dry run
	audiences []store.Audience
	rejected  *rejects
	met       idSet       // contacts of before that the list has
	seen      *store.Seen // addresses that are new; of a dry run, where the store does not know them

	batch  []listed
	at     map[string]int // where in the batch an address stands
	sorted bool           // it is stored in the order of its addresses
}

// listed is a contact of the list.
type listed struct {
	bantin.Contact
	key  string
	line int
}

// open puts the import on record.
func (l *listImport) open(ctx context.Context) error {
	l.begin()
	var err error
	if l.seen, err = store.NewSeen(ctx); err != nil || l.Dry {
		return err
	}
	hash, err := fileHash(l.List.File)
	if err == nil {
		l.number, err = l.DB.BeginImport(ctx, store.ImportOf{List: l.name(), File: filepath.Base(l.List.File), Hash: hash, Who: l.Who})
	}
	return errors.Join(err, closeIf(err, l.seen))
}

func closeIf(err error, c io.Closer) error {
	if err == nil {
		return nil
	}
	return c.Close()
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
	last, err := im.DB.LastImport(ctx, list.name())
	if errors.Is(err, bantin.ErrNotFound) {
		return false, nil
	}
	if err != nil || last.Status == store.ImportRunning {
		return false, err
	}
	hash, err := fileHash(list.File)
	return hash == last.Hash, err
}

func (l *listImport) begin() {
	l.batch = l.batch[:0]
	if l.at == nil {
		l.at = map[string]int{}
	}
	clear(l.at)
}

// take puts a row into the batch. A later row of the same address adds to the
// earlier one, so that importing the list again changes nothing.
func (l *listImport) take(row contact.Row, err error) error {
	l.done.Rows++
	var bad *contact.RowError
	if errors.As(err, &bad) {
		l.done.reject(bad)
		return l.rejected.add(bad)
	}
	if err != nil {
		return err
	}
	key := bantin.AddressKey(row.Contact.Email)
	i, here := l.at[key]
	if here {
		row.Warnings = append(row.Warnings, bantin.Words{
			VI: fmt.Sprintf("địa chỉ %s đã có ở dòng %d: dòng này bổ sung dòng ấy", row.Contact.Email, l.batch[i].line),
			EN: fmt.Sprintf("the address %s stands in line %d too: this line adds to that", row.Contact.Email, l.batch[i].line)})
	}
	l.done.warn(row)
	if here {
		l.done.Twice++
		supplement(&l.batch[i].Contact, &row.Contact)
		return nil
	}
	l.at[key] = len(l.batch)
	l.batch = append(l.batch, listed{row.Contact, key, row.Line})
	return nil
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

// keep stores what was read, or asks what storing it would do, and counts.
func (l *listImport) keep(ctx context.Context) error {
	defer l.begin()
	if l.sorted {
		slices.SortFunc(l.batch, func(a, b listed) int { return strings.Compare(a.key, b.key) })
	}
	for some := range slices.Chunk(l.batch, contactsInBatch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.keepSome(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (l *listImport) keepSome(ctx context.Context, some []listed) error {
	contacts := make([]bantin.Contact, len(some))
	for i := range some {
		contacts[i] = some[i].Contact
	}
	fates, err := l.DB.ImportBatch(ctx, store.Batch{Contacts: contacts, Origin: bantin.OriginImport, Secret: l.Secret,
		Import: l.number, Who: l.Who, Dry: l.Dry})
	if err != nil {
		return err
	}
	again, err := l.metBefore(ctx, some, fates)
	if err != nil {
		return err
	}
	for i := range fates {
		if again[i] {
			l.done.Twice++
			l.done.warn(contact.Row{Line: some[i].line, Warnings: []bantin.Words{{
				VI: fmt.Sprintf("địa chỉ %s đã có ở trên: dòng này bổ sung dòng ấy", some[i].Email),
				EN: fmt.Sprintf("the address %s stands further up too: this line adds to that", some[i].Email)}}})
			continue
		}
		l.count(&fates[i])
	}
	return nil
}

// metBefore tells which contacts an earlier batch had, and remembers all.
func (l *listImport) metBefore(ctx context.Context, some []listed, fates []store.Fate) ([]bool, error) {
	again := make([]bool, len(fates))
	var fresh []string
	for i := range fates {
		f := &fates[i]
		switch {
		case f.Contact.ID != 0:
			again[i] = f.Again || !l.met.add(f.Contact.ID)
		case l.Dry || f.Is == store.FateErased:
			fresh = append(fresh, some[i].key)
		}
	}
	known, err := l.seen.Add(ctx, fresh)
	for i := range fates {
		if fates[i].Contact.ID == 0 && known[some[i].key] {
			again[i] = true
		}
	}
	return again, err
}

func (l *listImport) count(f *store.Fate) {
	l.done.Count(f)
	if f.Is == store.FateErased {
		return
	}
	for i, d := range l.Digests {
		if l.audiences[i].Why(&f.Contact, d.ID).Gets() {
			l.done.Digests[i].Rows++
		}
	}
}

func (l *listImport) finish(ctx context.Context) error {
	if err := l.keep(ctx); err != nil {
		return err
	}
	if err := l.missing(ctx); err != nil {
		return err
	}
	var err error
	if l.done.File, err = l.rejected.finish(); err != nil || l.Dry {
		return err
	}
	return l.DB.SetImport(ctx, l.number, store.ImportDone)
}

// missing tells who came by this list before and is not on it any more. That
// changes nothing: people leave lists by mistake too.
func (l *listImport) missing(ctx context.Context) error {
	if strings.HasSuffix(l.List.File, partial) {
		return nil
	}
	before := l.number
	if l.Dry {
		before = math.MaxInt64
	}
	return l.DB.BroughtBy(ctx, l.name(), before, func(id int64, email string) {
		if l.met.has(id) {
			return
		}
		l.done.Missing++
		if len(l.done.Gone) < mostTold {
			l.done.Gone = append(l.done.Gone, email)
		}
	})
}
