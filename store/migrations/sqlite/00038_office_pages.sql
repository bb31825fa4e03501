-- +goose Up
-- What the office pages look for among many: withdrawn bulletins, and
-- contacts who had another address.
CREATE INDEX bulletins_withdrawn ON bulletins (change) WHERE withdrawn = 1;
CREATE INDEX record_addresses ON record (contact) WHERE fields LIKE '{"before":{"email":%';

-- +goose Down
SELECT 'restore the backup instead';
