"""The words that belong to no graph and what they do in a question; they stand in `functions.txt`, in two languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Function, Reading, Role
from tools.graph.parser.trie import Trie
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


def functions(words: Sequence[Word]) -> Iterator[Reading]:
    """Yields every reading of a question's words as words that belong to no graph."""
    plains = [word.plain for word in words]
    for first, word in enumerate(words):
        for last, role, _ in _trie().find(plains, first):
            if not (last == first + 1 and _accent_forbids(word, role)):
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
