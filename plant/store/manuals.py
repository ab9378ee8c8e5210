"""Manuals in the store: documents, passages, and the full-text index over them (SQLite FTS5)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from plant.errors import BadInput
from plant.store.contract import Document, Passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.connection import Connections

_PASSAGE = "p.id, d.name, p.page, p.label, p.section, p.kind, p.text, p.search"


class Manuals:
    """The part of `plant.store.contract.Store` that holds manuals."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def put_document(self, document: Document, passages: Sequence[Passage]) -> bool:
        """Adds a document with its passages, at once; False if its content is there already.

        An older document of the same name is replaced: a name stands for one revision.
        """
        with self._connections.writing() as writer:
            if writer.execute("SELECT 1 FROM documents WHERE sha256 = ?", (document.sha256,)).fetchone():
                return False
            _remove(writer, document.name)
            number = writer.execute(
                "INSERT INTO documents (sha256, name, title, pages, added_at, body) VALUES (?, ?, ?, ?, ?, ?)",
                (*msgspec.structs.astuple(document)[1:6], msgspec.json.encode(document.report).decode()),
            ).lastrowid
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
        return True

    def documents(self) -> list[Document]:
        """Returns the documents, by name."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                "SELECT id, sha256, name, title, pages, added_at, body FROM documents ORDER BY name"
            ).fetchall()
        return [Document(*(*row[:6], msgspec.json.decode(row[6]))) for row in rows]

    def remove_document(self, name: str) -> bool:
        """Removes a document and its passages; False if there is none of that name."""
        with self._connections.writing() as writer:
            return _remove(writer, name)

    def search_passages(self, match: str, *, limit: int, document: str | None = None) -> list[Passage]:
        """Returns passages by an FTS5 expression, best first. Raises `BadInput` if it does not parse."""
        with self._connections.reading() as reader:
            try:
                rows = reader.execute(
                    f"""SELECT {_PASSAGE}, -bm25(passage_index) AS score
                        FROM passage_index i JOIN passages p ON p.id = i.rowid JOIN documents d ON d.id = p.document
                        WHERE passage_index MATCH ?1 AND (?2 IS NULL OR d.name = ?2)
                        ORDER BY score DESC, p.id LIMIT ?3""",
                    (match, document, limit),
                ).fetchall()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
                raise BadInput(
                    f"The search {match!r} does not parse: {error}.", hint='Put words in quotes: "E07".'
                ) from error
        return [Passage(*row) for row in rows]

    def page_passages(self, document: str, page: int) -> list[Passage]:
        """Returns the passages of one page, in reading order."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"""SELECT {_PASSAGE} FROM passages p JOIN documents d ON d.id = p.document
                    WHERE d.name = ? AND p.page = ? ORDER BY p.id""",
                (document, page),
            ).fetchall()
        return [Passage(*row) for row in rows]


def _remove(writer: sqlite3.Connection, name: str) -> bool:
    writer.execute(  # an index over another table's text is told what it forgets
        """INSERT INTO passage_index (passage_index, rowid, search, section)
           SELECT 'delete', p.id, p.search, p.section
           FROM passages p JOIN documents d ON d.id = p.document WHERE d.name = ?""",
        (name,),
    )
    return writer.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount > 0
