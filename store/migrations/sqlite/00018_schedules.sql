-- +goose Up
-- The schedule of a digest that is in force, for all nodes: due times from before it
-- was are none, unless the schedule before it had them too.
ALTER TABLE digests ADD COLUMN schedule TEXT NOT NULL DEFAULT '';        -- {}: never due; '': from before this column
ALTER TABLE digests ADD COLUMN schedule_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE digests ADD COLUMN schedule_by TEXT NOT NULL DEFAULT '';     -- the machine whose configuration brought it
ALTER TABLE digests ADD COLUMN missed_due INTEGER NOT NULL DEFAULT 0;    -- a due time that both had and that was missed; 0: none

-- What the configuration of each machine said last: one that did not change does not
-- take the place of another machine's that did.
CREATE TABLE machine_schedules (
    digest   TEXT NOT NULL,
    machine  TEXT NOT NULL,
    schedule TEXT NOT NULL,
    since    INTEGER NOT NULL,
    PRIMARY KEY (digest, machine)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
