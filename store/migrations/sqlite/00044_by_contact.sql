-- +goose Up
-- What contacts did themselves was noted as done by "her".
UPDATE record SET source = 'contact' WHERE source = 'her';

-- +goose Down
SELECT 'restore the backup instead';
