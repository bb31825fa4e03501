-- +goose Up
ALTER TABLE digests ADD COLUMN on_news INTEGER NOT NULL DEFAULT 0;

UPDATE digests SET on_news = 1 WHERE schedule LIKE '%"@NEWS"%';

-- +goose Down
SELECT 'restore the backup instead';
