-- +goose Up
-- What needs a person and lasts until it is over: told once, over restarts and nodes.
CREATE TABLE troubles (
    id       TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    object   TEXT NOT NULL,
    found    INTEGER NOT NULL,                  -- 1: seen in the rows of other tables, and over when it is seen no more
    words    TEXT NOT NULL,                     -- JSON: subject, what and hint in both languages, digest
    since    INTEGER NOT NULL,
    resolved INTEGER NOT NULL DEFAULT 0         -- 0: it lasts
) WITHOUT ROWID;
CREATE UNIQUE INDEX troubles_open ON troubles (kind, object) WHERE resolved = 0;
CREATE INDEX troubles_object ON troubles (kind, object, since);

-- How far each way of telling people is with a trouble.
CREATE TABLE trouble_tellings (
    trouble TEXT NOT NULL REFERENCES troubles (id) ON DELETE CASCADE,
    way     TEXT NOT NULL,                      -- command, url, mail
    told    INTEGER NOT NULL DEFAULT 0,         -- when it was told last that it lasts
    ended   INTEGER NOT NULL DEFAULT 0,         -- when it was told last that it is over
    tries   INTEGER NOT NULL DEFAULT 0,         -- in vain, in a row
    next    INTEGER NOT NULL DEFAULT 0,         -- not before
    PRIMARY KEY (trouble, way)
) WITHOUT ROWID;

-- How the recurring work does.
CREATE TABLE tasks (
    task          TEXT NOT NULL,                -- bounces, import, hubs, export, backup, keep
    object        TEXT NOT NULL,                -- of several: which; else ''
    last_success  INTEGER,
    failing_since INTEGER NOT NULL DEFAULT 0,   -- 0: it went well
    error         TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (task, object)
) WITHOUT ROWID;

ALTER TABLE sources ADD COLUMN failing_since INTEGER NOT NULL DEFAULT 0; -- 0: its last read went well
UPDATE sources SET failing_since = error_at WHERE last_error <> '' AND error_at IS NOT NULL;

CREATE INDEX returns_kind ON returns (kind); -- they are counted by it
CREATE INDEX suppressions_origin ON suppressions (origin);

-- +goose Down
SELECT 'restore the backup instead';
