-- +goose Up
CREATE TABLE source_problems (
    source TEXT COLLATE "C" NOT NULL,
    item   TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    what   TEXT NOT NULL,
    hint   TEXT NOT NULL,
    since  BIGINT NOT NULL,
    told   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, item)
);

ALTER TABLE bulletins ADD COLUMN held_told INTEGER NOT NULL DEFAULT 0;
CREATE INDEX bulletins_held ON bulletins (source, n) WHERE held <> '' AND withdrawn = 0 AND merged_into IS NULL;

-- +goose Down
SELECT 'restore the backup instead';
