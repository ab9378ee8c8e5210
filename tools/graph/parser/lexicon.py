"""What each word of a question may mean in the graph that is open: every reading of it, none invented.

| reading | from |
|---|---|
| nodes | ids, codes, names, aliases, "pump 101" (`tools/graph/entities.py`) |
| labels, kinds, values, properties | their own names in the graph, and what else people call them (`vocabulary.py`) |
| relations, and nouns for who has them | the type's own name, inflected, and what else people say (`relations.py`) |
| numbers, days | `dates.py` |
| words that belong to no graph | `functions.py` |

What the graph itself uses a word for goes before what it might be a synonym of: in a graph with a label Order,
"order" is not a work order. A word that nothing reads is taken for a misspelling where one letter makes it a word
that is known; else it is `unread`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.entities import By, Unknown
from tools.graph.parser.actions import actions_in, doings, parted_verbs
from tools.graph.parser.adverbs import around_adverbs
from tools.graph.parser.ages import ages
from tools.graph.parser.contrasts import contrasts
from tools.graph.parser.dates import numbers
from tools.graph.parser.each_of_them import chosen_between, each_of_them
from tools.graph.parser.everyday import everyday
from tools.graph.parser.french import french_ways
from tools.graph.parser.functions import function_words, functions
from tools.graph.parser.graph_words import (
    SYNONYM,
    action_words,
    are_years,
    end_words,
    graph_words,
    has_years,
    relation_words,
    units_of,
)
from tools.graph.parser.inflection import english
from tools.graph.parser.introductions import introductions
from tools.graph.parser.light_verbs import asked_figures, light_verbs
from tools.graph.parser.periods import spans
from tools.graph.parser.pronouns import anything, echoed, referred, resumed, spoken_of
from tools.graph.parser.rates import Rates
from tools.graph.parser.readings import (
    Days,
    Function,
    Meaning,
    Nodes,
    Number,
    Property,
    Quoted,
    Reading,
    Relation,
    Role,
    ValueKind,
    Word,
)
from tools.graph.parser.restrictions import restrictions
from tools.graph.parser.ruled_out import left_possible
from tools.graph.parser.spelling import Speller
from tools.graph.parser.spoken import spoken
from tools.graph.parser.steps import stepped
from tools.graph.parser.trie import Trie
from tools.graph.parser.vocabulary import people_say
from tools.graph.parser.voice import BARE, FRONTED, Voice, fits
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tools.graph.catalogue import Catalogue
    from tools.graph.entities import Mention

_MISSPELT: Final = 1.0
_OF_YEARS: Final = {Role.BEFORE: Role.LESS, Role.AFTER: Role.MORE, Role.SINCE: Role.AT_LEAST}
_TEXTUAL: Final = frozenset((Role.CONTAINS, Role.STARTS, Role.ENDS))
_TOLD: Final = 0.3
_MOST_TOLD: Final = 4
_HAVE: Final = frozenset(("has", "have", "had"))
_JOINING: Final = frozenset(("and", "with", "et", "avec", "plus", "or", "ou"))
_SUBJECTS: Final = frozenset(("le", "la", "les", "l", "ce", "cet", "cette", "ces"))
_QUOTES: Final = re.compile(
    r'"([^"]+)"|\u00ab\s*([^\u00bb]+?)\s*\u00bb|\u201c([^\u201d]+)\u201d|(?<!\w)\'([^\']+)\'(?!\w)'
)


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
        self._nouns: Trie[tuple[Meaning, float]] = Trie()
        self._verbs: Trie[tuple[Relation, float, Voice]] = Trie(endings=False)
        self._loops = {triple.type for triple in catalogue.schema.relations if triple.start == triple.end}
        for phrase, meaning, cost in (*graph_words(catalogue), *end_words(catalogue)):
            self._nouns.add(phrase, (meaning, cost))
        finite: set[str] = set()
        self._flowing: set[str] = set()
        for said, relation in relation_words(catalogue, self._loops):
            if said.most > 1:
                self._flowing.add(relation.type)
            if said.fixed:
                self._nouns.add(said.words, (relation, said.cost))
            else:
                self._verbs.add(said.words, (relation, said.cost, said.voice))
                finite.update(said.words if said.voice is Voice.FINITE else ())
        self._finite = frozenset(finite)
        bought = (item for _, (item, _), _ in self._nouns.find(("bought", "from"), 0))
        self._bought = [item for item in bought if isinstance(item, Relation)]
        self._actions = actions_in([*action_words(catalogue)])
        self._links: dict[frozenset[str], set[str]] = defaultdict(set)
        for triple in catalogue.schema.relations:
            self._links[frozenset((triple.start, triple.end))].add(triple.type)
        self._labels = [node.label for node in catalogue.schema.nodes]
        self._properties = [
            Property(node.label, name, catalogue.kind_of(node.label, name))
            for node in catalogue.schema.nodes
            for name in node.properties
        ]
        self._units = units_of(catalogue)
        self._has_years = has_years(catalogue)
        self._rates = Rates(catalogue.schema)
        self._years = {
            (owner.owner, owner.property)
            for owner in self._properties
            if owner.kind is ValueKind.NUMBER and are_years(catalogue.all_values_of(owner.owner, owner.property))
        }
        known = {*self._nouns.words(), *self._verbs.words(), *function_words()}
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
        readings = [*self._known(words, mentions), *_quoted(question, words)]
        plains = [word.plain for word in words]
        aged = list(ages(plains, today))
        readings += [*_outside(spans(plains, today), aged), *aged]
        counted = list(numbers(plains))  # the 10 of "10 000" is no number either
        readings += _outside(iter(counted), [*(r for r in readings if isinstance(r.meaning, Days)), *counted])
        readings += self._measured(plains, readings)
        readings += [Reading(at, at + 1, told[word]) for at, word in enumerate(plains) if word in told]
        before = [entity for hint in hints if (entity := self._entities.get(hint)) is not None]
        readings += spoken_of(plains, before) if before else [*resumed(plains, readings), *referred(words, readings)]
        readings += echoed(plains, readings, self._links)
        readings += anything(plains, self._labels)
        readings += doings(plains, readings, self._actions)
        readings += parted_verbs(plains, readings, self._actions, self._verb_with)
        readings += [*contrasts(plains, readings, today)]
        readings += introductions(plains, readings)
        readings += [*french_ways(plains, readings)]  # which looks at the readings while it yields more
        readings += asked_figures(plains, readings, self._properties)
        readings += light_verbs(plains, readings)
        readings += self._rates.readings(plains)
        readings += spoken(words, readings, self._bought)
        readings += [*everyday(words, readings), *each_of_them(words, readings), *chosen_between(words, readings)]
        readings += self._days_done(plains)
        readings += around_adverbs(words, self._relations)
        readings += [*restrictions(words, readings, self._properties)]
        readings += _fronted(words, readings)
        readings += _years(readings) if self._has_years else ()
        readings += _told_texts(question, words, readings)
        readings += self._misspelt(words, readings)
        readings = stepped(plains, readings, self._flowing)
        readings = sorted(
            _cheapest(left_possible(words, readings)), key=lambda reading: (reading.first, reading.last, reading.cost)
        )
        covered = _covered(reading for reading in readings)
        unknown = tuple(word for word in self._entities.unknown(words, mentions) if not _is_read(word, words, covered))
        unread = tuple(word.written for index, word in enumerate(words) if index not in covered)
        return Read(words, tuple(readings), unknown, unread)

    def _known(self, words: Sequence[Word], mentions: Sequence[Mention]) -> Iterator[Reading]:
        """Yields what words mean that are spelled as they are known."""
        yield from _nodes(mentions)
        yield from functions(words)
        plains = [word.plain for word in words]
        for first in range(len(words)):
            for last, (meaning, far), cost in self._nouns.find(plains, first):
                yield Reading(first, last, meaning, round(far + cost, 3))
        yield from self._relations(words)

    def _relations(self, words: Sequence[Word]) -> Iterator[Reading]:
        """Yields the words for relationships whose form tells who is their subject."""
        plains = [word.plain for word in words]
        for first in range(len(words)):
            for last, (relation, far, voice), _ in self._verbs.find(plains, first):
                if fits(words, first, last, voice, self._finite, looped=relation.type in self._loops):
                    turned = voice is Voice.FRONTED and last < len(words) and plains[last] in _SUBJECTS
                    yield Reading(first, last, _turned(relation) if turned else relation, far)

    def _verb_with(self, phrase: tuple[str, str]) -> list[Relation]:
        """Returns what a verb with its preposition says."""
        found = self._verbs.find(phrase, 0)
        return list(dict.fromkeys(relation for last, (relation, _, _), _ in found if last == len(phrase)))

    def _days_done(self, plains: Sequence[str]) -> Iterator[Reading]:
        """Yields verbs behind "did" or "have" as the day of what they say: "when did it start up", "have come in"."""
        asked = plains.index("did") if "did" in plains else len(plains)
        perfect = {place + 1 for place, word in enumerate(plains) if word in _HAVE}  # "have come in"
        for first in sorted({*range(asked + 1, len(plains)), *perfect} - {len(plains)}):
            forms = english(plains[first])
            for past in dict.fromkeys((*forms.past, *forms.participles)):
                for last, (meaning, far), cost in self._nouns.find([past, *plains[first + 1 :]], 0):
                    if isinstance(meaning, Property) and (meaning.kind is ValueKind.DAY or self._is_year(meaning)):
                        yield Reading(first, first + last, meaning, round(far + cost + SYNONYM, 3))

    def _is_year(self, meaning: Property) -> bool:
        """Whether the numbers of a property are years."""
        return (meaning.owner, meaning.property) in self._years

    def _measured(self, words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
        """Yields units behind numbers and "how many": what is counted in them, or nothing where that is named."""
        for reading in readings:
            at = reading.last
            asked = reading.meaning == Function(Role.HOW_MUCH)
            if (asked or isinstance(reading.meaning, Number)) and at < len(words) and words[at] in self._units:
                if not asked:
                    yield Reading(at, at + 1, Function(Role.FILLER))
                for measured in self._units[words[at]]:
                    yield Reading(at, at + 1, measured, SYNONYM)

    def _misspelt(self, words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
        """Yields what words that nothing reads may be misspellings of; a word that people use is none."""
        covered = _covered(readings)
        for index, word in enumerate(words):
            if index in covered or people_say(word.plain):
                continue
            for other in self._speller.near(word.plain):
                spelled = msgspec.structs.replace(word, plain=other, written=other)
                around = [*words[:index], spelled, *words[index + 1 :]]
                for reading in self._known(around, self._entities.mentions(around)):
                    if reading.first <= index < reading.last:
                        yield msgspec.structs.replace(reading, cost=reading.cost + _MISSPELT)


def _nodes(mentions: Sequence[Mention]) -> Iterator[Reading]:
    """Yields mentions of nodes, one reading for each label; the only one of a kind is found by its kind."""
    for mention in mentions:
        if mention.by is By.KIND or (mention.by is not By.NAME and len(mention.entities) > 1):
            continue
        labels: dict[str, list[str]] = defaultdict(list)
        for entity in mention.entities:
            labels[entity.label].append(entity.key)
        for label, keys in labels.items():
            yield Reading(mention.first, mention.last, Nodes(label, tuple(keys)), mention.cost)


def _quoted(question: str, words: Sequence[Word]) -> Iterator[Reading]:
    for match in _QUOTES.finditer(question):
        inside = [i for i, word in enumerate(words) if match.start() <= word.start and word.end <= match.end()]
        if inside:
            text = next(group for group in match.groups() if group is not None)
            yield Reading(inside[0], inside[-1] + 1, Quoted(text))


def _told_texts(question: str, words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what follows "containing" and is nothing else as a text: the next word, or all to the clause's end."""
    covered = _covered(readings)
    textual = (r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role in _TEXTUAL)
    for first in set(textual):
        for last in {first + 1, _end_of_text(words, first)}:
            if first < last <= min(len(words), first + _MOST_TOLD) and not covered.issuperset(range(first, last)):
                yield Reading(first, last, Quoted(question[words[first].start : words[last - 1].end]), _TOLD)


