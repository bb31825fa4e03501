package store

import (
	"context"
	"fmt"
	"path"
	"strings"

	"bantin"
)

// IsWithheld reports whether only held and withdrawn bulletins have the picture or the
// document of this name, so that nobody may see it. A bulletin that was merged away
// counts as the one that it was merged into. A file that an earlier revision had may
// be seen as long as the bulletin may: mails link to it. One that no bulletin has is
// not withheld: it is a part of the page, or its bulletin is being stored.
func (v Bulletins) IsWithheld(ctx context.Context, name string) (bool, error) {
	var has, seen int
	err := v.db.reader.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN b.withdrawn = 0 AND b.held = '' THEN 1 END)
		FROM bulletin_files f JOIN bulletins own ON own.n = f.bulletin
		JOIN bulletins b ON b.id = COALESCE(own.merged_into, own.id)
		WHERE f.hash = $1`, fileHash(name)).Scan(&has, &seen)
	if err != nil {
		return false, fmt.Errorf("who shows file %q: %w", name, explain(err))
	}
	return has > 0 && seen == 0, nil
}

// fileHash is the part of a file's name that tells its content; its crops have it too.
func fileHash(name string) string {
	if i := strings.IndexAny(name, "-."); i >= 0 {
		return name[:i]
	}
	return name
}

// fileHashes are those of our pictures and documents that the bulletin shows.
func fileHashes(b *bantin.Bulletin) (hashes []string) {
	add := func(src string) {
		if strings.HasPrefix(src, "/images/") || strings.HasPrefix(src, "/files/") {
			hashes = append(hashes, fileHash(path.Base(src)))
		}
	}
	for _, image := range b.Images {
		add(image.Src)
	}
	for _, file := range b.Attachments {
		add(file.Src)
	}
	return hashes
}

// insertFiles remembers the files of a revision; those of earlier ones stay.
func (in *bulletinTx) insertFiles(ctx context.Context, n int64, hashes []string) error {
	for _, hash := range hashes {
		if err := in.exec(ctx, `INSERT INTO bulletin_files (hash, bulletin) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, n); err != nil {
			return err
		}
	}
	return nil
}
