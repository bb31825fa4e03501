-- +goose Up
-- What the examination of the installation found last, a row a check.
CREATE TABLE checkups (
    name      TEXT PRIMARY KEY,       -- of the check
    status    TEXT NOT NULL,          -- ok, warning, failed, skipped
    what      TEXT NOT NULL,          -- a note in both languages
    hint      TEXT NOT NULL,          -- the same
    at        INTEGER NOT NULL,       -- when it was checked
    since     INTEGER NOT NULL,       -- when it got this status
    bad_since INTEGER                 -- when it turned bad; NULL: it did not, or is good again
);

-- +goose Down
SELECT 'restore the backup instead';
