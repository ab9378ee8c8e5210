"""Words that say that something is wrong with a part, and of which kind: `defects.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.parts.words import Token

OTHER: Final = "other"
"""The kind of a defect whose words are of none: only a model finds those."""

_GAP: Final = ".."
_WIDEST: Final = 4


class Mention(NamedTuple):
    """Words of a text that say a defect: `tokens[first:last]`; `noun` where they name it ("noise")."""

    first: int
    last: int
    kind: str
    noun: bool


class _Pattern(NamedTuple):
    words: tuple[str, ...]
    kind: str
    noun: bool
    french: bool


class DefectWords:
    """The words of all kinds.

    Args:
        table: For each kind its `nouns`, `words` and `french`, as `defects.toml` has them.
    """

    def __init__(self, table: dict[str, dict[str, list[str]]]) -> None:
        self.kinds = tuple(table)
        patterns = [
            _Pattern(tuple(text.split()), kind, part == "nouns", part == "french")
            for kind, parts in table.items()
            for part, texts in parts.items()
            for text in texts
        ]
        self._by_letter: dict[str, list[_Pattern]] = {}
        for pattern in sorted(patterns, key=_precision):
            self._by_letter.setdefault(pattern.words[0][0], []).append(pattern)

    def knows(self, word: str) -> bool:
        """Whether a folded word alone says a defect."""
        return any(len(one.words) == 1 and _fits(one.words[0], word) for one in self._by_letter.get(word[0], ()))

    def kind_of(self, words: Sequence[Token], *, french: bool) -> str:
        """Returns the kind that words say; `OTHER` for none."""
        found = self.find(words, frozenset(), french=french)
        return found[0].kind if found else OTHER

    def find(self, words: Sequence[Token], taken: Iterable[int], *, french: bool) -> list[Mention]:
        """Returns where a text says a defect, in order; none overlap.

        Args:
            words: Of the text.
            taken: Words that name a part, and say nothing else.
            french: Whether words count that are something else in English.
        """
        named = frozenset(taken)
        found = []
        at = 0
        while at < len(words):
            mention = self._at(words, at, named, french=french)
            if mention is not None:
                found.append(mention)
            at = mention.last if mention is not None else at + 1
        return found

    def _at(self, words: Sequence[Token], at: int, named: frozenset[int], *, french: bool) -> Mention | None:
        for pattern in self._by_letter.get(words[at].word[0], ()):
            if pattern.french and not french:
                continue
            end = _end(pattern.words, words, at, named)
            if end:
                return Mention(at, end, pattern.kind, pattern.noun)
        return None


@cache
def defect_words() -> DefectWords:
    """Returns the words that ship."""
    return DefectWords(tomllib.loads(files("tools.parts").joinpath("defects.toml").read_text(encoding="utf-8")))


def _precision(pattern: _Pattern) -> tuple[int, int, bool]:
    """Sorts patterns: more words first, whole words before beginnings of words, longer ones first, nouns first."""
    return -len(pattern.words), -sum(len(word) - 20 * word.endswith("*") for word in pattern.words), not pattern.noun


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _end(pattern: Sequence[str], words: Sequence[Token], at: int, named: frozenset[int]) -> int:
    """Returns one past the last word of a pattern that begins at a word; 0 where it does not stand there."""
    first, gap = at, False
    for wanted in pattern:
        if wanted == _GAP:
            gap = True
            continue
        reach = range(at, min(len(words), at + (_WIDEST + 1 if gap else 1)))
        within = (here for here in reach if here == first or gap or not words[here].apart)
        at = next((here + 1 for here in within if _fits(wanted, words[here].word) and here not in named), 0)
        if not at:
            return 0
        gap = False
    return at
