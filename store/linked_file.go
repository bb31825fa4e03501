package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"bantin"
)

// LinkedFiles keeps the files that editions link to. Add stores one; a composition that
// names it keeps it (see Compositions.Put), and its edition takes it over. Open reads it. It
// goes with an edition that is cancelled, and after an hour where nothing names it.
type LinkedFiles struct{ db *DB }

// LinkedFiles gives the view of the linked files.
func (db *DB) LinkedFiles() LinkedFiles { return LinkedFiles{db} }

// unusedFor is how long a file is kept that no composition names: it is stored before it
// is named.
const unusedFor = time.Hour

// Add stores a file under an id of its own.
func (v LinkedFiles) Add(ctx context.Context, id string, content []byte) error {
	err := v.db.write(ctx, "keep linked file", func(tx *sql.Tx) error { // first, so that no part is left without it
		_, err := tx.ExecContext(ctx, `INSERT INTO linked_files (id, created_at) VALUES ($1, $2)`, id, millis(v.db.now()))
		return err
	})
	for part := 0; err == nil && len(content) > 0; part++ {
		data := content[:min(len(content), uploadPart)]
		content = content[len(data):]
		err = v.db.execute(ctx, "keep linked file", `INSERT INTO linked_file_parts (file, part, data) VALUES ($1, $2, $3)`, id, part, data)
	}
	return err
}

// Open gives the content of a file; bantin.ErrNotFound where it is gone.
func (v LinkedFiles) Open(ctx context.Context, f *bantin.LinkedFile) (io.ReadSeeker, error) {
	there, err := anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM linked_files WHERE id = $1)`, f.ID)
	if err != nil {
		return nil, fmt.Errorf("open linked file: %w", explain(err))
	}
	if !there {
		return nil, fmt.Errorf("linked file %s: %w", f.ID, bantin.ErrNotFound)
	}
	return io.NewSectionReader(&partReader{ctx: ctx, db: v.db, id: f.ID, part: -1}, 0, f.Size), nil
}

// partReader reads a file a part at a time.
type partReader struct {
	ctx  context.Context
	db   *DB
	id   string
	part int64 // that data is
	data []byte
}

// ReadAt reads from one part: a section reader asks for the rest.
func (r *partReader) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if part := off / uploadPart; part != r.part {
			err := r.db.reader.QueryRowContext(r.ctx, `SELECT data FROM linked_file_parts WHERE file = $1 AND part = $2`, r.id, part).Scan(&r.data)
			if errors.Is(err, sql.ErrNoRows) {
				return n, io.EOF
			}
			if err != nil {
				return n, fmt.Errorf("read linked file: %w", explain(err))
			}
			r.part = part
		}
		got, err := bytes.NewReader(r.data).ReadAt(p[n:], off%uploadPart)
		if got == 0 {
			return n, err
		}
		n, off = n+got, off+int64(got)
	}
	return n, nil
}

// giveFile has an edition own the file that it links to, and no other.
func giveFile(ctx context.Context, tx *sql.Tx, edition int64, f *bantin.LinkedFile) error {
	if _, err := tx.ExecContext(ctx, `UPDATE linked_files SET edition = 0 WHERE edition = $1`, edition); err != nil || f == nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE linked_files SET edition = $1 WHERE id = $2`, edition, f.ID)
	return err
}

// removeCancelledFiles removes the files of cancelled editions.
func removeCancelledFiles(ctx context.Context, tx *sql.Tx) error {
	return removeFiles(ctx, tx, `edition > 0 AND EXISTS (SELECT 1 FROM editions e WHERE e.n = linked_files.edition AND e.status = 'cancelled')`)
}

// Prune removes what nothing names.
func (v LinkedFiles) Prune(ctx context.Context) error {
	return v.db.write(ctx, "remove unused files", func(tx *sql.Tx) error {
		return removeFiles(ctx, tx, `edition = 0 AND created_at < $1 AND NOT EXISTS (SELECT 1 FROM compositions c WHERE c.content LIKE '%"' || linked_files.id || '"%')`,
			millis(v.db.now().Add(-unusedFor)))
	})
}

func removeFiles(ctx context.Context, tx *sql.Tx, condition string, args ...any) error {
	ids, err := collectColumn[string](ctx, tx, `SELECT id FROM linked_files WHERE `+condition, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, query := range []string{`DELETE FROM linked_file_parts WHERE file = $1`, `DELETE FROM linked_files WHERE id = $1`} {
			if _, err := tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
	}
	return nil
}
