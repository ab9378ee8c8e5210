-- Amended minutes, several sinks, and hours sealed to Parquet.

-- Oldest judged minute that a later reading has touched: the asset is judged again from there.
ALTER TABLE assets ADD COLUMN amend_from INTEGER;
CREATE INDEX episodes_by_tag ON episodes (tag);
CREATE INDEX episodes_by_asset ON episodes (asset);

-- Readings of this partition that retention has taken out of the hot store; the lake holds them.
ALTER TABLE partitions ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;

-- Recorded while its sender was cut off: stored after the fact, and judged by no rule.
ALTER TABLE readings ADD COLUMN historical INTEGER NOT NULL DEFAULT 0;

-- Each sink empties the outbox at its own pace: `sent` is the id of the last message it has.
CREATE TABLE sinks (
    name    TEXT    PRIMARY KEY,
    sent    INTEGER NOT NULL DEFAULT 0,
    owner   TEXT    NOT NULL DEFAULT '',  -- one worker at a time delivers to a sink
    seen_at INTEGER NOT NULL DEFAULT 0,
    tries   INTEGER NOT NULL DEFAULT 0,   -- failed ones in a row
    due_at  INTEGER NOT NULL DEFAULT 0,   -- wall clock of the next try
    error   TEXT    NOT NULL DEFAULT '',
    refused INTEGER NOT NULL DEFAULT 0,   -- messages that it would not take, ever
    refusal TEXT    NOT NULL DEFAULT ''   -- why, of the last one
) STRICT, WITHOUT ROWID;
-- The one sink there was goes on where it is.
INSERT INTO sinks (name, sent) SELECT 'topic', max(id) FROM outbox WHERE sent_at IS NOT NULL HAVING max(id) IS NOT NULL;
DROP INDEX outbox_unsent;
ALTER TABLE outbox DROP COLUMN sent_at;

-- Every hour that has ever had readings, and what of it is in the lake.
CREATE TABLE hours (
    hour      INTEGER PRIMARY KEY,          -- begin, UTC milliseconds
    readings  INTEGER NOT NULL DEFAULT 0,   -- rows of its file; no file where there is none
    sha256    TEXT    NOT NULL DEFAULT '',
    sealed_at INTEGER NOT NULL DEFAULT 0,   -- 0 while it is not, or is being sealed
    touched   INTEGER NOT NULL DEFAULT 1,   -- a reading came since: it is to be sealed, again
    kept      INTEGER NOT NULL DEFAULT 1,   -- whether the hot store has readings of it
    retired   INTEGER NOT NULL DEFAULT 0    -- whether the file holds readings that the hot store gave up
) STRICT;
INSERT INTO hours (hour) SELECT DISTINCT ts - ts % 3600000 FROM readings;

-- What people did is read at every look of the terminal.
CREATE INDEX episode_events_by_kind ON episode_events (kind);
