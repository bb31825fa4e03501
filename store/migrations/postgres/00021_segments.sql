-- +goose Up
CREATE TABLE segments (
    edition BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    hash    BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (edition, number)
);
ALTER TABLE segments ALTER COLUMN content SET STORAGE EXTERNAL; -- it is compressed already
CREATE UNIQUE INDEX segments_hash ON segments (edition, hash) WHERE number > 0;

ALTER TABLE deliveries ADD COLUMN segment INTEGER NOT NULL DEFAULT 0;

ALTER TABLE editions
    ADD COLUMN pruned BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN unaccounted BIGINT NOT NULL DEFAULT 0;
CREATE INDEX editions_unaccounted ON editions (n) WHERE unaccounted <> 0;
UPDATE editions SET pruned = 1 WHERE status IN ('done', 'cancelled') AND recipients > 0
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.edition = editions.n);

-- +goose Down
SELECT 'restore the backup instead';
