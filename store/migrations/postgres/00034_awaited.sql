-- +goose Up
CREATE TABLE awaited_bulletins (
    edition  BIGINT NOT NULL REFERENCES editions (n),
    position INTEGER NOT NULL,
    bulletin TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (edition, position)
);

-- +goose Down
SELECT 'restore the backup instead';
