-- +goose Up
ALTER TABLE editions
    ADD COLUMN hold_share BIGINT NOT NULL DEFAULT 100,
    ADD COLUMN hold_least BIGINT NOT NULL DEFAULT 20,
    ADD COLUMN remaining BIGINT NOT NULL DEFAULT -1,
    ADD COLUMN accepted BIGINT NOT NULL DEFAULT 0;

CREATE TABLE relays (
    name        TEXT COLLATE "C" PRIMARY KEY,
    reason      TEXT COLLATE "C" NOT NULL DEFAULT '',
    until       BIGINT NOT NULL DEFAULT 0,
    prober      TEXT COLLATE "C" NOT NULL DEFAULT '',
    probe_lease BIGINT NOT NULL DEFAULT 0,
    state       TEXT COLLATE "C" NOT NULL DEFAULT '{}'
);

DROP TABLE IF EXISTS river_client_queue;
DROP TABLE IF EXISTS river_client;
DROP TABLE IF EXISTS river_job;
DROP TABLE IF EXISTS river_leader;
DROP TABLE IF EXISTS river_queue;
DROP TABLE IF EXISTS river_migration;
DROP TABLE IF EXISTS river_notification;
DROP TYPE IF EXISTS river_job_state CASCADE;
DROP FUNCTION IF EXISTS river_job_state_in_bitmask CASCADE;

-- +goose Down
SELECT 'restore the backup instead';
