-- +goose Up
-- What the statistics are made of: counts that are added up as things happen. None of them
-- leads to a person or an address.
CREATE TABLE statistics (
    figure TEXT COLLATE "C" NOT NULL,                       -- sent, refused, hard, joined, readers …
    part   TEXT COLLATE "C" NOT NULL,                       -- '': all; place, level; of readers: feed, program
    unit   TEXT COLLATE "C" NOT NULL,                       -- day, month, year
    span   TEXT COLLATE "C" NOT NULL,                       -- of the site's zone: 2026-11-23, 2026-11, 2026
    name   TEXT COLLATE "C" NOT NULL,                       -- which of the part
    digest TEXT COLLATE "C" NOT NULL,                       -- '': not of one digest
    n      BIGINT NOT NULL,
    PRIMARY KEY (figure, part, unit, span, name, digest)
);

-- What was counted of an edition: one that settles again is counted by the difference.
CREATE TABLE edition_tallies (
    edition BIGINT PRIMARY KEY,
    version BIGINT NOT NULL, -- done_at of the edition then
    counted TEXT COLLATE "C" NOT NULL                       -- JSON
);

-- Readers of a feed on a day, of the last days.
CREATE TABLE feed_readers (
    day     TEXT COLLATE "C" NOT NULL,
    feed    TEXT COLLATE "C" NOT NULL,
    program TEXT COLLATE "C" NOT NULL, -- that tells how many subscribe by it; '': those who fetch for themselves
    n       BIGINT NOT NULL,
    seen    BYTEA NOT NULL, -- which bits the keyed hashes of direct readers have set; no hash is kept
    PRIMARY KEY (day, feed, program)
);

-- How far it is counted.
INSERT INTO counters (name, value) VALUES ('tally_contacts', 0), ('tally_record', 0), ('tally_returns', 0);

-- +goose Down
SELECT 'restore the backup instead';
