-- +goose Up
-- What the office adds to the next edition of a digest. Making the edition uses it up.
CREATE TABLE compositions (
    digest  TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,                   -- rises whenever it changes or is used up
    content TEXT NOT NULL,                      -- JSON
    who     TEXT NOT NULL,                      -- changed it last
    at      BIGINT NOT NULL
);

-- Bulletins that no edition of a digest has.
CREATE TABLE digest_drops (
    digest   TEXT COLLATE "C" NOT NULL,
    bulletin BIGINT NOT NULL REFERENCES bulletins (n),
    PRIMARY KEY (digest, bulletin)
);

ALTER TABLE editions ADD COLUMN composed TEXT NOT NULL DEFAULT '';       -- JSON, frozen with it; '': nothing
ALTER TABLE editions ADD COLUMN special BIGINT NOT NULL DEFAULT 0;      -- a person set its time, and what it has
ALTER TABLE editions ADD COLUMN version BIGINT NOT NULL DEFAULT 0;      -- of a draft; rises with each change
ALTER TABLE editions ADD COLUMN news TEXT NOT NULL DEFAULT '';           -- of a draft: JSON of all news that it was made of
ALTER TABLE editions ADD COLUMN approve_by BIGINT NOT NULL DEFAULT 0;   -- then it is reported that nobody approved it
ALTER TABLE editions ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN approved_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX editions_waiting ON editions (n) WHERE status IN ('draft', 'scheduled');
