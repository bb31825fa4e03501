-- +goose Up
-- What the office announced of bulletins that digests have carried: corrections, and why
-- one was withdrawn. The first edition made after it says it at its head.
CREATE TABLE announcements (
    n         INTEGER PRIMARY KEY AUTOINCREMENT,
    bulletin  INTEGER NOT NULL REFERENCES bulletins (n),
    title     TEXT NOT NULL,                    -- of the bulletin as it was then
    text      TEXT NOT NULL,
    withdrawn INTEGER NOT NULL,
    at        INTEGER NOT NULL
);

ALTER TABLE editions ADD COLUMN corrections TEXT NOT NULL DEFAULT '';    -- JSON: what it says at its head
ALTER TABLE editions ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;    -- the last announcement when it was made

-- +goose Down
SELECT 'restore the backup instead';
