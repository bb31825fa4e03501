package store

import (
	"database/sql"

	"bantin"
)

const bulletinColumns = `b.id, b.feed_id, b.source, b.source_id, b.revision, b.seq, b.change,
	b.arrived_at, b.changed_at, b.withdrawn, b.held, b.merged_into, r.content, r.remarks`

// scanBulletin gives a *MergedError with a bulletin that was merged away.
func scanBulletin(row scanner) (bantin.Bulletin, error) {
	var merged sql.NullString
	b, err := scanRevision(row, &merged)
	if err == nil && merged.Valid {
		return b, &MergedError{Into: merged.String}
	}
	return b, err
}

func scanRevision(row scanner, merged *sql.NullString) (bantin.Bulletin, error) {
	var (
		b              bantin.Bulletin
		seq            sql.NullInt64
		said, remarked string
	)
	err := row.Scan(&b.ID, &b.FeedID, &b.Source, &b.SourceID, &b.Revision, &seq, &b.Change,
		asTime(&b.ArrivedAt), asTime(&b.ChangedAt), &b.Withdrawn, &b.Held, merged, &said, &remarked)
	if err != nil {
		return b, err
	}
	b.Seq = seq.Int64
	return b, decode(&b, said, remarked)
}
