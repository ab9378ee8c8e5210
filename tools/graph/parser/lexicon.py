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
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.entities import By, Unknown
from tools.graph.parser import relations
from tools.graph.parser.dates import numbers, spans
from tools.graph.parser.functions import function_words, functions
from tools.graph.parser.readings import (
    Days,
    End,
    Function,
    Label,
    Meaning,
    Nodes,
    Number,
    Property,
    Quoted,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
    Word,
)
from tools.graph.parser.spelling import Speller
from tools.graph.parser.trie import Trie
from tools.graph.parser.vocabulary import Named, parted, phrase_of, synonyms
from tools.graph.parser.voice import Voice, fits
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set
    from datetime import date

    from tools.graph.catalogue import Catalogue
    from tools.graph.entities import Mention
    from tools.graph.parser.vocabulary import Phrase

_SYNONYM: Final = 0.1
_LESS_LIKELY: Final = 0.05
_MISSPELT: Final = 1.0
_MOST_WORDS: Final = 10
_SORTS: Final = frozenset(
    (
        "kind",
        "type",
        "category",
        "class",
        "role",
        "job",
        "trade",
        "profession",
        "occupation",
        "subtype",
        "genre",
        "sort",
    )
)
"""Properties whose values are nouns for the nodes: a pump, an electrician, a comedy."""

_NAMES: Final = frozenset(("id", "name"))
_SUFFIXES: Final = frozenset(
    ("date", "at", "on", "day", "time", "id", "h", "hours", "hrs", "kw", "w", "kg", "mm", "cm", "m", "min", "minutes")
).union(("days", "eur", "usd", "euros", "name", "number", "no", "bar", "pct", "percent", "s", "l", "rpm", "year"))
"""Words at the end of a property's name that are not said: `rated_power_kw`, `opened_at`."""

