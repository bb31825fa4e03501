-- +goose Up
-- Every feed that was ever published: under which id it was born, which its
-- permanent id is made from, and what it chose when its archives were made.
CREATE TABLE feeds (
    id        TEXT PRIMARY KEY,
    born      TEXT NOT NULL,
    selection TEXT NOT NULL                     -- JSON of its tags; '': no archives yet
) WITHOUT ROWID;
INSERT INTO feeds (id, born, selection)
    SELECT substr(name, 6), substr(name, 6), '' FROM documents WHERE name LIKE 'feed:%';

-- The archive pages of a feed, from the oldest: each holds the bulletins of
-- the feed whose seq is above the last of the page before it, up to its own.
-- A row never changes, so that a page is always the same run.
CREATE TABLE archives (
    feed     TEXT NOT NULL,
    page     INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (feed, page)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
