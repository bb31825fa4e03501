-- +goose Up
CREATE TABLE checkups (
    name      TEXT COLLATE "C" PRIMARY KEY,
    status    TEXT COLLATE "C" NOT NULL,
    what      TEXT COLLATE "C" NOT NULL,
    hint      TEXT COLLATE "C" NOT NULL,
    at        BIGINT NOT NULL,
    since     BIGINT NOT NULL,
    bad_since BIGINT
);

-- +goose Down
SELECT 'restore the backup instead';