_QUOTES: Final = re.compile(
    r'"([^"]+)"|\u00ab\s*([^\u00bb]+?)\s*\u00bb|\u201c([^\u201d]+)\u201d|(?<!\w)\'([^\']+)\'(?!\w)'
)
_PRONOUNS: Final = frozenset(
    (
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "them",
        "they",
        "their",
        "celui ci",
        "celle ci",
        "ceux ci",
        "celles ci",
    )
).union(("ce", "cet", "cette", "ces", "il", "elle", "lui", "son", "sa", "ses", "leur", "leurs", "this one", "that one"))
_POSSESSIVES: Final = frozenset(("its", "their", "his", "her", "son", "sa", "ses", "leur", "leurs"))
_JOINING: Final = frozenset(("and", "with", "et", "avec", "or", "ou"))


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
        for phrase, meaning, cost in (*_graph_words(catalogue), *_end_words(catalogue)):
            self._nouns.add(phrase, (meaning, cost))
        finite: set[str] = set()
        for said, relation in _relation_words(catalogue, self._loops):
            if said.fixed:
                self._nouns.add(said.words, (relation, said.cost))
            else:
                self._verbs.add(said.words, (relation, said.cost, said.voice))
                finite.update(said.words if said.voice is Voice.FINITE else ())
        self._finite = frozenset(finite)
        self._units = _units(catalogue)
        known = {*self._nouns.words(), *self._verbs.words(), *function_words()}
        known.update(word for name in catalogue.entities.named() for word in name)
        self._speller = Speller(known)

    def read(self, question: str, today: date, hints: Sequence[str] = ()) -> Read:
        """Reads a question.

        Args:
            question: As it was asked.
            today: What "last month" is counted from.
            hints: Ids that were spoken of before, which "it" may mean.
        """
        words = split(question)
        mentions = self._entities.mentions(words)
        readings = [*self._known(words, mentions), *_quoted(question, words)]
        plains = [word.plain for word in words]
        readings += _outside(spans(plains, today), ())
        readings += _outside(numbers(plains), [r for r in readings if isinstance(r.meaning, Days)])
        readings += self._filled(plains, readings)
        readings += self._pronouns(plains, hints)
        readings += self._misspelt(words, readings)
        readings = sorted(_cheapest(readings), key=lambda reading: (reading.first, reading.last, reading.cost))
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
            for last, (relation, far, voice), _ in self._verbs.find(plains, first):
                if fits(words, first, last, voice, self._finite, looped=relation.type in self._loops):
                    yield Reading(first, last, relation, far)

    def _filled(self, words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
        """Yields units behind numbers, which add nothing: "5 hours" where the graph counts hours."""
        for reading in readings:
            at = reading.last
            if isinstance(reading.meaning, Number) and at < len(words) and words[at] in self._units:
                yield Reading(at, at + 1, Function(Role.FILLER))

    def _pronouns(self, words: Sequence[str], hints: Sequence[str]) -> Iterator[Reading]:
        """Yields "it" and "this pump" as what was spoken of before; "their" as nothing where it only joins."""
        entities = [entity for hint in hints if (entity := self._entities.get(hint)) is not None]
        ids: dict[str, list[str]] = defaultdict(list)
        for entity in entities:
            ids[entity.label].append(entity.key)
        for first, word in enumerate(words):
            for last in (first + 1, first + 2):
                if " ".join(words[first:last]) in _PRONOUNS and last <= len(words):
                    for label, keys in ids.items():
                        yield Reading(first, last, Nodes(label, tuple(keys)), _SYNONYM)
            if not ids and word in _POSSESSIVES and first > 0 and words[first - 1] in _JOINING:
                yield Reading(first, first + 1, Function(Role.FILLER), _SYNONYM)

    def _misspelt(self, words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
        """Yields what words that nothing reads may be misspellings of."""
        covered = _covered(readings)
        for index, word in enumerate(words):
            for other in self._speller.near(word.plain) if index not in covered else ():
                spelled = msgspec.structs.replace(word, plain=other, written=other)
                around = [*words[:index], spelled, *words[index + 1 :]]
                for reading in self._known(around, self._entities.mentions(around)):
                    if reading.first <= index < reading.last:
                        yield msgspec.structs.replace(reading, cost=reading.cost + _MISSPELT)


def _graph_words(catalogue: Catalogue) -> Iterator[tuple[Phrase, Meaning, float]]:
    """Yields the words for labels, kinds, values and properties, with their cost."""
    things: list[tuple[Phrase, Meaning]] = []
    for node in catalogue.schema.nodes:
        things.append((phrase_of(parted(node.label)), Label(node.label)))
        for name in node.properties:
            values = catalogue.values_of(node.label, name) if name in _SORTS else ()
            things += [(phrase_of(value), Sort(node.label, name, value)) for value in values if isinstance(value, str)]
    yield from _called(things, Named.THING)
    for phrase, label in things:
        if isinstance(label, Label) and len(phrase) > 1:
            yield ("".join(phrase),), label, 0.0
            if phrase[-1:] not in {other for other, _ in things}:
                yield phrase[-1:], label, _SYNONYM
    yield from _value_words(catalogue)
    yield from _property_words(catalogue)


def _value_words(catalogue: Catalogue) -> Iterator[tuple[Phrase, Meaning, float]]:
    for node in catalogue.schema.nodes:
        for name in node.properties:
            if name in _NAMES:
                continue
            kind = catalogue.kind_of(node.label, name)
            if kind is ValueKind.FLAG:
                yield from _called([(phrase_of(parted(name)), Value(node.label, name, value=True))], Named.VALUE)
            if kind is not ValueKind.TEXT:
                continue
            values = [
                (phrase, Value(node.label, name, value))
                for value in catalogue.all_values_of(node.label, name)
                if isinstance(value, str) and 0 < len(phrase := phrase_of(value)) <= _MOST_WORDS
            ]
            few = bool(catalogue.values_of(node.label, name))
            yield from _called(values, Named.VALUE) if few else ((*value, 0.0) for value in values)


def _property_words(catalogue: Catalogue) -> Iterator[tuple[Phrase, Meaning, float]]:
    owners: dict[tuple[str, bool], tuple[str, ...]] = {(n.label, False): n.properties for n in catalogue.schema.nodes}
    for relation in catalogue.schema.relations:
        known = owners.get((relation.type, True), ())
        owners[relation.type, True] = tuple(dict.fromkeys((*known, *relation.properties)))
    for (owner, of_relation), names in owners.items():
        properties: list[tuple[Phrase, Meaning]] = []
        shorter: list[tuple[Phrase, Meaning]] = []
        for name in names:
            meaning = Property(owner, name, catalogue.kind_of(owner, name), of_relation)
            phrase = phrase_of(parted(name))
            properties.append((phrase, meaning))
            if (short := _shortened(phrase)) != phrase:
                shorter.append((short, meaning))
        own = {phrase for phrase, _ in properties}
        yield from _called([*properties, *(pair for pair in shorter if pair[0] not in own)], Named.PROPERTY)


def _called(named: Sequence[tuple[Phrase, Meaning]], sort: Named) -> Iterator[tuple[Phrase, Meaning, float]]:
    """Yields each thing by its own name, and by its synonyms that are no other's own name."""
    own = {phrase for phrase, _ in named}
    for phrase, meaning in named:
        if phrase:
            yield phrase, meaning, 0.0
            for other in synonyms(phrase, sort):
                if other not in own:
                    yield other, meaning, _SYNONYM


def _shortened(phrase: Phrase) -> Phrase:
    while len(phrase) > 1 and phrase[-1] in _SUFFIXES:
        phrase = phrase[:-1]
    return phrase


def _relation_words(catalogue: Catalogue, loops: Set[str]) -> Iterator[tuple[relations.Said, Relation]]:
    """Yields the words for relationships."""
    for name in dict.fromkeys(triple.type for triple in catalogue.schema.relations):
        for said in relations.said_of(name, alike=name in loops):
            yield said, Relation(name, said.forward, said.least, said.most)


def _end_words(catalogue: Catalogue) -> Iterator[tuple[Phrase, Meaning, float]]:
    """Yields the nouns for the ends of relationships, but for those that name a label."""
    labels = {phrase_of(parted(node.label)) for node in catalogue.schema.nodes}
    for name in dict.fromkeys(triple.type for triple in catalogue.schema.relations):
        for noun in relations.nouns_of(name):
            if noun.words not in labels:
                yield noun.words, End(name, noun.start), noun.cost


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


def _units(catalogue: Catalogue) -> frozenset[str]:
    """Returns the words for the units in which the graph's numbers are."""
    named: set[str] = set()
    for node in catalogue.schema.nodes:
        for name in node.properties:
            if catalogue.kind_of(node.label, name) is ValueKind.NUMBER:
                named.update(phrase_of(parted(name)))
            elif name in {"unit", "units"}:
                named.update(
                    word for value in catalogue.all_values_of(node.label, name) for word in phrase_of(str(value))
                )
    return frozenset(named).union(*(words for keys, words in _UNIT_WORDS if named & keys))


_UNIT_WORDS: Final = tuple(
    (frozenset(names.split()), frozenset(units.split()))
    for names, units in (
        ("hours hour h hrs", "hours hour h heures heure hrs"),
        ("minutes min mins runtime", "minutes minute min mins mn"),
        ("days day", "days day jours jour"),
        ("kw power", "kw kilowatts kilowatt"),
        ("kg weight mass", "kg kilos kilograms kilogrammes"),
        ("price cost amount total eur budget salary revenue", "euros euro eur"),
        ("price cost amount total usd budget salary revenue", "dollars dollar usd"),
        ("stock quantity qty", "units unit pieces items unites pcs"),
        ("percent pct share rate", "% percent pourcent"),
        ("rating score stars", "stars points etoiles"),
        ("bar pressure", "bar bars"),
    )
)
"""By the words in the name of a number: its units. A duration that does not say its unit has none."""


def _covered(readings: Iterator[Reading] | Sequence[Reading]) -> set[int]:
    return {index for reading in readings for index in range(reading.first, reading.last)}


def _cheapest(readings: Sequence[Reading]) -> list[Reading]:
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
