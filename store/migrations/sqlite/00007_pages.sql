-- +goose Up
-- Where each bulletin that readers may see stands in lists and search: news by
-- its seq, history by its day and below zero, so that it stands at the far end.
CREATE TABLE shelf (
    pos      INTEGER PRIMARY KEY,
    bulletin INTEGER NOT NULL UNIQUE REFERENCES bulletins (n)
);

-- What history is chosen by; what news is chosen by is in tags.
CREATE TABLE shelf_tags (
    tag TEXT NOT NULL,
    pos INTEGER NOT NULL,
    PRIMARY KEY (tag, pos)
) WITHOUT ROWID;
CREATE INDEX shelf_tags_pos ON shelf_tags (pos);

-- The words of what stands on the shelf, folded. A rowid is a pos.
CREATE VIRTUAL TABLE words USING fts5 (text, tags, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 tokenchars '_'");

-- The last change that the shelf has seen.
INSERT INTO counters (name, value) VALUES ('shelved', 0);

-- What somebody asked for on the page, until the link in her mail is used. Each
-- request is a row of its own: a link confirms what was chosen with it.
CREATE TABLE signups (
    nonce        TEXT PRIMARY KEY,              -- random, in the link
    address_key  TEXT NOT NULL,
    email        TEXT NOT NULL,
    name         TEXT NOT NULL,
    place        TEXT NOT NULL,
    level        TEXT NOT NULL,
    language     TEXT NOT NULL,
    reads        TEXT NOT NULL,                 -- |slug|slug|
    digests      TEXT NOT NULL,                 -- |id|id|
    expires_at   INTEGER NOT NULL,
    confirmed_at INTEGER
) WITHOUT ROWID;
CREATE INDEX signups_address ON signups (address_key);
CREATE INDEX signups_expires ON signups (expires_at);

-- A contact's new address, until the link that went there is used.
CREATE TABLE moves (
    nonce       TEXT PRIMARY KEY,
    contact_key TEXT NOT NULL,
    email       TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    done_at     INTEGER
) WITHOUT ROWID;

-- Messages outside editions, with the states and the fence of deliveries.
CREATE TABLE notices (
    n            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL,
    nonce        TEXT NOT NULL,                 -- of a kind each only once
    address      TEXT NOT NULL,
    address_key  TEXT NOT NULL,
    language     TEXT NOT NULL,
    about        TEXT NOT NULL,                 -- what the message is made of, by kind
    status       TEXT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_attempt INTEGER NOT NULL,
    reply        TEXT NOT NULL DEFAULT '',
    owner        TEXT NOT NULL DEFAULT '',
    lease        INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (kind, nonce)
);
CREATE INDEX notices_due ON notices (next_attempt) WHERE status IN ('queued', 'deferred');
CREATE INDEX notices_address ON notices (address_key);

-- How often an address or a network was at the form, by a keyed hash.
CREATE TABLE limits (
    key   TEXT NOT NULL,
    since INTEGER NOT NULL,                     -- beginning of the window
    used  INTEGER NOT NULL,
    PRIMARY KEY (key, since)
) WITHOUT ROWID;
CREATE INDEX limits_since ON limits (since);

-- The places she chose to read of: |slug|slug|; none: all.
ALTER TABLE contacts ADD COLUMN reads TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN reads TEXT NOT NULL DEFAULT '';

-- +goose Down
SELECT 'restore the backup instead';
