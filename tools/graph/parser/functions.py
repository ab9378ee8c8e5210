"""The words that belong to no graph and what they do in a question; they stand in `functions.txt`, in two languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Function, Reading, Role
from tools.graph.parser.trie import Trie, bases
from tools.graph.parser.vocabulary import phrase_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_FILE: Final = Path(__file__).with_name("functions.txt")

_ACCENTED: Final = {"où": Role.OR, "à": Role.HAVE, "dès": Role.OF}
"""French words whose accent tells that they have not the role of the same word without."""

_OPENING: Final = frozenset(("do", "does", "did", "has", "have", "had", "is", "are", "was", "were", "est", "sont"))
"""A question that one of these opens asks yes or no."""

_CONTRACTED: Final = frozenset(("what", "who", "where", "that", "there", "it", "how", "when", "which"))
"""Behind these 's is "is", behind all others it is "of"."""


_TOTALS: Final = (("in", "total"), ("altogether",), ("overall",), ("au", "total"), ("en", "tout"))
"""What adds nothing to a count, and asks for the sum of all else."""

_LIGHT: Final = frozenset(
    (
        "done",
        "made",
        "performed",
        "conducted",
        "effectue",
        "realise",
        "fait",
        "mene",
        "execute",
        "spent",
        "taken",
        "pris",
        "depense",
    )
)
_BE: Final = frozenset(("is", "are", "was", "were", "been", "est", "sont", "ete", "etaient"))
"""Verbs that say nothing of their own behind "be": "inspections were done in March"."""

_ONWARDS: Final = frozenset(("onwards", "onward"))
_FROM: Final = frozenset(("from", "since"))
"""What adds nothing behind "from": "from 2011 onwards"."""

_BETWEEN: Final = frozenset(
    ("from", "to", "into", "towards", "between", "out", "de", "d", "du", "vers", "entre", "depuis")
)
"""What tells behind a verb of flowing from where or to where."""

_LIGHT_COST: Final = 0.15
_COUNTS: Final = frozenset(("many", "number", "count", "combien", "nombre"))
_ARTICLES: Final = frozenset(("la", "une", "cette", "chaque", "quelle", "meme", "de"))


def functions(words: Sequence[Word]) -> Iterator[Reading]:
    """Yields every reading of a question's words as words that belong to no graph."""
    plains = [word.plain for word in words]
    yield from _listed(words, plains)
    counting = bool(_COUNTS.intersection(plains))
    for first, word in enumerate(plains):
        for phrase in _TOTALS if counting else ():
            if tuple(plains[first : first + len(phrase)]) == phrase:
                yield Reading(first, first + len(phrase), Function(Role.FILLER))
        if first > 0 and plains[first - 1] in _BE and _LIGHT.intersection(bases(word)):
            yield Reading(first, first + 1, Function(Role.FILLER), _LIGHT_COST)
        if word in _ONWARDS and _FROM.intersection(plains[max(0, first - 5) : first]):
            yield Reading(first, first + 1, Function(Role.FILLER))
        if word == "personne" and first > 0 and plains[first - 1] not in _ARTICLES:
            yield from (Reading(i, i + 1, Function(Role.NOT)) for i in range(first) if plains[i] in {"ne", "n"})
        around = {*plains[max(0, first - 3) : first], *plains[first + 1 : first + 3]}
        if word == "personne" and not around.isdisjoint(("ne", "n")):
            yield Reading(first, first + 1, Function(Role.NO))


def _listed(words: Sequence[Word], plains: Sequence[str]) -> Iterator[Reading]:
    """Yields the phrases of the file, and what depends on where a word stands."""
    for first, word in enumerate(words):
        for last, role, _ in _trie().find(plains, first):
            still = role is Role.FLOW and _BETWEEN.isdisjoint(plains[last : last + 2])
            if not (still or (last == first + 1 and _accent_forbids(word, role))):
                yield Reading(first, last, Function(role))
        if first == 0 and word.plain in _OPENING:
            yield Reading(0, 1, Function(Role.WHETHER))
        if word.plain == "s" and first > 0:
            yield Reading(first, first + 1, Function(Role.BE if plains[first - 1] in _CONTRACTED else Role.OF))


def function_words() -> Iterator[str]:
    """Yields every word of such phrases."""
    return _trie().words()


def _accent_forbids(word: Word, role: Role) -> bool:
    """Whether the accents of a word as it was written tell that it has not this role: "où" is no "or"."""
    written = word.written.lower()
    if written in _ACCENTED:
        return role in {_ACCENTED[written], Role.FILLER}
    return False


@cache
def _trie() -> Trie[Role]:
    trie: Trie[Role] = Trie(endings=False)
    role = Role.FILLER
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            role = Role(line.strip("[]"))
        elif not line.startswith("#"):
            for phrase in line.split(","):
                trie.add(phrase_of(phrase), role)
    return trie
