-- +goose Up
CREATE INDEX chunks_open ON chunks (edition, chunk) WHERE done = 0;

CREATE TABLE duties (
    name TEXT COLLATE "C" PRIMARY KEY,
    node TEXT COLLATE "C" NOT NULL,
    till BIGINT NOT NULL
);

CREATE TABLE budgets (
    name TEXT COLLATE "C" PRIMARY KEY,
    free BIGINT NOT NULL
);

ALTER TABLE documents ADD COLUMN change BIGINT NOT NULL DEFAULT 0;

-- +goose Down
SELECT 'restore the backup instead';
