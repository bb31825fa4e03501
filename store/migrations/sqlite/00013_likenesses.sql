-- +goose Up
-- A few hashes of what each bulletin says, by which another source's telling of
-- the same story is found. Which hashes, package publish decides.
CREATE TABLE likenesses (
    hash     INTEGER NOT NULL,
    bulletin INTEGER NOT NULL REFERENCES bulletins (n),
    PRIMARY KEY (hash, bulletin)
) WITHOUT ROWID;
CREATE INDEX likenesses_bulletin ON likenesses (bulletin);

-- +goose Down
SELECT 'restore the backup instead';
