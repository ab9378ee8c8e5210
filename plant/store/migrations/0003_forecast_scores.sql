-- Issued forecasts with all their candidates, and how each did.

-- One row per question: who asks the same again before a new step is whole gets the same forecast, and it counts once.
CREATE TABLE issued (
    id        INTEGER PRIMARY KEY,
    tag       TEXT    NOT NULL,
    origin    INTEGER NOT NULL,             -- begin of its first step
    step_ms   INTEGER NOT NULL,
    horizon   INTEGER NOT NULL,             -- steps
    issued_at INTEGER NOT NULL,             -- wall clock
    hindsight INTEGER NOT NULL DEFAULT 0,   -- its first step had come already when it was asked for
    shown     TEXT    NOT NULL,             -- the candidate that was shown
    settled   INTEGER NOT NULL DEFAULT 0,   -- its scores are final
    body      TEXT    NOT NULL,             -- medians and bands of all candidates
    UNIQUE (tag, origin, step_ms, horizon)
) STRICT;

-- Those issued before have the shown candidate only, and no scale to divide its error by.
INSERT OR IGNORE INTO issued (tag, origin, step_ms, horizon, issued_at, shown, body)
SELECT tag,
       CAST(strftime('%s', body ->> '$.forecast.times[0]') AS INTEGER) * 1000,
       body ->> '$.series.step_ms',
       json_array_length(body, '$.forecast.median'),
       issued_at,
       candidate,
       json_object('scale', NULL, 'candidates', json_object(candidate, json_object(
           'median', json_extract(body, '$.forecast.median'),
           'lower', json_extract(body, '$.forecast.lower'),
           'upper', json_extract(body, '$.forecast.upper'))))
FROM forecasts
WHERE json_valid(body) AND body ->> '$.forecast.times[0]' IS NOT NULL AND body ->> '$.series.step_ms' IS NOT NULL
ORDER BY issued_at, id;
DROP TABLE forecasts;
ALTER TABLE issued RENAME TO forecasts;
CREATE INDEX forecasts_unsettled ON forecasts (tag) WHERE NOT settled;

CREATE TABLE forecast_scores (
    forecast  INTEGER NOT NULL REFERENCES forecasts (id) ON DELETE CASCADE,
    candidate TEXT    NOT NULL,
    due       INTEGER NOT NULL,   -- steps whose time has come
    steps     INTEGER NOT NULL,   -- of these, how many came with a value
    mae       REAL    NOT NULL,
    mase      REAL,
    inside    TEXT    NOT NULL,   -- JSON: share of values inside the band, by level
    scored_at INTEGER NOT NULL,
    PRIMARY KEY (forecast, candidate)
) STRICT, WITHOUT ROWID;
