-- +goose Up
-- Times are milliseconds since 1970 UTC. Lists are JSON. Flags are 0 or 1.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('seq', 0), ('change', 0), ('changed_at', 0), ('generation', 0);

-- One row a bulletin: who it is and where it stands. What it says is in revisions.
CREATE TABLE bulletins (
    n           INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    identity    TEXT NOT NULL UNIQUE,           -- what the id was made from
    feed_id     TEXT NOT NULL,
    source      TEXT NOT NULL,
    source_id   TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    hash        TEXT NOT NULL,                  -- of the content, to tell a revision from a second look
    seq         INTEGER UNIQUE,                 -- NULL: no news yet
    change      INTEGER NOT NULL UNIQUE,
    arrived_at  INTEGER NOT NULL,
    news_at     INTEGER,
    changed_at  INTEGER NOT NULL,
    withdrawn   INTEGER NOT NULL DEFAULT 0,
    held        TEXT NOT NULL DEFAULT '',
    merged_into TEXT,
    listed      INTEGER NOT NULL                -- readers may see it
);
CREATE INDEX bulletins_listed ON bulletins (seq) WHERE listed = 1;
CREATE INDEX bulletins_news ON bulletins (news_at) WHERE listed = 1;

CREATE TABLE revisions (
    bulletin INTEGER NOT NULL REFERENCES bulletins (n),
    revision INTEGER NOT NULL,
    content  TEXT NOT NULL,                     -- what readers see
    remarks  TEXT NOT NULL,                     -- warnings and the like
    at       INTEGER NOT NULL,
    PRIMARY KEY (bulletin, revision)            -- rows are long: a plain table keeps them whole
);

-- What listed bulletins are chosen by: place:…, cluster:…, source:….
CREATE TABLE tags (
    tag TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tag, seq)
) WITHOUT ROWID;
CREATE INDEX tags_seq ON tags (seq);

-- What each source had at its last read.
CREATE TABLE items (
    source   TEXT NOT NULL,
    item     TEXT NOT NULL,
    version  TEXT NOT NULL,
    digest   TEXT NOT NULL,
    bulletin INTEGER REFERENCES bulletins (n),
    gone     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, item)
) WITHOUT ROWID;
CREATE INDEX items_digest ON items (digest);

CREATE TABLE sources (
    id           TEXT PRIMARY KEY,
    last_success INTEGER,
    last_error   TEXT NOT NULL DEFAULT '',
    error_at     INTEGER,
    next_try     INTEGER
) WITHOUT ROWID;

-- The published documents, so that Last-Modified survives a restart.
CREATE TABLE documents (
    name     TEXT PRIMARY KEY,
    hash     TEXT NOT NULL,                     -- of what it says
    modified INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE contacts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    address_key  TEXT NOT NULL UNIQUE,          -- lower case: what addresses are compared by
    email        TEXT NOT NULL,
    name         TEXT NOT NULL DEFAULT '',
    place        TEXT NOT NULL DEFAULT '',
    level        TEXT NOT NULL DEFAULT '',
    language     TEXT NOT NULL DEFAULT '',
    tags         TEXT NOT NULL DEFAULT '',      -- |tag|tag|
    origin       TEXT NOT NULL,
    key          TEXT NOT NULL UNIQUE,          -- random, in her links
    own          TEXT NOT NULL DEFAULT '',      -- |field|field| she set herself
    paused_until TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
);

CREATE TABLE subscriptions (
    contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    digest  TEXT NOT NULL,
    status  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (contact, digest)
) WITHOUT ROWID;

CREATE TABLE suppressions (
    address_key TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    at          INTEGER NOT NULL
) WITHOUT ROWID;

-- Who was erased, as a keyed hash of the address.
CREATE TABLE erased (
    hash TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) WITHOUT ROWID;

-- Everyone who left, in order: what senders in other processes look at.
CREATE TABLE departures (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    contact INTEGER NOT NULL,
    digest  TEXT NOT NULL,                      -- '': all digests
    at      INTEGER NOT NULL
);

CREATE TABLE digests (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    first_seen INTEGER NOT NULL,                -- due times count from here
    last_due   INTEGER NOT NULL                 -- the last due time that was dealt with
) WITHOUT ROWID;

CREATE TABLE editions (
    n          INTEGER PRIMARY KEY AUTOINCREMENT,
    digest     TEXT NOT NULL,
    number     INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    status     TEXT NOT NULL,
    title      TEXT NOT NULL,
    subject    TEXT NOT NULL,
    max        INTEGER NOT NULL,
    audience   TEXT NOT NULL,                   -- as it was when the edition was made
    frozen_to  INTEGER NOT NULL DEFAULT 0,      -- last contact that was frozen
    frozen     INTEGER NOT NULL DEFAULT 0,      -- all contacts are in
    recipients INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    done_at    INTEGER,
    UNIQUE (digest, due),
    UNIQUE (digest, number)
);

CREATE TABLE edition_bulletins (
    edition  INTEGER NOT NULL REFERENCES editions (n),
    position INTEGER NOT NULL,
    bulletin INTEGER NOT NULL REFERENCES bulletins (n),
    revision INTEGER NOT NULL,
    PRIMARY KEY (edition, position)
) WITHOUT ROWID;
CREATE INDEX edition_bulletins_bulletin ON edition_bulletins (bulletin);

-- The delivery ledger. No index but its key: status changes must stay cheap.
-- Unsettled rows are found through chunks, each a range of the key.
CREATE TABLE deliveries (
    edition      INTEGER NOT NULL,
    contact      INTEGER NOT NULL,
    address      TEXT NOT NULL,
    name         TEXT NOT NULL,
    place        TEXT NOT NULL,
    language     TEXT NOT NULL,
    why          TEXT NOT NULL,
    status       TEXT NOT NULL,
    attempts     INTEGER NOT NULL,
    next_attempt INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    reply        TEXT NOT NULL,
    PRIMARY KEY (edition, contact)
) WITHOUT ROWID;

-- Who may send what: the owner with the highest fence, while its lease runs.
CREATE TABLE chunks (
    edition INTEGER NOT NULL,
    chunk   INTEGER NOT NULL,
    lo      INTEGER NOT NULL,                   -- contacts lo to hi
    hi      INTEGER NOT NULL,
    done    INTEGER NOT NULL DEFAULT 0,
    owner   TEXT NOT NULL DEFAULT '',
    lease   INTEGER NOT NULL DEFAULT 0,
    fence   INTEGER NOT NULL DEFAULT 0,
    due     INTEGER NOT NULL DEFAULT 0,         -- nothing to do before: all that is left waits
    sent    INTEGER NOT NULL DEFAULT 0,         -- counts, once done
    failed  INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (edition, chunk)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
