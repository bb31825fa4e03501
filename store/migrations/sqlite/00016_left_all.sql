-- +goose Up
-- Who complained left every digest, those of later days too: the row of the
-- digest '' says so. Complaints of before left the digests of their day only.
INSERT INTO subscriptions (contact, digest, status, since)
    SELECT c.id, '', 'unsubscribed', MAX(r.at) FROM returns r JOIN contacts c ON c.key = r.contact
    WHERE r.kind = 'complaint' AND r.done = 'suppressed' GROUP BY c.id
    ON CONFLICT (contact, digest) DO NOTHING;

-- +goose Down
SELECT 'restore the backup instead';
