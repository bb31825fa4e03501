-- +goose Up
-- The lists of the office's pages: contacts of a place by address, those who pause.
CREATE INDEX contacts_place ON contacts (place, address_key);
CREATE INDEX contacts_paused ON contacts (address_key) WHERE paused_until <> '';

CREATE TABLE office_tokens (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    may_write  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- +goose Down
SELECT 'restore the backup instead';
