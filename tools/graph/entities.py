"""Which nodes a question speaks of: by id, code, name, kind and number, or the only one of a kind.

Linking is exact or it is not done: a word that looks like an id and is none is `unknown`, with the
nearest spellings to choose from, and never quietly taken for one of them. Only the writing of an id is
free: "P101" and "p 101" are P-101, "e7" is E07, where no other id could be meant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import nearest
from tools.graph.parser.trie import Trie
from tools.graph.parser.vocabulary import Named, parted, phrase_of, synonyms
from tools.graph.parser.words import plain, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tools.graph.parser.readings import Word
    from tools.graph.parser.vocabulary import Phrase

__all__ = ["KIND_WORDS", "LABEL_WORDS", "Entity", "Linked", "Linker", "Unknown", "plain"]

KIND_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "pump": ("pump", "pumps", "pompe", "pompes"),
    "exchanger": ("heat exchanger", "exchanger", "exchangers", "echangeur", "echangeurs"),
    "compressor": ("compressor", "compressors", "compresseur", "compresseurs"),
    "tank": ("tank", "tanks", "reservoir", "reservoirs", "cuve", "cuves", "ballon", "ballons"),
    "condenser": ("condenser", "condensers", "condenseur", "condenseurs"),
    "valve": ("valve", "valves", "vanne", "vannes"),
    "tower": ("cooling tower", "cooling towers", "tower", "towers", "tour", "tours"),
    "building": ("building", "buildings", "batiment", "batiments"),
}
"""What people call the kinds of asset, in English and French, without accents."""

LABEL_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "Area": ("area", "zone", "loop", "boucle", "unit", "unite"),
    "Asset": ("asset", "equipment", "machine", "equipement"),
    "Sensor": ("sensor", "tag", "instrument", "transmitter", "capteur", "mesure"),
    "Manual": ("manual", "manuel", "document"),
    "FailureMode": ("failure mode", "fault code", "fault", "failure", "error", "code", "panne", "defaut", "erreur"),
    "WorkOrder": ("work order", "order", "ordre de travail", "bon de travail", "intervention"),
    "Part": ("spare part", "part", "spare", "piece"),
}
"""What people call a node of a label, in English and French, without accents."""

_ARTICLE: Final = re.compile(r"\b(the|la|le|l|les)$")
_PRONOUN: Final = re.compile(r"\b(it|this one|that one|celui-ci|celle-ci|elle|lui)\b")
NAMES: Final = ("name", "title", "label")
_KINDS: Final = ("kind", "type", "category", "class")
CODES: Final = ("code", "number", "part_number", "serial_number", "serial", "tag", "reference", "sku", "isbn")
"""Properties that name a node, say what kind it is, or number it, in order of preference."""

_NUMBER_WORDS: Final = frozenset({"no", "n", "nr", "number", "numero", "num"})
_SMALL_WORDS: Final = frozenset(
    ("a", "an", "as", "at", "by", "d", "de", "du", "en", "et", "if", "in", "is", "it", "l", "la", "le", "les")
).union(("n", "of", "on", "or", "ou", "s", "to", "un", "y"))
_UNITS: Final = frozenset(("q1", "q2", "q3", "q4", "t1", "t2", "t3", "t4", "m2", "m3", "co2", "h2o"))
_LOOSE: Final = 0.1
_MOST_RUNS: Final = 4
_MOST_LETTERS: Final = 4
SHORT_NAME: Final = 3
"""A name of one word with no more letters is meant only where it is written as it is: a film that is called "It"."""


class Entity(msgspec.Struct, frozen=True):
    """A node as people may name it.

    Attributes:
        key: Its id.
        label: Its label.
        name: Its name.
        kind: Its kind, for an asset.
        also: Its other exact names: a code, a part number.
        aliases: What else people call it, from the sensor registry.
    """

    key: str
    label: str
    name: str = ""
    kind: str = ""
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Unknown(msgspec.Struct, frozen=True):
    """A word that looks like an id and is none, with the nearest ones; or that several nodes answer to."""

    word: str
    choices: tuple[str, ...]
    ambiguous: bool = False


class Linked(msgspec.Struct, frozen=True):
    """A question with its entities found.

    Attributes:
        text: The question in lower case without accents, each mention replaced by `<label>`.
        entities: What the mentions mean, in order.
        unknown: Words that look like an id and are none, or that several nodes answer to.
    """

    text: str
    entities: tuple[Entity, ...]
    unknown: tuple[Unknown, ...]


class By(StrEnum):
    """What a node was mentioned by."""

    ID = "id"  # its id, its code, its part number
    NAME = "name"
    NUMBER = "number"  # "pump 101"
    KIND = "kind"  # "the compressor", where there is one


class Mention(msgspec.Struct, frozen=True):
    """Words of a question that mean nodes; several where they share the name, or the words do not tell them apart.

    Attributes:
        first: Index of the first word.
        last: Index after the last word.
        entities: The nodes.
        by: What they were mentioned by.
        cost: How far the words are from what the nodes are called; 0 for not at all.
    """

    first: int
    last: int
    entities: tuple[Entity, ...]
    by: By
    cost: float = 0.0


class Linker:
    """Finds the nodes of one graph in questions.

    Args:
        entities: The nodes.
        known: Words that look like ids and are something else in this graph: part of a model's name.
    """

    def __init__(self, entities: Iterable[Entity], known: Iterable[str] = ()) -> None:
        self._entities = {entity.key: entity for entity in entities}
        self._known = frozenset(known) | _UNITS
        self._exact: dict[Phrase, list[Entity]] = defaultdict(list)
        self._loose: dict[Phrase, list[Entity]] = defaultdict(list)
        self._named: dict[Phrase, list[Entity]] = defaultdict(list)
        self._names: Trie[Phrase] = Trie(endings=False)
        self._numbered: dict[tuple[str, str, str], list[Entity]] = defaultdict(list)
        self._of_kind: dict[tuple[str, str], list[Entity]] = defaultdict(list)
        self._nouns: Trie[tuple[str, str]] = Trie()
        for entity in self._entities.values():
            self._add(entity)
        for label, kind in list(self._of_kind):
            for noun in _nouns(label, kind):
                self._nouns.add(noun, (label, kind))

    def _add(self, entity: Entity) -> None:
        for text in (entity.key, *entity.also):
            self._index(self._exact, phrase_of(text), entity)
            for spelling in (text, text.rpartition(".")[2]):
                self._index(self._loose, _runs(phrase_of(spelling)), entity)
        for name in (entity.name, *entity.aliases):
            self._index(self._named, phrase_of(name), entity)
            self._names.add(phrase_of(name), phrase_of(name))
        number = re.search(r"(\d+)\D*\Z", entity.key)
        for kind in {"", entity.kind}:
            self._of_kind[entity.label, kind].append(entity)
            if number:
                self._numbered[entity.label, kind, _bare(number[1])].append(entity)

    @staticmethod
    def _index(index: dict[Phrase, list[Entity]], phrase: Phrase, entity: Entity) -> None:
        if phrase and entity not in index[phrase]:
            index[phrase].append(entity)

    def link(self, question: str, hints: Sequence[str] = ()) -> Linked:
        """Links a question; `hints` are ids that the asker already understood, used where none is mentioned."""
        words = split(question)
        mentions = self._chosen(self.mentions(words))
        unknown = self.unknown(words, mentions)
        told = [mention for mention in mentions if len(mention.entities) == 1]
        marked, entities = _marked(question, words, told), tuple(mention.entities[0] for mention in told)
        hinted = [self._entities[hint] for hint in hints if hint in self._entities]
        if hinted and not entities and not unknown:
            entities = tuple(hinted)
            marked = _PRONOUN.sub(f"<{hinted[0].label.lower()}>", marked, count=1)
        return Linked(marked, entities, unknown)

    def mentions(self, words: Sequence[Word]) -> list[Mention]:
        """Returns every mention of nodes in a question's words; they may overlap."""
        plains = [word.plain for word in words]
        return [
            mention
            for first in range(len(words))
            for found in (self._by_id(words, first), self._by_name(words, first), self._by_noun(plains, first))
            for mention in found
        ]

    def unknown(self, words: Sequence[Word], mentions: Sequence[Mention]) -> tuple[Unknown, ...]:
        """Returns the words that look like ids and are none, and the ids that several nodes answer to."""
        meant = {index for mention in mentions for index in range(mention.first, mention.last)}
        found = [
            (mention.first, Unknown(_written(words, mention), tuple(e.key for e in mention.entities), ambiguous=True))
            for mention in mentions
            if len(mention.entities) > 1 and mention.by in {By.ID, By.NUMBER} and not _within(mention, mentions)
        ]
        for index, word in enumerate(words):
            if index not in meant and word.plain not in self._known and _looks_like_id(word.plain):
                found.append((index, Unknown(word.written.upper(), self.near(word.plain))))
        return tuple(unknown for _, unknown in sorted(found, key=lambda pair: pair[0]))

    def get(self, key: str) -> Entity | None:
        """Returns the node of an id, or None."""
        return self._entities.get(key)

    def near(self, word: str) -> tuple[str, ...]:
        """Returns the ids nearest in spelling to a word."""
        return tuple(nearest(word, self._entities))

    def named(self) -> Iterable[Phrase]:
        """Returns every name and alias, as plain words."""
        return self._named.keys()

    def of_label(self, label: str) -> tuple[Entity, ...]:
        """Returns the nodes of a label."""
        return tuple(self._of_kind.get((label, ""), ()))

    def _by_id(self, words: Sequence[Word], first: int) -> Iterator[Mention]:
        """Finds ids that begin at a word: as they are written, else without their marks and leading zeros."""
        for last in range(first + 1, min(first + _MOST_RUNS, len(words)) + 1):
            phrase = tuple(word.plain for word in words[first:last])
            if phrase in self._exact:
                yield Mention(first, last, tuple(self._exact[phrase]), By.ID)
            elif _may_be_id(words[first:last]) and (found := self._loose.get(_runs(phrase))):
                yield Mention(first, last, tuple(found), By.ID, _LOOSE)

    def _by_name(self, words: Sequence[Word], first: int) -> Iterator[Mention]:
        for last, name, _ in self._names.find([word.plain for word in words], first):
            if not _too_short(words[first:last], entities := tuple(self._named[name])):
                yield Mention(first, last, entities, By.NAME)

    def _by_noun(self, words: Sequence[str], first: int) -> Iterator[Mention]:
        """Finds "pump 101", "work order no 2401", and "the compressor" where there is but one."""
        for end, (label, kind), cost in self._nouns.find(words, first):
            number = end + (end < len(words) and words[end] in _NUMBER_WORDS)
            if number < len(words) and words[number].isdigit():
                found = self._numbered.get((label, kind, _bare(words[number])))
                if found:
                    yield Mention(first, number + 1, tuple(found), By.NUMBER, cost + _LOOSE)
            if kind and len(self._of_kind[label, kind]) == 1:
                yield Mention(first, end, tuple(self._of_kind[label, kind]), By.KIND, cost)

    def _chosen(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Returns mentions that do not overlap: ids first, then the longest; a name that several carry is none."""
        chosen: list[Mention] = []
        usable = [m for m in mentions if len(m.entities) == 1 or m.by in {By.ID, By.NUMBER}]
        for mention in sorted(usable, key=lambda m: (m.by is not By.ID, m.first - m.last, m.cost)):
            clear = all(mention.last <= other.first or other.last <= mention.first for other in chosen)
            if clear and not _introduces(mention, chosen):
                chosen.append(mention)
        return sorted(chosen, key=lambda mention: mention.first)


def entity_of(label: str, properties: Mapping[str, Any], aliases: Mapping[str, tuple[str, ...]]) -> Entity | None:
    """Makes an entity of a node's properties; None for a node without an id."""
    if properties.get("id") is None:
        return None
    key = str(properties["id"])
    name = next((str(properties[n]) for n in NAMES if properties.get(n) is not None), "")
    kind = next((str(properties[n]) for n in _KINDS if properties.get(n) is not None), "")
    also = tuple(str(properties[n]) for n in CODES if properties.get(n) is not None)
    return Entity(key, label, name, kind, also, aliases.get(key, ()))


def _nouns(label: str, kind: str) -> list[Phrase]:
    """Returns what the nodes of a label, or of a kind, are called."""
    own = phrase_of(kind) if kind else phrase_of(parted(label))
    return [own, *synonyms(own, Named.THING)] if own else []


def _within(mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a mention is a part of a longer one that is told apart, or is a name: "pump 2" of "intake pump 2 WT2"."""
    return any(
        other.first <= mention.first
        and mention.last <= other.last
        and (
            len(other.entities) == 1
            or (other.by is By.NAME and other.last - other.first > mention.last - mention.first)
        )
        for other in others
    )


def _introduces(mention: Mention, chosen: Sequence[Mention]) -> bool:
    """Whether a name only introduces the same node's id: "the exchanger E-101"."""
    return any(mention.last == other.first and mention.entities == other.entities for other in chosen)


def _marked(question: str, words: Sequence[Word], mentions: Sequence[Mention]) -> str:
    """Replaces mentions by `<label>`, with the words that only introduce them."""
    pieces: list[str] = []
    at = 0
    for mention in mentions:
        entity = mention.entities[0]
        before = plain(question[at : words[mention.first].start]).rstrip()
        for introduction in (*KIND_WORDS.get(entity.kind, ()), *LABEL_WORDS.get(entity.label, ())):
            if before == introduction or before.endswith(f" {introduction}"):
                before = before[: -len(introduction)].rstrip()
                break
        before = _ARTICLE.sub("", before)
        pieces += [before, f" <{entity.label.lower()}> "]
        at = words[mention.last - 1].end
    return re.sub(r"\s+", " ", "".join([*pieces, plain(question[at:])])).strip()


def _runs(phrase: Phrase) -> Phrase:
    """Returns the runs of letters and of digits, without leading zeros: ("p", "101") for P-101, p 101 and P0101."""
    return tuple(map(_bare, re.findall(r"[a-z]+|\d+", " ".join(phrase))))


def _bare(run: str) -> str:
    return run.lstrip("0") or "0" if run.isdigit() else run


def _may_be_id(words: Sequence[Word]) -> bool:
    """Whether words could be an id, written loosely: letters and digits, and not "a 3" or "on 2"."""
    if len(words) == 1:
        return any(mark.isdigit() for mark in words[0].plain)
    letters = [word for word in words if word.plain.isalpha()]
    short = all(len(word.plain) <= _MOST_LETTERS for word in letters)
    digits = any(mark.isdigit() for mark in words[-1].plain) and not words[0].plain.isdigit()
    marks = any(not word.plain[0].isalnum() for word in words)
    return (
        short and digits and not marks and all(word.written.isupper() for word in letters if word.plain in _SMALL_WORDS)
    )


def _too_short(words: Sequence[Word], entities: Sequence[Entity]) -> bool:
    """Whether a name is too short to be meant by any other writing than its own."""
    (first, *more) = words
    return not more and len(first.plain) <= SHORT_NAME and all(first.written != entity.name for entity in entities)


def _written(words: Sequence[Word], mention: Mention) -> str:
    return " ".join(word.written for word in words[mention.first : mention.last]).upper()


def _looks_like_id(word: str) -> bool:
    """Whether a word has letters first and digits after, as ids have, and durations and dates have not."""
    return word[0].isalpha() and any(mark.isdigit() for mark in word)
