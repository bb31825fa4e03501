-- +goose Up
-- What the statistics are made of: counts that are added up as things happen. None of them
-- leads to a person or an address.
CREATE TABLE statistics (
    figure TEXT NOT NULL,                       -- sent, refused, hard, joined, readers …
    part   TEXT NOT NULL,                       -- '': all; place, level; of readers: feed, program
    unit   TEXT NOT NULL,                       -- day, month, year
    span   TEXT NOT NULL,                       -- of the site's zone: 2026-11-23, 2026-11, 2026
    name   TEXT NOT NULL,                       -- which of the part
    digest TEXT NOT NULL,                       -- '': not of one digest
    n      INTEGER NOT NULL,
    PRIMARY KEY (figure, part, unit, span, name, digest)
) WITHOUT ROWID;

-- What was counted of an edition: one that settles again is counted by the difference.
CREATE TABLE edition_tallies (
    edition INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,                   -- done_at of the edition then
    counted TEXT NOT NULL                       -- JSON
);

-- Readers of a feed on a day, of the last days.
CREATE TABLE feed_readers (
    day     TEXT NOT NULL,
    feed    TEXT NOT NULL,
    program TEXT NOT NULL,                      -- that tells how many subscribe by it; '': those who fetch for themselves
    n       INTEGER NOT NULL,
    seen    BLOB NOT NULL,                      -- which bits the keyed hashes of direct readers have set; no hash is kept
    PRIMARY KEY (day, feed, program)
) WITHOUT ROWID;

-- How far it is counted.
INSERT INTO counters (name, value) VALUES ('tally_contacts', 0), ('tally_record', 0), ('tally_returns', 0);

-- +goose Down
SELECT 'restore the backup instead';
