-- +goose Up
-- The chunks that are not done: an edition to millions has tens of thousands.
CREATE INDEX chunks_open ON chunks (edition, chunk) WHERE done = 0;

-- What one node does for all, such as reading a source: who, and how long it
-- is sure to be that one.
CREATE TABLE duties (
    name TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    till INTEGER NOT NULL
) WITHOUT ROWID;

-- What all nodes share of a rate: from when on it has room again, in
-- microseconds since 1970.
CREATE TABLE budgets (
    name TEXT PRIMARY KEY,
    free INTEGER NOT NULL
) WITHOUT ROWID;

-- The change that a document was last made at: of two nodes the one that has
-- seen less does not say since when it is what it is.
ALTER TABLE documents ADD COLUMN change INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT 'restore the backup instead';
