-- +goose Up
-- Lists that were uploaded to the office's pages and wait for a yes: for an hour.
CREATE TABLE uploads (
    hash       TEXT PRIMARY KEY,                -- of the token in its address
    name       TEXT NOT NULL,                   -- of the file
    status     TEXT NOT NULL,                   -- tried, running, done
    report     TEXT NOT NULL,                   -- JSON of what it would do, or did
    expires_at BIGINT NOT NULL
);

-- Their files in parts, so that none is a long transaction.
CREATE TABLE upload_parts (
    upload TEXT NOT NULL,
    kind   TEXT NOT NULL,                       -- file, rejected
    part   INTEGER NOT NULL,
    data   BYTEA NOT NULL,
    PRIMARY KEY (upload, kind, part)
);

-- +goose Down
SELECT 'restore the backup instead';
