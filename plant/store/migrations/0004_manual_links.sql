-- What a manual is about, what its passages name, which manuals resemble one another, and pages read so far.

ALTER TABLE documents ADD COLUMN revision TEXT NOT NULL DEFAULT '';   -- as its text says it: "Rev. C, 2024-03"
ALTER TABLE documents ADD COLUMN sketch   BLOB NOT NULL DEFAULT x'';  -- of its words: `ingestion/manuals/likeness.py`

CREATE TABLE document_links (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    subject  TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('asset', 'model')),
    why      TEXT    NOT NULL,
    PRIMARY KEY (document, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE passage_codes (
    code    TEXT    NOT NULL,   -- one spelling for all: `plant/codes.py`
    passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    kind    TEXT    NOT NULL CHECK (kind IN ('fault', 'part', 'bolt')),
    PRIMARY KEY (code, passage)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_codes_by_passage ON passage_codes (passage);

CREATE TABLE document_relations (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    other    INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    kind     TEXT    NOT NULL CHECK (kind IN ('same text', 'revision', 'near')),
    share    REAL    NOT NULL,
    PRIMARY KEY (document, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_relations_by_other ON document_relations (other);

-- Pages of a long manual that is being read: a command that is killed goes on behind them.
CREATE TABLE page_drafts (
    reading TEXT    NOT NULL,   -- hash of the file, and version of its reader
    page    INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (reading, page)
) STRICT, WITHOUT ROWID;
