-- +goose Up
-- An edition keeps what its digest said when it was made.
ALTER TABLE editions ADD COLUMN hours TEXT NOT NULL DEFAULT '';          -- of the day in which it is sent: 06:00-21:00; '': all
ALTER TABLE editions ADD COLUMN zone TEXT NOT NULL DEFAULT '';           -- that they are read in
ALTER TABLE editions ADD COLUMN opens INTEGER NOT NULL DEFAULT 0;        -- the window that is or comes: messages begin from here
ALTER TABLE editions ADD COLUMN closes INTEGER NOT NULL DEFAULT 0;       -- up to here
ALTER TABLE editions ADD COLUMN canary INTEGER NOT NULL DEFAULT 0;       -- recipients of the first wave
ALTER TABLE editions ADD COLUMN canary_wait INTEGER NOT NULL DEFAULT 0;  -- milliseconds from its end to the others
ALTER TABLE editions ADD COLUMN canary_to INTEGER NOT NULL DEFAULT 0;    -- the last contact in it
ALTER TABLE editions ADD COLUMN wave INTEGER NOT NULL DEFAULT 0;         -- 1: the first is sent, 2: it was, 0: everybody
ALTER TABLE editions ADD COLUMN wave_ends INTEGER NOT NULL DEFAULT 0;    -- when wave 2 is judged
ALTER TABLE editions ADD COLUMN reason TEXT NOT NULL DEFAULT '';         -- why it is held
ALTER TABLE editions ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN report TEXT NOT NULL DEFAULT '';         -- who is told how it went
ALTER TABLE editions ADD COLUMN expected INTEGER NOT NULL DEFAULT 0;     -- when it should be settled
ALTER TABLE editions ADD COLUMN owes INTEGER NOT NULL DEFAULT 0;         -- the last report is still to come
CREATE INDEX editions_owing ON editions (n) WHERE owes = 1;

-- The counts of a chunk are true while its fence is the one they were taken at.
ALTER TABLE chunks ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chunks ADD COLUMN counted INTEGER NOT NULL DEFAULT -1;

-- What the admin was told, once.
CREATE TABLE reports (
    about TEXT NOT NULL,                        -- an edition, or a due time of a digest
    kind  TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (about, kind)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
