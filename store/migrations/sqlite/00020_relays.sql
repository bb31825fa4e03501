-- +goose Up
-- An edition keeps the limits of its digest's time, and who is left since the last
-- resume; accepted: a person said that its refusals are right.
ALTER TABLE editions ADD COLUMN hold_share INTEGER NOT NULL DEFAULT 100; -- of a thousand outcomes
ALTER TABLE editions ADD COLUMN hold_least INTEGER NOT NULL DEFAULT 20;
ALTER TABLE editions ADD COLUMN remaining INTEGER NOT NULL DEFAULT -1;   -- unsettled at the last resume; -1: all, from the start
ALTER TABLE editions ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;

-- What is known of a mail server that takes nothing for now, by all nodes.
CREATE TABLE relays (
    name        TEXT PRIMARY KEY,
    reason      TEXT NOT NULL DEFAULT '',       -- why nothing goes: quota, relay; '': it goes
    until       INTEGER NOT NULL DEFAULT 0,     -- when one message is tried next
    prober      TEXT NOT NULL DEFAULT '',       -- the node that tries it
    probe_lease INTEGER NOT NULL DEFAULT 0,
    state       TEXT NOT NULL DEFAULT '{}'      -- JSON: what was said, since when, what was learned of its limits
) WITHOUT ROWID;

-- The queue of earlier versions: jobs that only woke nodes.
DROP TABLE IF EXISTS river_client_queue;
DROP TABLE IF EXISTS river_client;
DROP TABLE IF EXISTS river_job;
DROP TABLE IF EXISTS river_leader;
DROP TABLE IF EXISTS river_queue;
DROP TABLE IF EXISTS river_migration;
DROP TABLE IF EXISTS river_notification;

-- +goose Down
SELECT 'restore the backup instead';
