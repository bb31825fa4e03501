-- +goose Up
CREATE TABLE likenesses (
    hash     BIGINT NOT NULL,
    bulletin BIGINT NOT NULL REFERENCES bulletins (n),
    PRIMARY KEY (hash, bulletin)
);
CREATE INDEX likenesses_bulletin ON likenesses (bulletin);

-- +goose Down
SELECT 'restore the backup instead';
