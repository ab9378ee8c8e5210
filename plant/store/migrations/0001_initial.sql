-- The first shape of the store. Times are int64 UTC milliseconds. Bodies named `body` are JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every tag ever seen; readings carry the small id.
CREATE TABLE sensors (
    id    INTEGER PRIMARY KEY,
    tag   TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('confirmed', 'discovered')),
    body  TEXT NOT NULL
) STRICT;

-- One row per partition of a source: where to go on, who owns it, and its two books.
CREATE TABLE partitions (
    id            INTEGER PRIMARY KEY,
    source        TEXT    NOT NULL,
    partition     INTEGER NOT NULL,
    next_offset   INTEGER NOT NULL DEFAULT 0,
    epoch         INTEGER NOT NULL DEFAULT 0,
    owner         TEXT    NOT NULL DEFAULT '',
    seen_at       INTEGER NOT NULL DEFAULT 0,   -- wall clock of the owner's last sign of life
    end_offset    INTEGER,                      -- the log's end when last asked, for lag
    watermark     INTEGER,                      -- newest source time seen
    consumed      INTEGER NOT NULL DEFAULT 0,   -- messages: consumed = decoded_messages + dead_messages + skipped
    decoded_messages INTEGER NOT NULL DEFAULT 0,
    dead_messages INTEGER NOT NULL DEFAULT 0,
    skipped       INTEGER NOT NULL DEFAULT 0,   -- offsets a compacted or transactional topic does not show
    decoded       INTEGER NOT NULL DEFAULT 0,   -- readings: decoded = stored + duplicates + late + dead_readings
    stored        INTEGER NOT NULL DEFAULT 0,
    duplicates    INTEGER NOT NULL DEFAULT 0,
    late          INTEGER NOT NULL DEFAULT 0,
    dead_readings INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, partition)
) STRICT;

CREATE TABLE readings (
    sensor    INTEGER NOT NULL REFERENCES sensors (id),
    ts        INTEGER NOT NULL,
    value     REAL,
    quality   INTEGER NOT NULL,
    partition INTEGER NOT NULL REFERENCES partitions (id),
    PRIMARY KEY (sensor, ts)
) STRICT, WITHOUT ROWID;

-- Good readings by minute, kept in the same transaction; mean = total / n.
CREATE TABLE rollups (
    sensor  INTEGER NOT NULL REFERENCES sensors (id),
    minute  INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    total   REAL    NOT NULL,
    low     REAL    NOT NULL,
    high    REAL    NOT NULL,
    PRIMARY KEY (sensor, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
    id         INTEGER PRIMARY KEY,
    source     TEXT    NOT NULL,
    partition  INTEGER NOT NULL,
    "offset"   INTEGER NOT NULL,
    item       INTEGER NOT NULL DEFAULT -1,  -- which reading of the message; -1 for the whole message
    stage      TEXT    NOT NULL,
    error      TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    key        BLOB,
    value      BLOB,
    at         INTEGER NOT NULL,
    redriven_at INTEGER,
    UNIQUE (source, partition, "offset", item)
) STRICT;

-- State of rules and detectors: JSON or npz bytes, never pickle.
CREATE TABLE states (
    key  TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Who judges an asset now, and up to which source time it is judged.
CREATE TABLE assets (
    asset   TEXT PRIMARY KEY,
    owner   TEXT    NOT NULL DEFAULT '',
    epoch   INTEGER NOT NULL DEFAULT 0,
    seen_at INTEGER NOT NULL DEFAULT 0,
    cursor  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE episodes (
    id         TEXT PRIMARY KEY,
    rule       TEXT    NOT NULL,
    tag        TEXT    NOT NULL,
    asset      TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'open', 'closed')),
    pending_at INTEGER NOT NULL,
    opened_at  INTEGER,
    closed_at  INTEGER,
    body       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX episodes_by_time ON episodes (pending_at);
CREATE INDEX episodes_standing ON episodes (state) WHERE state != 'closed';

CREATE TABLE episode_events (
    id      INTEGER PRIMARY KEY,
    episode TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL DEFAULT '',
    body    TEXT    NOT NULL
) STRICT;
CREATE INDEX episode_events_by_episode ON episode_events (episode);

CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,   -- stable id of the message: episode and change
    body    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

CREATE TABLE documents (
    id       INTEGER PRIMARY KEY,
    sha256   TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    title    TEXT NOT NULL,
    pages    INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    body     TEXT NOT NULL       -- report of what was and was not understood
) STRICT;

CREATE TABLE passages (
    id       INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    page     INTEGER NOT NULL,   -- physical page, from 1
    label    TEXT NOT NULL,      -- printed page label
    section  TEXT NOT NULL,
    kind     TEXT NOT NULL,      -- paragraph, table, warning, procedure
    text     TEXT NOT NULL,      -- verbatim
    search   TEXT NOT NULL       -- normalised, what the index sees
) STRICT;
CREATE INDEX passages_by_document ON passages (document, page);
CREATE VIRTUAL TABLE passage_index USING fts5 (
    search, section, content = 'passages', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2 tokenchars '-_./'"
);

-- Every forecast that was shown, to be scored when the actual values come.
CREATE TABLE forecasts (
    id        INTEGER PRIMARY KEY,
    tag       TEXT    NOT NULL,
    issued_at INTEGER NOT NULL,
    candidate TEXT    NOT NULL,
    body      TEXT    NOT NULL
) STRICT;
CREATE INDEX forecasts_by_tag ON forecasts (tag, issued_at);
