"""Questions with their queries, and the nearest of them to a question by BM25 over words, what they name masked.

Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.entities import plain
from tools.graph.parser.readings import Nodes
from tools.graph.prompt import Example

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tools.graph.parser.lexicon import Read

_K1: Final = 1.2
_B: Final = 0.75
_MASK: Final = "named"
_WORD: Final = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")


class Examples:
    """Questions with their queries, ready to be looked up."""

    def __init__(self, pairs: Sequence[Example]) -> None:
        self._pairs = tuple(pairs)
        self._words = [Counter(_words(pair.question)) for pair in self._pairs]
        self._mean = sum(words.total() for words in self._words) / max(1, len(self._words))
        self._holding = Counter(word for words in self._words for word in words)

    def nearest(self, question: str, count: int, fits: Callable[[str], bool]) -> list[Example]:
        """Returns the nearest pairs whose query fits, the nearest last: a small model minds most what it read last.

        Args:
            question: Masked, see `masked`.
            count: At most so many.
            fits: Whether a query may be shown: one that names what the open graph has not would mislead.
        """
        wanted = set(_words(question))
        scores = [self._score(wanted, words) for words in self._words]
        best = sorted(range(len(scores)), key=lambda at: -scores[at])
        found: list[Example] = []
        for at in best:
            if len(found) == count or scores[at] <= 0:
                break
            if fits(self._pairs[at].query):
                found.insert(0, self._pairs[at])
        return found

    def _score(self, wanted: set[str], words: Counter[str]) -> float:
        length = _K1 * (1 - _B + _B * words.total() / self._mean)
        return sum(
            self._rarity(word) * words[word] * (_K1 + 1) / (words[word] + length) for word in wanted & set(words)
        )

    def _rarity(self, word: str) -> float:
        holding = self._holding[word]
        return math.log(1 + (len(self._words) - holding + 0.5) / (holding + 0.5))


@lru_cache(maxsize=1)
def packaged() -> Examples:
    """Returns the examples of `examples.toml`."""
    table = tomllib.loads(files("tools.graph").joinpath("examples.toml").read_text(encoding="utf-8"))
    return Examples(msgspec.convert(table["example"], list[Example]))


def masked(question: str, read: Read) -> str:
    """Returns a question with a mask in the place of each node that it names."""
    spans = sorted({(one.first, one.last) for one in read.readings if isinstance(one.meaning, Nodes)})
    at, pieces = 0, []
    for first, last in spans:
        start, end = read.words[first].start, read.words[last - 1].end
        if start >= at:
            pieces += [question[at:start], _MASK]
            at = end
    return " ".join([*pieces, question[at:]])


def _words(text: str) -> list[str]:
    """Returns the words of a text; those with a digit, ids and numbers, are all one."""
    found = _WORD.findall(plain(text))
    return [_MASK if any(mark.isdigit() for mark in word) else word for word in found]
