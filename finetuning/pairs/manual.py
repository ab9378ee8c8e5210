"""A manual as the makers know it: its machine, its language, and what is said in it more than once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from finetuning.pairs.rows import cells, plain
from finetuning.pairs.subjects import heading, machine_of, manual_language
from finetuning.pairs.wordings import wordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.pairs.rows import Cell
    from plant.store.contract import Document, Passage, Store


_SAYS: Final = re.compile(r"(?:\S+\s+){3}[^\n]*[.!?](?=\s|$)|\S ?: \S")
"""A sentence of four words or more, or a name with its value."""


class Manual:
    """What is known of a whole manual.

    Args:
        document: The manual.
        passages: All its passages, in reading order.

    Attributes:
        machine: What its title calls its machine; empty where it does not.
        language: `en` or `fr`.
        rows: The rows of its tables, as cells.
        words_of: The words of each passage, as the index sees them.
        words: Those of all together.
    """

    def __init__(self, document: Document, passages: Sequence[Passage]) -> None:
        self.document = document
        self.passages = passages
        self.machine = machine_of(document.title)
        self.language = manual_language(passages)
        self._cells: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._kinds = Counter((passage.section, passage.kind) for passage in passages)
        self.rows = [row for passage in passages if passage.kind == "table" for row in [cells(passage.text)] if row]
        for row in self.rows:
            for key, column in _facts(row):
                self._cells[key, column].add(plain(" ".join(cell.text for cell in row)))
        self.words_of = [frozenset(passage.search.split()) for passage in passages]
        self.words = frozenset[str]().union(*self.words_of)

    def is_unique(self, key: str, column: str) -> bool:
        """Says whether only one row of the manual gives a column for a key."""
        return len(self._cells[plain(key), plain(column)]) <= 1

    def count(self, section: str, kind: str) -> int:
        """Returns how many passages of a kind stand under a heading."""
        return self._kinds[section, kind]

    def topic(self, section: str) -> str:
        """Returns a heading without its number; empty where it says nothing of its own, as "General" does."""
        topic = heading(section)
        words = wordings(self.language).words
        generic = {*words["generic"].split(), *words["small"].split()}
        own = [word for word in plain(topic).split() if len(word) > 2 and word not in generic]
        return topic if own else ""

    def is_asked(self, passage: Passage) -> bool:
        """Says whether questions are made from a passage.

        None are from a title page, a preface or what has no heading, nor from a line that says nothing, as headers do.
        """
        title = plain(self.document.title)
        if not passage.section or plain(passage.section) == title or plain(passage.text) == title:
            return False
        if wordings(self.language).finds("front").match(heading(passage.section)):
            return False
        return passage.kind != "paragraph" or bool(_SAYS.search(passage.text))


def manual_of(store: Store, document: Document) -> Manual:
    """Returns what is known of a manual of a store."""
    return Manual(document, store.document_passages(document.name))


def _facts(row: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """Yields each cell's text with the column of each other: any of them may be asked for by any other."""
    for key in row:
        for cell in row:
            if cell is not key:
                yield plain(key.text), plain(cell.column)
