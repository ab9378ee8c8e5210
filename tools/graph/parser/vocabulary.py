"""What people call the things of a plant, a shop or a library, in English and French.

A line of `vocabulary.txt` is one meaning: English words, a bar, French words. Whatever a label, a
property or a value of the open graph is called, the other words of its line may be said for it; a word that
the graph itself uses for something else of the same sort is never taken from it (see `lexicon.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.graph.parser.trie import bases
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator

Phrase = tuple[str, ...]


class Named(StrEnum):
    """What a word of the graph names; the same word means one thing as a label, another as a property."""

    THING = "thing"
    VALUE = "value"
    PROPERTY = "property"


_FILE: Final = Path(__file__).with_name("vocabulary.txt")
_SECTIONS: Final = {
    Named.THING: ("things", "kinds"),
    Named.VALUE: ("values", "kinds", "things"),
    Named.PROPERTY: ("properties", "kinds"),
}


def parted(name: str) -> str:
    """Returns the words of a name in a schema: "work order" for WorkOrder, "serial number" for serial_number."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", name).strip().lower()


def phrase_of(text: str) -> Phrase:
    """Returns the plain words of a text."""
    return tuple(word.plain for word in split(text))


@cache
def name_words(name: str) -> frozenset[str]:
    """Returns the plain words of a name in a schema."""
    return frozenset(phrase_of(parted(name)))


def synonyms(phrase: Phrase, sort: Named) -> Iterator[Phrase]:
    """Yields what else people say, in either language, for a phrase by which a graph names something of a sort.

    The lines that the phrase heads count; where there is none, those that it stands in.
    """
    forms = [(*phrase[:-1], form) for form in bases(phrase[-1])] if phrase else []
    for section in _SECTIONS[sort]:
        heads, members = _sections()[section]
        found = next((lines[form] for lines in (heads, members) for form in forms if form in lines), ())
        yield from dict.fromkeys(other for line in found for other in line if other != phrase)
        if found:
            return


@cache
def people_say(word: str) -> bool:
    """Whether a word is one that people use of plants, shops or libraries, whatever this graph holds."""
    return any(form in _words() for form in bases(word))


@cache
def _words() -> frozenset[str]:
    return frozenset(word for _, members in _sections().values() for phrase in members for word in phrase)


_Lines = dict[Phrase, list[tuple[Phrase, ...]]]


def lines() -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields each line of the file: its section, its English and its French phrases."""
    section = ""
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "|" in line:
            english, french = ([phrase.strip() for phrase in side.split(",")] for side in line.split("|"))
            yield section, english, french


@cache
def _sections() -> dict[str, tuple[_Lines, _Lines]]:
    """Returns the lines of each section: by the words that head their English and French sides, and by all words."""
    sections: dict[str, tuple[_Lines, _Lines]] = {}
    for section, *written in lines():
        heads, members = sections.setdefault(section, (defaultdict(list), defaultdict(list)))
        sides = [[phrase_of(text) for text in side] for side in written]
        phrases = tuple(dict.fromkeys(phrase for side in sides for phrase in side))
        for side in sides:
            heads[side[0]].append(phrases)
        for phrase in phrases:
            members[phrase].append(phrases)
    return sections
