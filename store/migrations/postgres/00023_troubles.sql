-- +goose Up
CREATE TABLE troubles (
    id       TEXT COLLATE "C" PRIMARY KEY,
    kind     TEXT COLLATE "C" NOT NULL,
    object   TEXT COLLATE "C" NOT NULL,
    found    INTEGER NOT NULL,
    words    TEXT COLLATE "C" NOT NULL,
    since    BIGINT NOT NULL,
    resolved BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX troubles_open ON troubles (kind, object) WHERE resolved = 0;
CREATE INDEX troubles_object ON troubles (kind, object, since);

CREATE TABLE trouble_tellings (
    trouble TEXT COLLATE "C" NOT NULL REFERENCES troubles (id) ON DELETE CASCADE,
    way     TEXT COLLATE "C" NOT NULL,
    told    BIGINT NOT NULL DEFAULT 0,
    ended   BIGINT NOT NULL DEFAULT 0,
    tries   BIGINT NOT NULL DEFAULT 0,
    next    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (trouble, way)
);

CREATE TABLE tasks (
    task          TEXT COLLATE "C" NOT NULL,
    object        TEXT COLLATE "C" NOT NULL,
    last_success  BIGINT,
    failing_since BIGINT NOT NULL DEFAULT 0,
    error         TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (task, object)
);

ALTER TABLE sources ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0;
UPDATE sources SET failing_since = error_at WHERE last_error <> '' AND error_at IS NOT NULL;

CREATE INDEX returns_kind ON returns (kind);
CREATE INDEX suppressions_origin ON suppressions (origin);

-- +goose Down
SELECT 'restore the backup instead';
