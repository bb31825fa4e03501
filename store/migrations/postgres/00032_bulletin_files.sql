-- +goose Up
CREATE TABLE bulletin_files (
    hash     TEXT COLLATE "C" NOT NULL,
    bulletin BIGINT NOT NULL REFERENCES bulletins (n),
    PRIMARY KEY (hash, bulletin)
);

INSERT INTO bulletin_files (hash, bulletin)
    SELECT DISTINCT substr(f.value ->> 'src', 9, 32), r.bulletin
    FROM revisions r, json_array_elements(COALESCE(r.content::JSON -> 'images', '[]')) f
    WHERE f.value ->> 'src' LIKE '/images/%'
    UNION
    SELECT DISTINCT substr(f.value ->> 'src', 8, 32), r.bulletin
    FROM revisions r, json_array_elements(COALESCE(r.content::JSON -> 'attachments', '[]')) f
    WHERE f.value ->> 'src' LIKE '/files/%';
