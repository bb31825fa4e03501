-- +goose Up
-- What became of the messages of an edition since its start or its last resume, by
-- receiving domain: what tells refusals of some addresses from those of everybody.
-- Each node counts in rows of its own, so that nodes do not wait for each other.
CREATE TABLE outcomes (
    edition INTEGER NOT NULL,
    domain  TEXT NOT NULL,                      -- in lower case
    node    TEXT NOT NULL,
    sent    INTEGER NOT NULL DEFAULT 0,         -- accepted
    refused INTEGER NOT NULL DEFAULT 0,         -- for good, or returned
    unknown INTEGER NOT NULL DEFAULT 0,         -- of these, with words that the address or its domain does not exist
    PRIMARY KEY (edition, domain, node)
) WITHOUT ROWID;

-- What an edition was held for: all of it, or one receiving domain of it.
CREATE TABLE holds (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    edition  INTEGER NOT NULL,
    domain   TEXT NOT NULL,                     -- '': the edition
    reason   TEXT NOT NULL,                     -- unknown_wave, refused, first_wave
    detail   TEXT NOT NULL,                     -- what was answered, and to how many: JSON
    since    INTEGER NOT NULL,
    ended    INTEGER NOT NULL DEFAULT 0,        -- when a person resumed it; 0: it lasts
    accepted INTEGER NOT NULL DEFAULT 0         -- that person said that the refusals are right
);
CREATE INDEX holds_edition ON holds (edition);

UPDATE editions SET reason = 'first_wave' WHERE reason = 'canary';
UPDATE editions SET reason = 'refused' WHERE reason = 'relay';

-- +goose Down
SELECT 'restore the backup instead';
