-- +goose Up
-- What the messages of an edition said, for years to come: each composed segment once.
-- Of recipients there is nothing in it, but below zero: where a template speaks of the
-- contact, that is the message of contact -number alone, which goes when they are erased.
CREATE TABLE segments (
    edition INTEGER NOT NULL,
    number  INTEGER NOT NULL,                   -- from 1 on, in the order of their composition
    hash    INTEGER NOT NULL,                   -- of what is compressed: the same message is stored once
    content BLOB NOT NULL,                      -- zstd; number 1 is the dictionary of all others
    PRIMARY KEY (edition, number)               -- rows are long: a plain table keeps them whole
);
CREATE UNIQUE INDEX segments_hash ON segments (edition, hash) WHERE number > 0;

-- The segment whose body was sent last, -1: a message of their own, 0: none or not kept.
ALTER TABLE deliveries ADD COLUMN segment INTEGER NOT NULL DEFAULT 0;

-- Deliveries that were removed by age are not missing. An edition that settled says by
-- how many its deliveries did not add up to its recipients.
ALTER TABLE editions ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE editions ADD COLUMN unaccounted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX editions_unaccounted ON editions (n) WHERE unaccounted <> 0;
UPDATE editions SET pruned = 1 WHERE status IN ('done', 'cancelled') AND recipients > 0
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.edition = editions.n);

-- +goose Down
SELECT 'restore the backup instead';
