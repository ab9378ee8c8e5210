"""Manuals in the store: documents, passages, and the full-text index over them (SQLite FTS5)."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from plant.codes import code_key
from plant.errors import BadInput
from plant.store.documents import NOTHING_ABOUT, Document, DocumentLink, DocumentRelation, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.store.connection import Connections
    from plant.store.documents import About

PASSAGE: Final = "p.id, d.name, p.page, p.label, p.section, p.kind, p.text, p.search"
"""Columns of a `Passage`, its score apart."""

OF_DOCUMENT: Final = "FROM passages p JOIN documents d ON d.id = p.document"


class Manuals:
    """The part of `plant.store.contract.Store` that holds manuals."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def put_document(
        self,
        document: Document,
        passages: Sequence[Passage],
        about: About = NOTHING_ABOUT,
        *,
        replaces: Sequence[str] = (),
    ) -> bool:
        """Adds a document with its passages, all of it or nothing; False if its content is there already."""
        with self._connections.writing() as writer:
            if writer.execute("SELECT 1 FROM documents WHERE sha256 = ?", (document.sha256,)).fetchone():
                return False
            for name in (document.name, *replaces):
                _remove(writer, name)
            number = writer.execute(
                """INSERT INTO documents (sha256, name, title, pages, added_at, body, revision)
                   VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id""",
                (
                    *msgspec.structs.astuple(document)[1:6],
                    msgspec.json.encode(document.report).decode(),
                    document.revision,
                ),
            ).fetchone()[0]
            writer.executemany(
                """INSERT INTO passages (document, page, label, section, kind, text, search)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                [(number, p.page, p.label, p.section, p.kind, p.text, p.search) for p in passages],
            )
            writer.execute(
                """INSERT INTO passage_index (rowid, search, section)
                   SELECT id, search, section FROM passages WHERE document = ?""",
                (number,),
            )
            _describe(writer, number, about)
        return True

    def describe_document(self, name: str, about: About) -> None:
        """Replaces what is kept beside a document; nothing where there is none of that name."""
        with self._connections.writing() as writer:
            found = writer.execute("SELECT id FROM documents WHERE name = ?", (name,)).fetchone()
            if found:
                _describe(writer, found[0], about)

    def documents(self) -> list[Document]:
        """Returns the documents, by name."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                "SELECT id, sha256, name, title, pages, added_at, body, revision FROM documents ORDER BY name"
            ).fetchall()
        return [Document(*(*row[:6], msgspec.json.decode(row[6]), row[7])) for row in rows]

    def remove_document(self, name: str) -> bool:
        """Removes a document and its passages; False if there is none of that name."""
        with self._connections.writing() as writer:
            return _remove(writer, name)

    def document_links(self) -> list[DocumentLink]:
        """Returns which assets and models the documents describe, by document, then by subject."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT d.name, l.subject, l.kind, l.why FROM document_links l JOIN documents d ON d.id = l.document
                   ORDER BY d.name, l.subject"""
            ).fetchall()
        return [DocumentLink(*row) for row in rows]

    def document_relations(self) -> list[DocumentRelation]:
        """Returns which documents resemble each other, by document, then by the other."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT d.name, o.name, r.kind, r.share FROM document_relations r
                   JOIN documents d ON d.id = r.document JOIN documents o ON o.id = r.other ORDER BY d.name, o.name"""
            ).fetchall()
        return [DocumentRelation(*row) for row in rows]

    def document_sketches(self) -> dict[str, bytes]:
        """Returns the sketch of each document's words by its name; those without one are left out."""
        with self._connections.reading() as reader:
            return dict(reader.execute("SELECT name, sketch FROM documents WHERE sketch != x'' ORDER BY name"))

    def document_codes(self, document: str) -> dict[str, list[str]]:
        """Returns the codes that the passages of a document name, by kind, in order."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT DISTINCT c.kind, c.code FROM passage_codes c JOIN passages p ON p.id = c.passage
                   JOIN documents d ON d.id = p.document WHERE d.name = ? ORDER BY c.kind, c.code""",
                (document,),
            ).fetchall()
        codes: dict[str, list[str]] = {}
        for kind, code in rows:
            codes.setdefault(kind, []).append(code)
        return codes

    def document_passages(self, document: str) -> list[Passage]:
        """Returns all passages of a document, in reading order."""
        with self._connections.reading() as reader:
            rows = reader.execute(f"SELECT {PASSAGE} {OF_DOCUMENT} WHERE d.name = ? ORDER BY p.id", (document,))
            return [Passage(*row) for row in rows]

    def passages_naming(self, code: str) -> list[Passage]:
        """Returns the passages that name a fault code, part number or bolt size, however spelt, in reading order."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"""SELECT {PASSAGE} {OF_DOCUMENT} JOIN passage_codes c ON c.passage = p.id
                    WHERE c.code = ? ORDER BY d.name, p.id""",
                (code_key(code),),
            )
            return [Passage(*row) for row in rows]

    def keep_pages(self, reading: str, pages: Sequence[tuple[int, bytes]], at: int) -> None:
        """Keeps pages of a manual that is being read; `reading` names the file's content and its reader."""
        with self._connections.writing() as writer:
            writer.executemany(
                "INSERT OR REPLACE INTO page_drafts (reading, page, body, at) VALUES (?, ?, ?, ?)",
                [(reading, page, body, at) for page, body in pages],
            )

    def kept_pages(self, reading: str) -> Iterator[tuple[int, bytes]]:
        """Yields the pages that are kept of a reading, in order."""
        with self._connections.reading() as reader:
            yield from reader.execute("SELECT page, body FROM page_drafts WHERE reading = ? ORDER BY page", (reading,))

    def drop_pages(self, reading: str, before: int = 0) -> None:
        """Forgets the pages of a reading, and those of any that were kept before a time."""
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM page_drafts WHERE reading = ? OR at < ?", (reading, before))

    def search_passages(self, match: str, *, limit: int, document: str | None = None) -> list[Passage]:
        """Returns passages by an FTS5 expression, best first. Raises `BadInput` if it does not parse."""
        with self._connections.reading() as reader, _parsing(match):
            rows = reader.execute(
                f"""SELECT {PASSAGE}, -bm25(passage_index) AS score
                    FROM passage_index i JOIN passages p ON p.id = i.rowid JOIN documents d ON d.id = p.document
                    WHERE passage_index MATCH ?1 AND (?2 IS NULL OR d.name = ?2)
                    ORDER BY score DESC, p.id LIMIT ?3""",
                (match, document, limit),
            ).fetchall()
        return [Passage(*row) for row in rows]

    def count_passages(self, match: str = "") -> int:
        """Returns how many passages an FTS5 expression finds, or there are. Raises `BadInput` if it does not parse."""
        with self._connections.reading() as reader, _parsing(match):
            if not match:
                return int(reader.execute("SELECT count(*) FROM passages").fetchone()[0])
            sql = "SELECT count(*) FROM passage_index WHERE passage_index MATCH ?"
            return int(reader.execute(sql, (match,)).fetchone()[0])

    def page_passages(self, document: str, page: int) -> list[Passage]:
        """Returns the passages of one page, in reading order."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"SELECT {PASSAGE} {OF_DOCUMENT} WHERE d.name = ? AND p.page = ? ORDER BY p.id",
                (document, page),
            ).fetchall()
        return [Passage(*row) for row in rows]


@contextmanager
def _parsing(match: str) -> Iterator[None]:
    """Turns what FTS5 says of an expression into a sentence."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise BadInput(f"The search {match!r} does not parse: {error}.", hint='Put words in quotes: "E07".') from error


