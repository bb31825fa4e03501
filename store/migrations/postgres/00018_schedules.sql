-- +goose Up
ALTER TABLE digests
    ADD COLUMN schedule TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN schedule_since BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN schedule_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN missed_due BIGINT NOT NULL DEFAULT 0;

CREATE TABLE machine_schedules (
    digest   TEXT COLLATE "C" NOT NULL,
    machine  TEXT COLLATE "C" NOT NULL,
    schedule TEXT COLLATE "C" NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (digest, machine)
);

-- +goose Down
SELECT 'restore the backup instead';
