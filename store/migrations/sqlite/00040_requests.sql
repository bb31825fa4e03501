-- +goose Up
-- What people asked of the office about what it holds of them. Erasing a contact takes
-- the address and the note out of their requests, and ends those that are open.
CREATE TABLE data_requests (
    n           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,                  -- access, correct, erase
    email       TEXT NOT NULL,                  -- as it was written down; '': erased
    address_key TEXT NOT NULL,
    note        TEXT NOT NULL,
    arrived_at  INTEGER NOT NULL,
    due         INTEGER NOT NULL,               -- when it is to be answered
    who         TEXT NOT NULL,                  -- wrote it down
    done_at     INTEGER NOT NULL DEFAULT 0,     -- 0: it is open
    done_by     TEXT NOT NULL DEFAULT '',
    answer      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX data_requests_open ON data_requests (due) WHERE done_at = 0;
CREATE INDEX data_requests_of ON data_requests (address_key);

-- +goose Down
SELECT 'restore the backup instead';
