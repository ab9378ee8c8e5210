"""What understands one sentence of a question: the contract between a talk and the parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tools.graph.parser import chart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.graph.parser.compose import Composer
    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.form import Ask
    from tools.graph.parser.lexicon import Read

Charted = tuple[int, dict[tuple[int, int], chart.Cell]]
"""How many words a sentence has that bear meaning, and what each span of them may be."""


class Clauses(Protocol):
    """What understands one sentence, in which some words stand for things that were spoken of."""

    composer: Composer

    def read(self, text: str, referents: Mapping[str, Noun]) -> Read:
        """Returns what the words of a sentence may mean."""

    def cells(self, read: Read, referents: Mapping[str, Noun]) -> Charted | None:
        """Returns what each span of its words may be; None where a word has no meaning."""

    def forms(self, read: Read, referents: Mapping[str, Noun], *, whole: bool) -> list[tuple[Ask, float]]:
        """Returns what it may ask; none where it is no question, or no one (`whole`: no sentence)."""
