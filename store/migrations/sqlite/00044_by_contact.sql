-- +goose Up
-- What contacts did themselves was noted as done by "her".
UPDATE record SET who = 'contact' WHERE who = 'her';

-- +goose Down
SELECT 'restore the backup instead';
