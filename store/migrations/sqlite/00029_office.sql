-- +goose Up
-- Who changed what, when. Entries are added, and never changed but for the note of
-- what came of them. What was done to a contact is in record and imports.
CREATE TABLE actions (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL,                       -- an address, a user of the system, the name of a token
    via    TEXT NOT NULL,                       -- command, office, token
    what   TEXT NOT NULL,
    object TEXT NOT NULL DEFAULT '',            -- an edition, a digest, a bulletin, an address
    note   TEXT NOT NULL DEFAULT '',
    form   TEXT NOT NULL DEFAULT ''             -- key of the form that asked for it: once
);
CREATE INDEX actions_at ON actions (at);
CREATE INDEX actions_object ON actions (object) WHERE object <> '';
CREATE UNIQUE INDEX actions_form ON actions (form) WHERE form <> '';

-- Links to sign in to the office's pages. The token of a link is made of its nonce and
-- the site's secret, and is not kept.
CREATE TABLE office_links (
    nonce      TEXT PRIMARY KEY,
    who        TEXT NOT NULL,                   -- address key; of those who may not sign in a keyed hash
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) WITHOUT ROWID;
CREATE INDEX office_links_who ON office_links (who);

CREATE TABLE office_sessions (
    hash       TEXT PRIMARY KEY,                -- of the cookie's token
    who        TEXT NOT NULL,                   -- address key
    language   TEXT NOT NULL DEFAULT '',        -- '': the site's
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX contacts_created ON contacts (created_at);                  -- how their number grows
CREATE INDEX departures_at ON departures (at);

-- +goose Down
SELECT 'restore the backup instead';
