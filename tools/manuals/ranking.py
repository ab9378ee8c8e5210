"""In which order passages are read: how much of the question each says, in which words, where, and what it gives.

A word of the question stands in a passage as itself, by the glossary, by its beginning, or by another word for the
same (`thesaurus.py`); what it counts is the inverse document frequency of the word that stands there, among the
candidates. To that come where it stands (heading, first cell of a row), the kind of passage and of quantity that is
asked for, and bm25. All is added with one weight each.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.manuals.words import is_code, tokens
from tools.manuals import quantities
from tools.manuals.thesaurus import mentions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plant.store.documents import Passage
    from tools.manuals.judging import Asked, Judged
    from tools.manuals.narrowing import Title

BEGINNING: Final = 6
"""Letters that words of one family share ("calibrate", "calibration")."""

_OWN, _GLOSSARY, _BEGUN, _PHRASE, _RELATED = 0.46, 0.18, 0.16, 0.39, 0.34  # for each nat of a word's frequency
_COUNT: Final = 2.9  # for the share of the question's words that the passage has in any way
_HEADING: Final = 0.24  # for each nat, under the heading
_CODES: Final = 4.0
_ABOUT: Final = 1.3
_FIRST_CELL: Final = 1.0
_BM25: Final = 2.4
_GIVES, _LACKS = 1.25, -1.25  # a figure of the quantity that is asked for
_PROCEDURE, _WARNING = 2.6, 1.25
"""Weights of what a passage has, fitted once on the families of the corpus that train (docs/assistant.md): those that
make the passages that answer likeliest under a softmax over the candidates of their question, rounded."""

_BEGUN_WEIGHS: Final = 3.0  # nats, whatever the word that begins so
_SHORT: Final = 2  # letters of a cell's words that say nothing


@lru_cache(1 << 13)
def words_of(text: str) -> tuple[str, ...]:
    """Returns the words of a heading or a cell as the index sees them; the same ones come again with each question."""
    return tuple(tokens(text))


class Unit(msgspec.Struct, frozen=True):
    """What a question says in one word or phrase.

    Attributes:
        stems: The word as the index sees it, then its counterparts by the glossary.
        related: Other words and phrases for the same, by the thesaurus.
        content: Whether it is a word of content; else it only says what kind of fact is asked for ("how long").
    """

    stems: tuple[str, ...]
    related: tuple[str, ...] = ()
    content: bool = True


def units_of(words: Sequence[str], content: Sequence[tuple[str, ...]]) -> tuple[Unit, ...]:
    """Returns what a question says: its words of content, and phrases without any ("how long").

    Args:
        words: All its words as the index sees them, in order.
        content: Its words of content with their counterparts: `Question.words`.
    """
    own = {stems[0]: stems for stems in content}
    related: dict[str, dict[str, None]] = {}
    phrases = []
    for mention in mentions(words):
        said = words[mention.start : mention.end]
        inside = [word for word in said if word in own]
        for word in inside:
            related.setdefault(word, {}).update(dict.fromkeys(mention.others))
        if not inside:
            phrases.append(Unit((" ".join(said),), mention.others, content=False))
    return (*(Unit(stems, tuple(related.get(word, ()))) for word, stems in own.items()), *phrases)


class _Text:
    """A text as it is searched: its words, their beginnings, and all of it for phrases."""

    def __init__(self, search: str) -> None:
        words = search.split()
        self.words = frozenset(words)
        self.begun = frozenset(word[:BEGINNING] for word in words if len(word) >= BEGINNING and not is_code(word))
        self._whole = f" {search} "

    def has(self, term: str) -> bool:
        return f" {term} " in self._whole if " " in term else term in self.words


class Ranking:
    """Scores the candidates of one question; the higher, the likelier one answers.

    Args:
        asked: The question.
        passages: All candidates: what is frequent among them says little.
        titles: Of their manuals, by name.
    """

    def __init__(self, asked: Asked, passages: Sequence[Passage], titles: Mapping[str, Title]) -> None:
        self._asked = asked
        self._titles = titles
        self._texts = {passage.id: _Text(passage.search) for passage in passages}
        self._headings: dict[str, _Text] = {}
        self._frequencies: dict[str, float] = {}
        self._highest = max((passage.score for passage in passages), default=0.0) or 1.0
        self._stems = {stem for unit in asked.units for stem in unit.stems}
        self._begun = {stem[:BEGINNING] for stem in self._stems if len(stem) >= BEGINNING and not is_code(stem)}
        self._related = {word for unit in asked.units for term in unit.related for word in term.split()}

    def says(self, passage: Passage) -> bool:
        """Says whether a candidate may answer at all: it has a word of the question, or what it asks for."""
        text, asked = self._texts[passage.id], self._asked
        if not any(unit.content for unit in asked.units):
            return False
        if passage.kind in asked.wanted or quantities.given(passage.text, asked.quantities):
            return True
        return any(self._standing(unit, text)[0] for unit in asked.units)

    def score(self, passage: Passage, judged: Judged) -> float:
        """Returns the score of a candidate."""
        score = _CODES * judged.codes + _ABOUT * judged.about + _BM25 * max(passage.score, 0.0) / self._highest
        score += self._words(passage) + _FIRST_CELL * self._first_cell(passage)
        if self._asked.quantities:
            score += _GIVES if quantities.given(passage.text, self._asked.quantities) else _LACKS
        if passage.kind in self._asked.wanted:
            score += _PROCEDURE if passage.kind == "procedure" else _WARNING
        return score

    def _words(self, passage: Passage) -> float:
        """Returns what the words of the question that stand in a passage count, those of its heading once more.

        The name of the machine says nothing of one passage among its others, unless nothing else is asked.
        """
        names = self._titles[passage.document].names
        units = [unit for unit in self._asked.units if names.isdisjoint(unit.stems)] or self._asked.units
        if not units:
            return 0.0
        text = self._texts[passage.id]
        heading = self._headings.get(passage.section)
        if heading is None:
            heading = self._headings[passage.section] = _Text(" ".join(words_of(passage.section)))
        score, having = 0.0, 0
        for unit in units:
            weight, nats = self._standing(unit, text)
            score += weight * nats
            having += weight > 0
            score += _HEADING * self._standing(unit, heading)[1]
        return score + _COUNT * having / len(units)

    def _standing(self, unit: Unit, text: _Text) -> tuple[float, float]:
        """Returns the weight of the way that a word stands in a text, and the nats that it counts; zeros for none."""
        own, *others = unit.stems
        if text.has(own):
            return _OWN, self._nats(own)
        if said := [self._nats(stem) for stem in others if stem in text.words]:
            return _GLOSSARY, max(said)
        related = max(((self._nats(term), " " in term) for term in unit.related if text.has(term)), default=None)
        if related and related[1]:
            return _PHRASE, related[0]
        if any(stem[:BEGINNING] in text.begun for stem in unit.stems if len(stem) >= BEGINNING and not is_code(stem)):
            return _BEGUN, _BEGUN_WEIGHS
        return (_RELATED, related[0]) if related else (0.0, 0.0)

    def _nats(self, term: str) -> float:
        """Returns the inverse document frequency of a term among the candidates."""
        if term not in self._frequencies:
            having = sum(text.has(term) for text in self._texts.values())
            self._frequencies[term] = math.log(1 + (len(self._texts) - having + 0.5) / (having + 0.5))
        return self._frequencies[term]

    def _first_cell(self, passage: Passage) -> float:
        """Returns the share of the words of a row's first cell that the question says, in any way."""
        if passage.kind != "table":
            return 0.0
        first = passage.text.partition("\n")[0]
        name = [word for word in words_of(first.partition(": ")[2] or first) if len(word) > _SHORT]
        return sum(map(self._says, name)) / len(name) if name else 0.0

    def _says(self, word: str) -> float:
        if word in self._stems:
            return 1.0
        if len(word) >= BEGINNING and word[:BEGINNING] in self._begun:
            return 0.8
        return 0.5 if word in self._related else 0.0
