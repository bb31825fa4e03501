-- +goose Up
-- Files that editions link to at their head, private until the edition is sent.
CREATE TABLE linked_files (
    id         TEXT PRIMARY KEY,
    edition    INTEGER NOT NULL DEFAULT 0,        -- that has it; 0: it is composed for the next one, or not used
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Their content in parts, so that none is a long transaction.
CREATE TABLE linked_file_parts (
    file TEXT NOT NULL,
    part INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (file, part)
);

-- +goose Down
SELECT 'restore the backup instead';
