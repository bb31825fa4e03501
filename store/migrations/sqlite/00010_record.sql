-- +goose Up
-- The lists that were imported. A row stays: it shows who brought a contact,
-- when, and out of which file.
CREATE TABLE imports (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    list   TEXT NOT NULL,                       -- what imports of the same list are known by
    file   TEXT NOT NULL,
    hash   TEXT NOT NULL,                       -- of the file
    who    TEXT NOT NULL,                       -- who ran it
    status TEXT NOT NULL,                       -- running, done, undoing, undone
    at     INTEGER NOT NULL
);

-- The import that brought her: 0 where none did.
ALTER TABLE contacts ADD COLUMN import INTEGER NOT NULL DEFAULT 0;

-- What happened to each contact. Rows are added, and go when she is erased; who
-- was added by an import has no row for it: contacts.import says so.
CREATE TABLE record (
    n       INTEGER PRIMARY KEY AUTOINCREMENT,
    contact INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    what    TEXT NOT NULL,
    source  TEXT NOT NULL,
    who     TEXT NOT NULL,
    import  INTEGER NOT NULL,                   -- 0: none
    digest  TEXT NOT NULL,
    note    TEXT NOT NULL,
    fields  TEXT NOT NULL                       -- JSON of before and after; '' for none
);
CREATE INDEX record_contact ON record (contact);
CREATE INDEX record_import ON record (import) WHERE import > 0;

-- +goose Down
SELECT 'restore the backup instead';