def _remove(writer: sqlite3.Connection, name: str) -> bool:
    writer.execute(  # an index over another table's text is told what it forgets
        """INSERT INTO passage_index (passage_index, rowid, search, section)
           SELECT 'delete', p.id, p.search, p.section
           FROM passages p JOIN documents d ON d.id = p.document WHERE d.name = ?""",
        (name,),
    )
    return writer.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount > 0


def _describe(writer: sqlite3.Connection, document: int, about: About) -> None:
    """Writes what is known of a document, in place of what was."""
    passages = [row[0] for row in writer.execute("SELECT id FROM passages WHERE document = ? ORDER BY id", (document,))]
    writer.execute("UPDATE documents SET sketch = ? WHERE id = ?", (about.sketch, document))
    writer.execute("DELETE FROM document_links WHERE document = ?", (document,))
    writer.execute("DELETE FROM document_relations WHERE document = ?", (document,))
    writer.execute(
        "DELETE FROM passage_codes WHERE passage IN (SELECT id FROM passages WHERE document = ?)", (document,)
    )
    writer.executemany(
        "INSERT OR IGNORE INTO document_links (document, subject, kind, why) VALUES (?, ?, ?, ?)",
        [(document, link.subject, link.kind, link.why) for link in about.links],
    )
    writer.executemany(
        "INSERT OR IGNORE INTO passage_codes (code, passage, kind) VALUES (?, ?, ?)",
        [(code.code, passages[code.passage], code.kind) for code in about.codes],
    )
    writer.executemany(
        """INSERT INTO document_relations (document, other, kind, share)
           SELECT ?, id, ?, ? FROM documents WHERE name = ? AND id != ?""",
        [(document, relation.kind, relation.share, relation.other, document) for relation in about.relations],
    )
