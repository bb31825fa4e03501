-- +goose Up
-- What WebSub hubs know of our documents. A hub is to be told of a document
-- while told is another time than modified.
CREATE TABLE hub_topics (
    hub      TEXT NOT NULL,
    topic    TEXT NOT NULL,                     -- the document's address
    modified INTEGER NOT NULL,                  -- of the document now
    told     INTEGER NOT NULL DEFAULT 0,        -- of the document as the hub knows it
    attempts INTEGER NOT NULL DEFAULT 0,        -- in vain, since it was last told
    due      INTEGER NOT NULL,                  -- of the next attempt
    PRIMARY KEY (hub, topic)
) WITHOUT ROWID;

-- +goose Down
SELECT 'restore the backup instead';
