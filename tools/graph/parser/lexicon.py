"""What each word of a question may mean in the graph that is open: every reading of it, none invented.

| pass | readings |
|---|---|
| `phrasebook.py` | of the phrases that the graph and every question are made of |
| `added/` | that what stands around words adds, from days and pronouns to light verbs, in an order told there |
| `spelling.py` | of words that nothing read so far, where one letter makes them words that are known |
| `added/steps.py` | of flows, followed only as far as the question says |
| `ruled_out/` | without those that what stands around their words rules out |

What the graph itself uses a word for goes before what it might be a synonym of: in a graph with a label Order,
"order" is not a work order. A word that has no reading at the end is `unread`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.entities import Unknown
from tools.graph.parser.added.passes import added
from tools.graph.parser.added.question import Question, covered
from tools.graph.parser.added.steps import stepped
from tools.graph.parser.phrasebook import Phrasebook
from tools.graph.parser.readings import Meaning, Reading, Word
from tools.graph.parser.ruled_out import left_possible
from tools.graph.parser.spelling import Speller
from tools.graph.parser.vocabulary import people_say
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tools.graph.catalogue import Catalogue

_MISSPELT: Final = 1.0


class Read(msgspec.Struct, frozen=True):
    """A question, read.

    Attributes:
        words: Its words.
        readings: Everything that they may mean, by place.
        unknown: Words that look like an id and are none, or that several ids answer to.
        unread: Words that have no reading, as they were written.
    """

    words: tuple[Word, ...]
    readings: tuple[Reading, ...]
    unknown: tuple[Unknown, ...]
    unread: tuple[str, ...]


class Lexicon:
    """The words of one graph; see the module's docstring.

    Args:
        catalogue: What the graph holds.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._entities = catalogue.entities
        self._phrases = Phrasebook(catalogue)
        known = self._phrases.words()
        known.update(word for name in catalogue.entities.named() for word in name)
        self._speller = Speller(known)

    def read(
        self, question: str, today: date, hints: Sequence[str] = (), told: Mapping[str, Meaning] = MappingProxyType({})
    ) -> Read:
        """Reads a question.

        Args:
            question: As it was asked.
            today: What "last month" is counted from.
            hints: Ids that were spoken of before, which "it" may mean.
            told: Words that stand for what earlier sentences spoke of.
        """
        words = split(question)
        mentions = self._entities.mentions(words)
        before = [entity for hint in hints if (entity := self._entities.get(hint)) is not None]
        asked = Question(question, words, [word.plain for word in words], today, before, told)
        readings = added(asked, [*self._phrases.readings(words, mentions)], self._phrases)
        readings += [*self._misspelt(words, readings)]
        readings = stepped(asked.plains, readings, self._phrases.flowing)
        readings = sorted(
            _cheapest(left_possible(words, readings)), key=lambda reading: (reading.first, reading.last, reading.cost)
        )
        places = covered(readings)
        unknown = tuple(word for word in self._entities.unknown(words, mentions) if not _is_read(word, words, places))
        unread = tuple(word.written for index, word in enumerate(words) if index not in places)
        return Read(words, tuple(readings), unknown, unread)

    def _misspelt(self, words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
        """Yields what words that nothing reads may be misspellings of; a word that people use is none."""
        places = covered(readings)
        for index, word in enumerate(words):
            if index in places or people_say(word.plain):
                continue
            for other in self._speller.near(word.plain):
                spelled = msgspec.structs.replace(word, plain=other, written=other)
                around = [*words[:index], spelled, *words[index + 1 :]]
                for reading in self._phrases.readings(around, self._entities.mentions(around)):
                    if reading.first <= index < reading.last:
                        yield msgspec.structs.replace(reading, cost=reading.cost + _MISSPELT)


def _cheapest(readings: Iterable[Reading]) -> list[Reading]:
    """Returns each meaning of the same words once, at its least cost."""
    best: dict[tuple[int, int, Meaning], Reading] = {}
    for reading in readings:
        key = (reading.first, reading.last, reading.meaning)
        if key not in best or reading.cost < best[key].cost:
            best[key] = reading
    return list(best.values())


def _is_read(unknown: Unknown, words: Sequence[Word], places: set[int]) -> bool:
    """Whether a word that looks like an id is something else that is known."""
    return not unknown.ambiguous and any(
        word.written.upper() == unknown.word and index in places for index, word in enumerate(words)
    )
