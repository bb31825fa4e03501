-- +goose Up
-- What was not read of a source, or in part: one row an item, until it is read well or
-- is gone. Which bulletins are held is in their own rows.
CREATE TABLE source_problems (
    source TEXT NOT NULL,
    item   TEXT NOT NULL,
    kind   TEXT NOT NULL,                       -- unread, part
    what   TEXT NOT NULL,                       -- in both languages, as hint
    hint   TEXT NOT NULL,
    since  INTEGER NOT NULL,
    told   INTEGER NOT NULL DEFAULT 0,          -- 1: a mail told the office
    PRIMARY KEY (source, item)
) WITHOUT ROWID;

ALTER TABLE bulletins ADD COLUMN held_told INTEGER NOT NULL DEFAULT 0; -- 1: a mail told the office that it is held
CREATE INDEX bulletins_held ON bulletins (source, n) WHERE held <> '' AND withdrawn = 0 AND merged_into IS NULL;

-- +goose Down
SELECT 'restore the backup instead';
