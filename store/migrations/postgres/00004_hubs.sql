-- +goose Up
CREATE TABLE hub_topics (
    hub      TEXT COLLATE "C" NOT NULL,
    topic    TEXT COLLATE "C" NOT NULL,
    modified BIGINT NOT NULL,
    told     BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    due      BIGINT NOT NULL,
    PRIMARY KEY (hub, topic)
);

-- +goose Down
SELECT 'restore the backup instead';
