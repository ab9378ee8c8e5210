"""Phrases found in a question, whatever the endings of their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Item = TypeVar("Item")

INFLECTED: Final = 0.05
"""What an ending costs, so that the word itself comes first where both are there."""

_ENDINGS: Final = (
    ("ies", "y"),
    ("ives", "if"),
    ("ive", "if"),
    ("ieres", "ier"),
    ("iere", "ier"),
    ("euses", "eur"),
    ("euse", "eur"),
    ("euses", "eux"),
    ("euse", "eux"),
    ("elles", "el"),
    ("elle", "el"),
    ("ennes", "en"),
    ("enne", "en"),
    ("trices", "teur"),
    ("trice", "teur"),
    ("eaux", "eau"),
    ("aux", "al"),
    ("aux", "ail"),
    ("men", "man"),
    ("es", ""),
    ("s", ""),
    ("x", ""),
    ("e", ""),
)
"""Endings of plurals and of French agreement, without accents, and what stands in their place."""

_SHORTEST: Final = 3


def bases(word: str) -> tuple[str, ...]:
    """Returns a word and what it may be a plural or another gender of: "ouvertes" of "ouverte" and "ouvert"."""
    if not word.isalpha():
        return (word,)
    found = [word]
    if len(word) == _SHORTEST and word[-1] == "s":  # "wos" of "wo"
        found.append(word[:-1])
    for ending, instead in _ENDINGS:
        base = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(base) >= _SHORTEST and base not in found:
            found.append(base)
    return tuple(found)


class Trie(Generic[Item]):
    """Phrases, word by word, with what each stands for.

    Args:
        endings: Whether a phrase is found with other endings too.
    """

    def __init__(self, *, endings: bool = True) -> None:
        self._root: _Branch[Item] = _Branch()
        self._endings = endings

    def add(self, words: Sequence[str], item: Item) -> None:
        """Adds a phrase; the same phrase may stand for several items."""
        branch = self._root
        for word in words:
            branch = branch.next.setdefault(word, _Branch())
        if words and item not in branch.items:
            branch.items.append(item)

    def words(self) -> Iterator[str]:
        """Yields every word of its phrases."""
        branches = [self._root]
        while branches:
            branch = branches.pop()
            yield from branch.next
            branches += branch.next.values()

    def find(self, words: Sequence[str], first: int) -> Iterator[tuple[int, Item, float]]:
        """Yields each phrase that begins at a word: the index after its last word, what it stands for, its cost."""
        reached = [(self._root, 0.0)]
        for last in range(first, len(words)):
            forms = bases(words[last]) if self._endings else (words[last],)
            reached = [
                (branch.next[form], max(cost, INFLECTED if form != words[last] else 0.0))
                for branch, cost in reached
                for form in forms
                if form in branch.next
            ]
            if not reached:
                return
            for branch, cost in reached:
                for item in branch.items:
                    yield last + 1, item, cost


class _Branch(Generic[Item]):
    __slots__ = ("items", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Branch[Item]] = {}
        self.items: list[Item] = []
