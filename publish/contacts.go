package publish

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

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
	mostTold        = 20  // rejected rows and warnings that are kept to be told
)

// Import reads a list in batches, so that pages and deliveries go on. progress
// is told the rows read so far. With dry set nothing is kept. Rejected rows go
// to FILE.rejected.csv with the reason behind them.
func (im *Importer) Import(ctx context.Context, file string, dry bool, progress func(rows int)) (Imported, error) {
	var done Imported
	f, err := os.Open(file)
	if err != nil {
		return done, fmt.Errorf("import contacts: %w", err)
	}
	defer f.Close()
	rows, err := contact.NewReader(f)
	if err != nil {
		return done, fmt.Errorf("import contacts from %s: %w", file, err)
	}
	rejected := &rejects{path: file + ".rejected.csv", header: rows.Header(), lang: im.Language, dry: dry}
	defer rejected.abandon()
	seen := map[string]bool{}
	var batch []bantin.Contact
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		done.Rows++
		var bad *contact.RowError
		if errors.As(err, &bad) {
			done.reject(bad)
			if err := rejected.add(bad); err != nil {
				return done, err
			}
			continue
		}
		if err != nil {
			return done, fmt.Errorf("import contacts from %s: %w", file, err)
		}
		done.warn(row)
		if key := bantin.AddressKey(row.Contact.Email); seen[key] {
			done.Twice++
		} else {
			seen[key] = true
		}
		if batch = append(batch, row.Contact); len(batch) == contactsInBatch {
			if err := im.keep(ctx, batch, dry, &done); err != nil {
				return done, err
			}
			batch = batch[:0]
			progress(done.Rows)
		}
	}
	if err := im.keep(ctx, batch, dry, &done); err != nil {
		return done, err
	}
	if done.File, err = rejected.finish(); err != nil {
		return done, err
	}
	return done, im.reach(ctx, seen, &done)
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

func (im *Importer) keep(ctx context.Context, batch []bantin.Contact, dry bool, done *Imported) error {
	if len(batch) == 0 {
		return nil
	}
	sum, err := im.DB.ImportContacts(ctx, batch, bantin.OriginImport, im.Secret, dry)
	done.Import = done.Plus(sum)
	return err
}

// reach counts for each digest how many of the rows will get it.
func (im *Importer) reach(ctx context.Context, seen map[string]bool, done *Imported) error {
	const atOnce = 5000
	for _, d := range im.Digests {
		audience := im.Editor.Audience(d)
		reach := DigestReach{Digest: d.ID}
		page := make([]string, 0, atOnce)
		count := func() error {
			n, err := im.DB.CountAudience(ctx, d.ID, audience, page)
			reach.Rows += n
			page = page[:0]
			return err
		}
		for key := range seen {
			if page = append(page, key); len(page) == atOnce {
				if err := count(); err != nil {
					return err
				}
			}
		}
		if err := count(); err != nil {
			return err
		}
		done.Digests = append(done.Digests, reach)
	}
	return nil
}

// rejects writes the rows that were not taken, each with its line and the
// reason, so that they can be mended and imported alone.
type rejects struct {
	path   string
	header []string
	lang   bantin.Language
	dry    bool
	file   *os.File
	csv    *csv.Writer
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
		r.file, r.csv = f, csv.NewWriter(f)
		head := append(append([]string{}, r.header...), r.lang.Say("dòng", "line"), r.lang.Say("lý do", "reason"))
		if err := r.csv.Write(head); err != nil {
			return fmt.Errorf("write rejected rows: %w", err)
		}
	}
	fields := make([]string, len(r.header), len(r.header)+2)
	copy(fields, bad.Fields)
	return r.csv.Write(append(fields, strconv.Itoa(bad.Line), bad.Reason.In(r.lang)))
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
	r.csv.Flush()
	if err := errors.Join(r.csv.Error(), r.file.Chmod(0o640), r.file.Close()); err != nil {
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
