package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

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

// Imported tells what an import did.
type Imported struct {
	store.Import
	Rows     int
	Rejected []*contact.RowError // the first of them
	Refused  int                 // how many in all
	Twice    int                 // rows whose address came before in the file
	Warnings []Warning           // the first of them
	Warned   int                 // how many in all
	Digests  []DigestReach
	File     string // of the rejected rows; "" where there are none
}

// Warning is what was noticed about a row that was taken.
type Warning struct {
	Line  int
	Words bantin.Words
}

// DigestReach tells how many rows of the list get a digest.
type DigestReach struct {
	Digest string `json:"digest"`
	Rows   int    `json:"rows"`
}

const (
	contactsInBatch = 500 // one transaction
	// mostTold is how many rejected rows and warnings are kept to be told. More
	// than these nobody reads there: FILE.rejected.csv has all.
	mostTold = 1000
)

// Import reads a list in batches, so that pages and deliveries go on. progress
// is told the rows read so far. With dry set nothing is kept. Rejected rows go
// to FILE.rejected.csv with the reason behind them.
func (im *Importer) Import(ctx context.Context, file string, dry bool, progress func(rows int)) (Imported, error) {
	f, err := os.Open(file)
	if err != nil {
		return Imported{}, fmt.Errorf("import contacts: %w", err)
	}
	defer f.Close()
	rows, err := contact.NewReader(f)
	if err != nil {
		return Imported{}, fmt.Errorf("import contacts from %s: %w", file, err)
	}
	l := &listImport{Importer: im, dry: dry, seen: map[string]int{},
		rejected: &rejects{path: file + ".rejected.csv", rows: rows, lang: im.Language, dry: dry}}
	defer l.rejected.abandon()
	for _, d := range im.Digests {
		l.done.Digests = append(l.done.Digests, DigestReach{Digest: d.ID})
	}
	l.begin()
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return l.done, l.finish(ctx)
		}
		if err := l.take(row, err); err != nil {
			return l.done, fmt.Errorf("import contacts from %s: %w", file, err)
		}
		if len(l.batch) == contactsInBatch {
			if err := l.keep(ctx); err != nil {
				return l.done, err
			}
			progress(l.done.Rows)
		}
	}
}

// listImport is one import.
type listImport struct {
	*Importer
	dry      bool
	done     Imported
	rejected *rejects
	seen     map[string]int // the line of each address

	batch []bantin.Contact
	at    map[string]int // where in the batch an address stands
	fresh []string       // addresses that no earlier batch had
}

func (l *listImport) begin() {
	l.batch, l.fresh, l.at = l.batch[:0], make([]string, 0, contactsInBatch), map[string]int{}
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
	line, twice := l.seen[key]
	if twice {
		l.done.Twice++
		row.Warnings = append(row.Warnings, bantin.Words{
			VI: fmt.Sprintf("địa chỉ %s đã có ở dòng %d: dòng này bổ sung dòng ấy", row.Contact.Email, line),
			EN: fmt.Sprintf("the address %s stands in line %d too: this line adds to that", row.Contact.Email, line)})
	} else {
		l.seen[key] = row.Line
		l.fresh = append(l.fresh, key)
	}
	l.done.warn(row)
	if i, here := l.at[key]; here {
		supplement(&l.batch[i], &row.Contact)
		return nil
	}
	if twice && l.dry {
		return nil // nothing was kept of the batch that had it: it would count as new once more
	}
	l.at[key] = len(l.batch)
	l.batch = append(l.batch, row.Contact)
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

func (d *Imported) reject(bad *contact.RowError) {
	d.Refused++
	if len(d.Rejected) < mostTold {
		d.Rejected = append(d.Rejected, bad)
	}
}

func (d *Imported) warn(row contact.Row) {
	for _, w := range row.Warnings {
		d.Warned++
		if len(d.Warnings) < mostTold {
			d.Warnings = append(d.Warnings, Warning{row.Line, w})
		}
	}
}

// keep stores the batch, or tries what storing it would do.
func (l *listImport) keep(ctx context.Context) error {
	defer l.begin()
	if len(l.batch) == 0 {
		return nil
	}
	if l.dry {
		return l.try(ctx)
	}
	sum, err := l.DB.ImportContacts(ctx, l.batch, bantin.OriginImport, l.Secret, false)
	l.done.Import = l.done.Plus(sum)
	return err
}

func (l *listImport) try(ctx context.Context) error {
	var questions []store.Reach
	for _, d := range l.Digests {
		questions = append(questions, store.Reach{Digest: d.ID, Audience: l.Editor.Audience(d), Addresses: l.fresh})
	}
	sum, counts, err := l.DB.TryImport(ctx, l.batch, bantin.OriginImport, l.Secret, questions)
	l.done.Import = l.done.Plus(sum)
	for i, n := range counts {
		l.done.Digests[i].Rows += n
	}
	return err
}

func (l *listImport) finish(ctx context.Context) error {
	if err := l.keep(ctx); err != nil {
		return err
	}
	var err error
	if l.done.File, err = l.rejected.finish(); err != nil || l.dry {
		return err
	}
	return l.reach(ctx)
}

// reach counts for each digest how many of the list's people will get it.
func (l *listImport) reach(ctx context.Context) error {
	const atOnce = 5000
	for i, d := range l.Digests {
		audience := l.Editor.Audience(d)
		for page := range slices.Chunk(slices.Collect(maps.Keys(l.seen)), atOnce) {
			n, err := l.DB.CountAudience(ctx, d.ID, audience, page)
			if err != nil {
				return err
			}
			l.done.Digests[i].Rows += n
		}
	}
	return nil
}

// rejects writes the rows that were not taken, each with its line and the
// reason, so that they can be mended and imported alone.
type rejects struct {
	path string
	rows *contact.Reader
	lang bantin.Language
	dry  bool
	file *os.File
	list *contact.Rejects
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
		if !r.dry {
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
