-- +goose Up
-- What came back of our mail, each message once.
CREATE TABLE returns (
    n          INTEGER PRIMARY KEY AUTOINCREMENT,
    message    TEXT NOT NULL UNIQUE,          -- a hash of what was received
    at         INTEGER NOT NULL,
    contact    TEXT NOT NULL,                 -- key of the contact whom a signature proves it is about
    edition    INTEGER NOT NULL,              -- 0: none, or none that is known
    address    TEXT NOT NULL,                 -- that it speaks of
    kind       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    status     TEXT NOT NULL,
    diagnostic TEXT NOT NULL,
    proof      TEXT NOT NULL,                 -- where the signature stood
    done       TEXT NOT NULL,                 -- what was done about it
    counts     INTEGER NOT NULL,              -- 1: a soft one that adds up
    raw        BLOB NOT NULL                  -- its beginning; empty once it is old
);
CREATE INDEX returns_edition ON returns (edition, contact);
CREATE INDEX returns_contact ON returns (contact);
CREATE INDEX returns_at ON returns (at);

-- Who put an address on the list, and the message that led there.
ALTER TABLE suppressions ADD COLUMN origin TEXT NOT NULL DEFAULT 'office';
ALTER TABLE suppressions ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT 'restore the backup instead';
