-- +goose Up
-- What a person said of a bulletin. It outlives all later looks at its source.
CREATE TABLE verdicts (
    bulletin   INTEGER PRIMARY KEY REFERENCES bulletins (n),
    withdrawn  INTEGER,                         -- NULL: as the source says
    held       TEXT,                            -- NULL: as the source says; '': let out
    correction TEXT NOT NULL,                   -- JSON: the fields that the person wrote
    said       TEXT NOT NULL,                   -- JSON: what the source last said instead
    at         INTEGER NOT NULL
);
CREATE INDEX bulletins_merged ON bulletins (merged_into) WHERE merged_into IS NOT NULL;

-- +goose Down
SELECT 'restore the backup instead';
