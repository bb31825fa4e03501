package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"bantin"
)

// Uploads are lists that people of the office uploaded: a file, the rows of it that were
// rejected, and what importing it would do, until somebody says yes or it expires. Every
// node of a database sees them. Add keeps one, Claim and Settle do it once.
type Uploads struct{ db *DB }

// Uploads gives the view of the uploads.
func (db *DB) Uploads() Uploads { return Uploads{db} }

// Upload is a list that was uploaded.
type Upload struct {
	Hash    string // of the token that names it
	Name    string // of the file
	Status  UploadStatus
	Report  string // JSON of what it would do, or did
	Expires time.Time
}

// UploadStatus is how far an upload came.
type UploadStatus string

// The states of an upload.
const (
	UploadTried   UploadStatus = "tried"
	UploadRunning UploadStatus = "running"
	UploadDone    UploadStatus = "done"
)

// UploadKind names one of the files of an upload.
type UploadKind string

// The files of an upload.
const (
	UploadFile     UploadKind = "file"
	UploadRejected UploadKind = "rejected"
)

// uploadPart is how much of a file is written in one transaction.
const uploadPart = 512 << 10

// Add keeps an upload with its files, and removes those that expired. It can be claimed
// when all of it is there.
func (v Uploads) Add(ctx context.Context, u Upload, files map[UploadKind]io.Reader) error {
	if err := v.deleteExpired(ctx); err != nil {
		return err
	}
	err := v.db.write(ctx, "keep upload", func(tx *sql.Tx) error { // first, so that no part is left without it
		_, err := tx.ExecContext(ctx, `INSERT INTO uploads (hash, name, status, report, expires_at) VALUES ($1, $2, $3, $4, $5)`, u.Hash, u.Name, UploadRunning, u.Report, millis(u.Expires))
		return err
	})
	if err != nil {
		return err
	}
	for kind, file := range files {
		if err := v.addFile(ctx, u.Hash, kind, file); err != nil {
			return err
		}
	}
	return v.Release(ctx, u.Hash)
}

func (v Uploads) addFile(ctx context.Context, hash string, kind UploadKind, file io.Reader) error {
	buffer := make([]byte, uploadPart)
	for part := 0; ; part++ {
		n, err := io.ReadFull(file, buffer)
		if n == 0 && errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("keep upload: %w", err)
		}
		wrote := v.db.execute(ctx, "keep upload", `INSERT INTO upload_parts (upload, kind, part, data) VALUES ($1, $2, $3, $4)`, hash, kind, part, buffer[:n])
		if wrote != nil || err != nil {
			return wrote
		}
	}
}

// deleteExpired removes what nobody said yes to in time.
func (v Uploads) deleteExpired(ctx context.Context) error {
	return v.db.write(ctx, "remove expired uploads", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM upload_parts WHERE upload IN (SELECT hash FROM uploads WHERE expires_at <= $1)`, millis(v.db.now()))
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM uploads WHERE expires_at <= $1`, millis(v.db.now()))
		}
		return err
	})
}

// Get gives an upload; bantin.ErrNotFound where there is none, or it expired.
func (v Uploads) Get(ctx context.Context, hash string) (Upload, error) {
	u := Upload{Hash: hash}
	err := v.db.reader.QueryRowContext(ctx, `SELECT name, status, report, expires_at FROM uploads WHERE hash = $1 AND expires_at > $2`, hash, millis(v.db.now())).
		Scan(&u.Name, &u.Status, &u.Report, asTime(&u.Expires))
	return u, lookedUp(err, "upload", "")
}

// Copy writes a file of an upload; bantin.ErrNotFound where it has none.
func (v Uploads) Copy(ctx context.Context, hash string, kind UploadKind, to io.Writer) error {
	for part := 0; ; part++ {
		var data []byte
		err := v.db.reader.QueryRowContext(ctx, `SELECT data FROM upload_parts WHERE upload = $1 AND kind = $2 AND part = $3`, hash, kind, part).Scan(&data)
		switch {
		case errors.Is(err, sql.ErrNoRows) && part > 0:
			return nil
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("file of upload: %w", bantin.ErrNotFound)
		case err != nil:
			return fmt.Errorf("read upload: %w", explain(err))
		}
		if _, err := to.Write(data); err != nil {
			return err
		}
	}
}

// Claim gives an upload to one who does it; bantin.ErrConflict where somebody did or does.
func (v Uploads) Claim(ctx context.Context, hash string) error {
	return v.step(ctx, hash, UploadTried, UploadRunning, nil)
}

// Release lets an upload be claimed: all of it is there, or it could not be done.
func (v Uploads) Release(ctx context.Context, hash string) error {
	return v.step(ctx, hash, UploadRunning, UploadTried, nil)
}

// Settle notes what an upload that was claimed did, and forgets its file.
func (v Uploads) Settle(ctx context.Context, hash, report string) error {
	return v.step(ctx, hash, UploadRunning, UploadDone, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE uploads SET report = $1 WHERE hash = $2`, report, hash)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM upload_parts WHERE upload = $1 AND kind = $2`, hash, UploadFile)
		}
		return err
	})
}

func (v Uploads) step(ctx context.Context, hash string, from, to UploadStatus, and func(*sql.Tx) error) error {
	return v.db.write(ctx, "note upload", func(tx *sql.Tx) error {
		if n, err := execCount(ctx, tx, `UPDATE uploads SET status = $1 WHERE hash = $2 AND status = $3`, to, hash, from); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("upload is not %s: %w", from, bantin.ErrConflict))
		}
		if and == nil {
			return nil
		}
		return and(tx)
	})
}
