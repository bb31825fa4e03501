-- +goose Up
-- The lists of the office's pages: contacts of a place by address, those who pause.
CREATE INDEX contacts_place ON contacts (place, address_key);
CREATE INDEX contacts_paused ON contacts (address_key) WHERE paused_until <> '';

-- Tokens of programs that read the office's pages, or act there.
CREATE TABLE office_tokens (
    hash       TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    may_write  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
