"""Names of parts, and where a text has one of them: spelled as listed, in the plural, in short, or with a slip.

A list is a CSV file with a column `name` and, if wanted, `spellings`, with a bar between two of them:

    name,spellings
    mechanical seal,face seal|garniture mécanique

`gazetteer.csv` is the one that ships: about 700 names for process plants, English and French. A plant's own list goes
before it: where both know a spelling, the plant's name is the one that counts.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ingestion.tabular import read_table
from plant.errors import BadInput
from tools.parts.defects import defect_words
from tools.parts.words import fold, lexicon, singular, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tools.parts.words import Token

_BAR: Final = "|"
_SLIP: Final = 5  # letters of a word from which on a slip is forgiven: "bearng"
_WRONG_LETTER: Final = 8  # from which on a letter may be another: "shift" is no misspelt shaft
_ENDINGS: Final = (("er", "eur"), ("ed", "er"))
_LONGEST: Final = 80


class Place(NamedTuple):
    """Words of a text that name a part: `tokens[first:last]`; `slip` where one of them is misspelt."""

    first: int
    last: int
    name: str
    slip: bool


class Gazetteer:
    """Names of parts.

    Args:
        names: Each name with its other spellings. What is there first keeps a spelling.
    """

    def __init__(self, names: Iterable[tuple[str, Sequence[str]]]) -> None:
        self._names: list[str] = []
        self._root: dict[str, Any] = {}
        self._joined: dict[str, str] = {}
        for name, spellings in names:
            self._names.append(name)
            for spelling in (name, *spellings):
                self._add(spelling, name)
        self._words = frozenset(_words_in(self._root))
        self._alike: dict[tuple[str, int], list[str]] = {}  # by first letter and length
        for word in sorted(self._words):
            self._alike.setdefault((word[0], len(word)), []).append(word)
        self._right: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Its names, in order."""
        return tuple(self._names)

    def find(self, words: Sequence[Token]) -> list[Place]:
        """Returns where a text names a part, the longest names first where several begin alike; none overlap."""
        found = []
        at = 0
        while at < len(words):
            place = self._at(words, at)
            if place is not None and not _is_verb(words, place):
                found.append(place)
            at = place.last if place is not None else at + 1
        return found

    def _add(self, spelling: str, name: str) -> None:
        for keys in {_keys(spelling), _keys(fold(spelling))} - {()}:  # « côté » is written "cote" too
            self._add_keys(keys, name)

    def _add_keys(self, keys: tuple[str, ...], name: str) -> None:
        node = self._root
        for key in keys:
            node = node.setdefault(key, {})
        node.setdefault("", name)
        if len(keys) > 1:
            self._joined.setdefault("".join(keys), name)

    def _at(self, words: Sequence[Token], first: int) -> Place | None:
        """Returns the longest name that begins with a word."""
        node, best, slip = self._root, None, False
        for at in range(first, len(words)):
            word = words[at]
            if at > first and word.apart:
                break
            key = word.key if word.key in node else self._corrected(word)
            if key in node and key:
                slip = slip or key != word.key
                node = node[key]
                if "" in node:
                    best = Place(first, at + 1, node[""], slip)
            elif at == first or word.word not in lexicon().joining:
                break
        if best is None and words[first].key in self._joined:
            return Place(first, first + 1, self._joined[words[first].key], slip=False)
        return best

    def _corrected(self, word: Token) -> str:
        """Returns the word of a name that a word is a slip away from; itself where it is a word already, or none is."""
        if word.key not in self._right:
            self._right[word.key] = self._near(word)
        return self._right[word.key]

    def _near(self, word: Token) -> str:
        from rapidfuzz.distance import OSA

        key = word.key
        known = key in self._words or not {key, word.word}.isdisjoint(_known()) or defect_words().knows(word.word)
        if known or len(key) < _SLIP or not key.isalpha():
            return key
        near = (one for length in (0, 1, -1) for one in self._alike.get((key[0], len(key) + length), ()))
        return next((one for one in near if len(one) >= _SLIP and OSA.distance(one, key) == 1 and _slip(one, key)), key)


def packaged() -> list[tuple[str, tuple[str, ...]]]:
    """Returns the names that ship."""
    text = files("tools.parts").joinpath("gazetteer.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [(row["name"], tuple(row["spellings"].split(_BAR))) for row in rows]


def read_names(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Reads a plant's own list.

    Raises:
        BadInput: If it cannot be read, has no column `name`, or a row has a name without a letter or far too long.
    """
    rows = read_table(path, headed=True).rows
    header = [cell.casefold() for cell in rows[0].cells]
    if "name" not in header:
        raise BadInput(
            f"{path}, line {rows[0].line}: a list of parts needs a column name; there is {', '.join(rows[0].cells)}.",
            hint="Write name,spellings in its first line; a bar stands between two spellings.",
        )
    names = []
    for row in rows[1:]:
        cells = dict(zip(header, row.cells, strict=False))
        spellings = tuple(one.strip() for one in cells.get("spellings", "").split(_BAR) if one.strip())
        for name in (cells.get("name", ""), *spellings):
            if not any(map(str.isalpha, name)) or len(name) > _LONGEST:
                raise BadInput(f"{path}, line {row.line}: {name[:_LONGEST]!r} is no name of a part.")
        names.append((cells["name"], spellings))
    if not names:
        raise BadInput(f"{path} has no part in it.")
    return names


def gazetteer(own: Path | None = None) -> Gazetteer:
    """Returns the names that ship, a plant's own before them.

    Raises:
        BadInput: As `read_names` does.
    """
    return _shipped() if own is None else Gazetteer([*read_names(own), *packaged()])


@cache
def _shipped() -> Gazetteer:
    return Gazetteer(packaged())


@cache
def _known() -> frozenset[str]:
    """Words that are no slips of other words."""
    words = lexicon()
    sets = (words.joining, words.prepositions, words.fillers, words.denying, words.denied_after, words.supposing)
    every = frozenset().union(*sets, words.checking, words.french, words.other, words.short)
    return every | {singular(word) for word in words.other}


def _keys(spelling: str) -> tuple[str, ...]:
    """Returns the words that a spelling is found by: those that only join two of them are left out."""
    words = tokens(spelling)
    last = len(words) - 1
    return tuple(one.key for at, one in enumerate(words) if at in {0, last} or one.word not in lexicon().joining)


def _words_in(node: dict[str, Any]) -> Iterable[str]:
    for key, below in node.items():
        if key:
            yield key
            yield from _words_in(below)


def _slip(right: str, written: str) -> bool:
    """Whether a distance of one is a slip: a letter too many, too few or two swapped; another only in a long word.

    An ending that makes another word of it is none: « purger » is no « purgeur », "controlled" no controller.
    """
    if any(written.endswith(verb) and right.endswith(noun) for verb, noun in _ENDINGS):
        return False
    return len(right) != len(written) or sorted(right) == sorted(written) or len(written) >= _WRONG_LETTER


def _is_verb(words: Sequence[Token], place: Place) -> bool:
    """Whether an English name is a verb where it stands: "to seal the flange", "switch off"."""
    word = words[place.first]
    if place.last - place.first > 1 or word.word not in lexicon().verbs:
        return False
    after = words[place.last] if place.last < len(words) else None
    if after is None or after.apart or after.word not in lexicon().verb_after:
        return False
    before = words[place.first - 1] if place.first else None
    return before is None or word.apart or before.word in lexicon().verb_before
