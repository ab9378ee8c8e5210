-- Amended minutes, several sinks, and hours sealed to Parquet.

-- Oldest judged minute that a later reading has touched: the asset is judged again from there.
ALTER TABLE assets ADD COLUMN amend_from INTEGER;

-- Readings of this partition that retention has taken out of the hot store; the lake holds them.
ALTER TABLE partitions ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;

-- Each sink empties the outbox at its own pace: `sent` is the id of the last message it has.
DROP INDEX outbox_unsent;
ALTER TABLE outbox DROP COLUMN sent_at;
CREATE TABLE sinks (
    name    TEXT    PRIMARY KEY,
    sent    INTEGER NOT NULL DEFAULT 0,
    owner   TEXT    NOT NULL DEFAULT '',  -- one worker at a time delivers to a sink
    seen_at INTEGER NOT NULL DEFAULT 0,
    tries   INTEGER NOT NULL DEFAULT 0,   -- failed ones in a row
    due_at  INTEGER NOT NULL DEFAULT 0,   -- wall clock of the next try
    error   TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Hours that are in the lake. One that a reading has touched since is sealed again.
CREATE TABLE sealed_hours (
    hour      INTEGER PRIMARY KEY,          -- begin, UTC milliseconds
    readings  INTEGER NOT NULL DEFAULT 0,   -- rows of its file; no file where there is none
    sha256    TEXT    NOT NULL DEFAULT '',
    sealed_at INTEGER NOT NULL DEFAULT 0,   -- 0 while it is being sealed
    touched   INTEGER NOT NULL DEFAULT 0,   -- a reading came since
    kept      INTEGER NOT NULL DEFAULT 1,   -- whether the hot store has readings of it
    retired   INTEGER NOT NULL DEFAULT 0    -- whether the file holds readings that the hot store gave up
) STRICT;
