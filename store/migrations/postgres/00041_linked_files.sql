-- +goose Up
-- Files that editions link to at their head, private until the edition is sent.
CREATE TABLE linked_files (
    id         TEXT COLLATE "C" PRIMARY KEY,
    edition    BIGINT NOT NULL DEFAULT 0,        -- that has it; 0: it is composed for the next one, or not used
    created_at BIGINT NOT NULL
);

-- Their content in parts, so that none is a long transaction.
CREATE TABLE linked_file_parts (
    file TEXT COLLATE "C" NOT NULL,
    part BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (file, part)
);

-- +goose Down
SELECT 'restore the backup instead';
