-- +goose Up
-- Who left, in the order of their arrival: the list of them looks at nobody else.
CREATE INDEX subscriptions_left ON subscriptions (contact) WHERE status = 'unsubscribed';

-- +goose Down
SELECT 'restore the backup instead';
