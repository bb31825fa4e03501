-- +goose Up
-- What providers reported by HTTP, each once, until it is acted on. What is left of it then
-- keeps the same request from counting again.
CREATE TABLE return_events (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce    TEXT NOT NULL UNIQUE,            -- a hash of what may come once, with one event
    event_id TEXT NOT NULL,                   -- a hash of the event, the same for each copy
    at       INTEGER NOT NULL,                -- when it came
    provider TEXT NOT NULL,
    content  BLOB NOT NULL,                   -- as the provider wrote it; empty once done
    done     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX return_events_waiting ON return_events (n) WHERE done = 0;
CREATE INDEX return_events_at ON return_events (at);

-- +goose Down
SELECT 'restore the backup instead';
