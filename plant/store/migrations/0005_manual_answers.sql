-- What was answered from the manuals, what people said of it, and vectors of passages.

CREATE TABLE manual_answers (
    id   INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,   -- wall clock
    body TEXT    NOT NULL    -- JSON: question, passages that were read, answer
) STRICT;

CREATE TABLE manual_feedback (
    id      INTEGER PRIMARY KEY,
    answer  INTEGER NOT NULL REFERENCES manual_answers (id),
    verdict TEXT    NOT NULL CHECK (verdict IN ('right', 'wrong')),
    note    TEXT    NOT NULL,
    who     TEXT    NOT NULL,
    at      INTEGER NOT NULL   -- wall clock
) STRICT;
CREATE INDEX manual_feedback_by_answer ON manual_feedback (answer);

CREATE TABLE passage_vectors (
    model   TEXT    NOT NULL,   -- the embedder's name
    passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    vector  BLOB    NOT NULL,   -- float32, little-endian, of length 1
    PRIMARY KEY (model, passage)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_vectors_by_passage ON passage_vectors (passage);