def _end_of_text(words: Sequence[Word], first: int) -> int:
    """Returns the index after a text that begins at a word and ends before a mark or a joining word."""
    for last in range(first + 1, len(words)):
        if words[last].plain in _JOINING or words[last].start - words[last - 1].end > 1:
            return last
    return len(words)


def _years(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what "before" is where years are numbers: "born before 1940" is born less than 1940."""
    spans = {reading.first for reading in readings if isinstance(reading.meaning, Days)}
    numbers = {reading.first for reading in readings if isinstance(reading.meaning, Number)}
    for reading in readings:
        role = reading.meaning.role if isinstance(reading.meaning, Function) else Role.FILLER
        if role in _OF_YEARS and reading.last in spans & numbers:
            yield Reading(reading.first, reading.last, Function(_OF_YEARS[role]), SYNONYM)


def _turned(relation: Relation) -> Relation:
    """Returns a relation seen from its other side: "dans quels films joue la..." asks for what she acts in."""
    return msgspec.structs.replace(relation, forward=not relation.forward)


def _fronted(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the preposition that opens a question as nothing, where a verb stands behind without it."""
    opened = words and words[0].plain in FRONTED
    if opened and any(isinstance(reading.meaning, Relation) and reading.cost >= BARE for reading in readings):
        yield Reading(0, 1, Function(Role.FILLER), 0.0)


def _outside(found: Iterator[Reading], spans: Sequence[Reading]) -> list[Reading]:
    """Returns the readings that are not a part of a longer span: the 30 of "the last 30 days" is no number."""
    return [
        reading
        for reading in found
        if not any(
            span.first <= reading.first
            and reading.last <= span.last
            and span.last - span.first > reading.last - reading.first
            for span in spans
        )
    ]


def _covered(readings: Iterator[Reading] | Sequence[Reading]) -> set[int]:
    return {index for reading in readings for index in range(reading.first, reading.last)}


def _cheapest(readings: Iterable[Reading]) -> list[Reading]:
    """Returns each meaning of the same words once, at its least cost."""
    best: dict[tuple[int, int, Meaning], Reading] = {}
    for reading in readings:
        key = (reading.first, reading.last, reading.meaning)
        if key not in best or reading.cost < best[key].cost:
            best[key] = reading
    return list(best.values())


def _is_read(unknown: Unknown, words: Sequence[Word], covered: set[int]) -> bool:
    """Whether a word that looks like an id is something else that is known."""
    return not unknown.ambiguous and any(
        word.written.upper() == unknown.word and index in covered for index, word in enumerate(words)
    )
