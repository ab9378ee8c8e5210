"""A question's sentences, and which of them say nothing of the graph: "for the audit", "I'm at the pump now", "thanks".

What is left out is what cannot restrict what is asked: it is said of the asker, or for what the answer is, and has no
word that the graph knows.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.readings import ASKING, Function, Role
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from tools.graph.parser.lexicon import Read

_HARD: Final = re.compile(r"(?<=[.!?;:])\s+|\s+[-\u2013\u2014]+\s+|\s*[\n(\[\])]\s*|\s*[?!]\s*(?=\S)")
_ASKING: Final = ASKING | {Role.WHETHER}
_ASKING_ANYWHERE: Final = frozenset({Role.WHICH, Role.COUNT, Role.WHEN, Role.HOW_MUCH})
_MAY_JOIN: Final = frozenset(("que", "qu", "qui", "ce"))
_OPENING: Final = frozenset(("is", "was", "are", "were", "did", "does", "do", "has", "a", "est"))
_ADDED: Final = frozenset(
    ("and", "et", "but", "mais", "so", "then", "donc", "plus", "or", "also", "puis", "ok", "please")
)
_BEFORE = """
in on for by to from at with of about under against since until
sur dans par pour de d a avec depuis chez contre vers en
"""
_BEFORE_ASKING: Final = frozenset(_BEFORE.split())
_FILE: Final = Path(__file__).with_name("scenes.txt")
_FOR: Final = frozenset(("for", "pour"))
_WANTS: Final = re.compile(
    r"^(?:\S+ ){1,4}?(?:wants? to know|would like to know|needs? to know|is asking(?: me| us)?"
    r"|ask(?:s|ed)?(?: me| us)?|(?:me |nous )?demande(?:nt)?|veut savoir|veulent savoir|voudrait savoir|aimerait savoir"
    r"|a besoin de savoir|wonders?)\b(?: about| for| if| whether| si)?,?\s*",
    re.IGNORECASE,
)


_ASKER: Final = re.compile(
    r"^(?P<who>(?:(?:an?|the|my|our|some|le|la|l'|un|une|mon|notre) ?)?(?:\S+ ){0,2}?\S+) "
    r"(?:(?:wants|needs|requires|requested|requests|would like|is after|is asking for|asked for|asks for|veut|voudrait"
    r"|demande|souhaite|attend)(?= (?:a|the|all|every|each|le|la|les|l'|un|une|tous|toutes)\b)|asks?(?= me| us| which"
    r"| what| who| when| where| how| for|:))(?: me| us)?(?: for)?:?\s+(?:to (?:see|know|have)\s+)?",
    re.IGNORECASE,
)
_CONSIDER: Final = re.compile(  # what only tells to think of what is named: "look at the pumps"
    r"^(?:(?:please )?(?:(?:take a )?look at|let's take|let's look at|consider|take|think of|now|so|okay?|well|right)"
    r"|regarde[zr]?|prends|prenons|prenez|consid[eé]r(?:e|ons|ez)|soit|parlons de|bon|alors)\b,?\s+",
    re.IGNORECASE,
)


class _Section(StrEnum):
    """What the phrases of the file do."""

    SPEAKER = "speaker"
    AIM = "aim"
    PURPOSE = "purpose"


class Sentence(msgspec.Struct, frozen=True):
    """A part of a question, to its next mark.

    Attributes:
        text: As it was written, without the mark.
        mark: The mark that ends it; empty for none.
    """

    text: str
    mark: str = ""


def sentences(question: str) -> list[Sentence]:
    """Returns the parts of a question between its marks, other than commas; what is quoted is not parted."""
    quoted = [match.span() for match in re.finditer(r'"[^"]*"|\u00ab[^\u00bb]*\u00bb|\u201c[^\u201d]*\u201d', question)]
    found: list[Sentence] = []
    start = 0
    for match in _HARD.finditer(question):
        if any(first < match.start() < last for first, last in quoted):
            continue
        found.append(_sentence(question[start : match.start()] + match[0].strip()))
        start = match.end()
    found.append(_sentence(question[start:]))
    return [sentence for sentence in found if split(sentence.text)]


def _sentence(text: str) -> Sentence:
    bare = text.strip().rstrip(".!?;:,()[] -\u2013\u2014\u00a0")
    rest = text.strip()[len(bare) :].strip()
    return Sentence(_CONSIDER.sub("", bare.lstrip("()[]-\u2013\u2014, ")), rest[:1])


def pieces(text: str) -> list[str]:
    """Returns the parts of a sentence between its commas."""
    return [piece.strip() for piece in re.split(r",\s+", text) if piece.strip()]


def asks(read: Read) -> bool:
    """Whether a sentence begins with a word that asks, or with a preposition or "and" before one."""
    first = 0
    while first < len(read.words) and read.words[first].plain in _ADDED:
        first += 1
    places = {first}
    if first < len(read.words) and read.words[first].plain in _BEFORE_ASKING:
        places.add(first + 1)
    return any(
        r.first in places and isinstance(r.meaning, Function) and r.meaning.role in _ASKING for r in read.readings
    )


def asks_inside(read: Read) -> bool:
    """Whether a sentence has a word that asks anywhere, so that it is more than a scene."""
    asking = (r for r in read.readings if isinstance(r.meaning, Function) and r.meaning.role in _ASKING_ANYWHERE)
    return any(read.words[r.first].plain not in _MAY_JOIN for r in asking)


def is_idle(read: Read, restricting: Container[int]) -> bool:
    """Whether a part of a question says nothing of what is asked.

    Args:
        read: Its words.
        restricting: The places of the words that may restrict what is asked.
    """
    words = [word.plain for word in read.words]
    purposes = _phrases(_Section.PURPOSE)
    purpose = bool(words) and words[0] in _FOR and any((word,) in purposes for word in words)
    if not (purpose or _begins(words, _Section.SPEAKER) or _begins(words, _Section.AIM)):
        return False
    kept = [place for place, word in enumerate(words) if not (purpose and (word,) in purposes)]
    return not any(place in restricting for place in kept)


def _begins(words: Sequence[str], section: _Section) -> bool:
    """Whether some words begin with a phrase of a section."""
    return any(tuple(words[: len(phrase)]) == phrase for phrase in _phrases(section))


@cache
def _phrases(section: _Section) -> frozenset[tuple[str, ...]]:
    """Returns the phrases of a section of the file."""
    (lines,) = re.findall(rf"^\[{section}\]$([^\[]*)", _FILE.read_text(encoding="utf-8"), re.MULTILINE)
    phrases = (phrase for line in lines.splitlines() if not line.startswith("#") for phrase in line.split(","))
    return frozenset(tuple(phrase.split()) for phrase in phrases if phrase.strip())


def commands(read: Read) -> Iterator[int]:
    """Yields the places, but the first, where a word begins that asks for a list."""
    yield from sorted(
        {
            r.first
            for r in read.readings
            if r.first > 0 and isinstance(r.meaning, Function) and r.meaning.role is Role.LIST
        }
    )


def commands_first(read: Read) -> bool:
    """Whether a sentence begins with a word that asks for a list: "I need"."""
    return any(r.first == 0 and isinstance(r.meaning, Function) and r.meaning.role is Role.LIST for r in read.readings)


def is_purpose(read: Read) -> bool:
    """Whether a part of a question says what the answer is for: "before I order parts", "so that I can call him"."""
    return _begins([word.plain for word in read.words], _Section.AIM)


def without_asker(text: str, known: Callable[[str], bool]) -> str:
    """Returns a sentence without who asks: "a visitor wants to know since when ..."."""
    for asker in (_WANTS, _ASKER):
        match = asker.match(text)
        if match and not known(match["who"] if asker is _ASKER else match[0]):  # "needs" may be a relationship
            return text[match.end() :]
    return text


def parted(read: Read) -> Iterator[int]:
    """Yields the places of words before which a second question begins: "and when was it closed"."""
    for place in range(1, len(read.words)):
        word, before = read.words[place], read.words[place - 1]
        if all(first.plain in _ADDED for first in read.words[:place]):
            continue
        joined = before.plain in _ADDED
        comma = word.start - before.end > 1
        asked = any(
            r.first in (place, place + (word.plain in _BEFORE_ASKING))
            and isinstance(r.meaning, Function)
            and r.meaning.role in _ASKING
            for r in read.readings
        )
        if (joined or comma) and (asked or word.plain in _OPENING):
            yield place
