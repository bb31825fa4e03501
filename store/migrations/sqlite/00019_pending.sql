-- +goose Up
-- What follows from a refusal is decided when its edition has settled: returns.done is
-- pending until then. What came back before this has done what it did.
CREATE INDEX returns_pending ON returns (edition, n) WHERE done = 'pending';

-- +goose Down
SELECT 'restore the backup instead';
