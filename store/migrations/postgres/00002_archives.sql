-- +goose Up
CREATE TABLE feeds (
    id        TEXT COLLATE "C" PRIMARY KEY,
    born      TEXT COLLATE "C" NOT NULL,
    selection TEXT COLLATE "C" NOT NULL
);
INSERT INTO feeds (id, born, selection)
    SELECT substr(name, 6), substr(name, 6), '' FROM documents WHERE name LIKE 'feed:%';

CREATE TABLE archives (
    feed     TEXT COLLATE "C" NOT NULL,
    page     BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (feed, page)
);

-- +goose Down
SELECT 'restore the backup instead';
