-- +goose Up
-- What a restored edition held that the backup did not know: it is joined when it is
-- collected again.
CREATE TABLE awaited_bulletins (
    edition  INTEGER NOT NULL REFERENCES editions (n),
    position INTEGER NOT NULL,
    bulletin TEXT NOT NULL,                     -- its id
    PRIMARY KEY (edition, position)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
