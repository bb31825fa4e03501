-- +goose Up
-- Which pictures and documents each bulletin shows, or showed in an earlier revision:
-- mails that were sent link to those. What only held and withdrawn bulletins show is
-- not served.
CREATE TABLE bulletin_files (
    hash     TEXT NOT NULL,                     -- of the content, which the names of the file and of its crops begin with
    bulletin INTEGER NOT NULL REFERENCES bulletins (n),
    PRIMARY KEY (hash, bulletin)
) WITHOUT ROWID;

INSERT INTO bulletin_files (hash, bulletin)
    SELECT DISTINCT substr(json_extract(f.value, '$.src'), 9, 32), r.bulletin
    FROM revisions r, json_each(r.content, '$.images') f
    WHERE json_extract(f.value, '$.src') LIKE '/images/%'
    UNION
    SELECT DISTINCT substr(json_extract(f.value, '$.src'), 8, 32), r.bulletin
    FROM revisions r, json_each(r.content, '$.attachments') f
    WHERE json_extract(f.value, '$.src') LIKE '/files/%';
