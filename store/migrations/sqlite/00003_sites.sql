-- +goose Up
-- History is news to nobody: it has a change and never a seq.
ALTER TABLE bulletins ADD COLUMN history INTEGER NOT NULL DEFAULT 0;
CREATE INDEX bulletins_history ON bulletins (change) WHERE history = 1;

-- What a source wants to know at its next read: validators, how far it came.
CREATE TABLE source_notes (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
