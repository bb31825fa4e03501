-- +goose Up
CREATE TABLE verdicts (
    bulletin   BIGINT PRIMARY KEY REFERENCES bulletins (n),
    withdrawn  BIGINT,
    held       TEXT COLLATE "C",
    correction TEXT COLLATE "C" NOT NULL,
    said       TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX bulletins_merged ON bulletins (merged_into) WHERE merged_into IS NOT NULL;

-- +goose Down
SELECT 'restore the backup instead';
