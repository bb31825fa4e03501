-- +goose Up
-- Whether the schedule in force is due when there is news: what came before such a digest
-- was first seen is none to it.
ALTER TABLE digests ADD COLUMN on_news INTEGER NOT NULL DEFAULT 0;

UPDATE digests SET on_news = 1 WHERE schedule LIKE '%"@NEWS"%';

-- +goose Down
SELECT 'restore the backup instead';
