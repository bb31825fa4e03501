-- +goose Up
ALTER TABLE bulletins ADD COLUMN history BIGINT NOT NULL DEFAULT 0;
CREATE INDEX bulletins_history ON bulletins (change) WHERE history = 1;

CREATE TABLE source_notes (
    source TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    value  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (source, name)
);

-- +goose Down
SELECT 'restore the backup instead';
