-- +goose Up
-- Contacts who became part of another: somebody moved to the address that they
-- had. Links in mails that they got work on, for whoever they are part of.
CREATE TABLE joined (
    key     TEXT PRIMARY KEY,                   -- theirs
    number  BIGINT NOT NULL,                   -- by which the ledger knows them
    contact BIGINT NOT NULL                    -- whom they are part of
);
CREATE INDEX joined_contact ON joined (contact);

-- +goose Down
SELECT 'restore the backup instead';
