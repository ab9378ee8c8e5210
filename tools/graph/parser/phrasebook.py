"""The phrases that mean something in one graph, and what is known of that graph beside them.

| meanings | from |
|---|---|
| nodes | ids, codes, names, aliases, "pump 101" (`tools/graph/entities.py`) |
| labels, kinds, values, properties | their own names in the graph, and what else people call them (`graph_words.py`) |
| relations, and nouns for who has them | the type's own name, inflected, and what else people say (`relations.py`) |
| words that belong to no graph | `functions.py` |
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.entities import By
from tools.graph.parser.added.rates import Rates
from tools.graph.parser.functions import function_words, functions
from tools.graph.parser.graph_words import (
    action_words,
    are_years,
    end_words,
    graph_words,
    has_years,
    relation_words,
    units_of,
)
from tools.graph.parser.readings import Meaning, Nodes, Property, Reading, Relation, ValueKind
from tools.graph.parser.trie import Trie
from tools.graph.parser.voice import Voice, fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.catalogue import Catalogue
    from tools.graph.entities import Mention
    from tools.graph.parser.readings import Word

_SUBJECTS: Final = frozenset(("le", "la", "les", "l", "ce", "cet", "cette", "ces"))


class Phrasebook:
    """The phrases of one graph.

    Args:
        catalogue: What the graph holds.

    Attributes:
        labels: The graph's labels.
        properties: All properties of its labels.
        links: The relationship types between two labels, either way.
        flowing: The relationship types that are followed over several steps.
        actions: Nouns for what a verb does, with all that each may say.
        bought: What "bought from" means.
        units: What is counted in a unit.
        rates: The rates among its numbers.
        has_years: Whether some of its numbers are years.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._nouns: Trie[tuple[Meaning, float]] = Trie()
        self._verbs: Trie[tuple[Relation, float, Voice]] = Trie(endings=False)
        self._loops = {triple.type for triple in catalogue.schema.relations if triple.start == triple.end}
        for phrase, meaning, cost in (*graph_words(catalogue), *end_words(catalogue)):
            self._nouns.add(phrase, (meaning, cost))
        self.flowing: set[str] = set()
        self._finite = frozenset(self._learn_verbs(catalogue))
        self.labels = [node.label for node in catalogue.schema.nodes]
        self.properties = [
            Property(node.label, name, catalogue.kind_of(node.label, name))
            for node in catalogue.schema.nodes
            for name in node.properties
        ]
        self.links: dict[frozenset[str], set[str]] = defaultdict(set)
        for triple in catalogue.schema.relations:
            self.links[frozenset((triple.start, triple.end))].add(triple.type)
        self.actions: dict[str, list[Relation]] = defaultdict(list)
        for noun, relation in action_words(catalogue):
            self.actions[noun].append(relation)
        bought = (item for _, (item, _), _ in self._nouns.find(("bought", "from"), 0))
        self.bought = [item for item in bought if isinstance(item, Relation)]
        self.units = units_of(catalogue)
        self.rates = Rates(catalogue.schema)
        self.has_years = has_years(catalogue)
        self._years = {
            (owner.owner, owner.property)
            for owner in self.properties
            if owner.kind is ValueKind.NUMBER and are_years(catalogue.all_values_of(owner.owner, owner.property))
        }

    def _learn_verbs(self, catalogue: Catalogue) -> Iterator[str]:
        """Learns the words for relationships; yields those of finite verbs."""
        for said, relation in relation_words(catalogue, self._loops):
            if said.most > 1:
                self.flowing.add(relation.type)
            if said.fixed:
                self._nouns.add(said.words, (relation, said.cost))
            else:
                self._verbs.add(said.words, (relation, said.cost, said.voice))
                yield from said.words if said.voice is Voice.FINITE else ()

    def words(self) -> set[str]:
        """Returns every word of every phrase."""
        return {*self._nouns.words(), *self._verbs.words(), *function_words()}

    def readings(self, words: Sequence[Word], mentions: Sequence[Mention]) -> Iterator[Reading]:
        """Yields what words mean that are spelled as they are known.

        Args:
            words: The words.
            mentions: The nodes that they name.
        """
        yield from _nodes(mentions)
        yield from functions(words)
        plains = [word.plain for word in words]
        for first in range(len(words)):
            for last, (meaning, far), cost in self._nouns.find(plains, first):
                yield Reading(first, last, meaning, round(far + cost, 3))
        yield from self.relations(words)

    def relations(self, words: Sequence[Word]) -> Iterator[Reading]:
        """Yields the words for relationships whose form tells who is their subject."""
        plains = [word.plain for word in words]
        for first in range(len(words)):
            for last, (relation, far, voice), _ in self._verbs.find(plains, first):
                if fits(words, first, last, voice, self._finite, looped=relation.type in self._loops):
                    turned = voice is Voice.FRONTED and last < len(words) and plains[last] in _SUBJECTS
                    yield Reading(first, last, _turned(relation) if turned else relation, far)

    def verb_with(self, phrase: tuple[str, str]) -> list[Relation]:
        """Returns what a verb with its preposition says."""
        found = self._verbs.find(phrase, 0)
        return list(dict.fromkeys(relation for last, (relation, _, _), _ in found if last == len(phrase)))

    def days(self, words: Sequence[str]) -> Iterator[tuple[int, Property, float]]:
        """Yields the days, and the years, that phrases at the beginning of some words mean.

        Yields:
            The phrase's length, the property and the cost.
        """
        for last, (meaning, far), cost in self._nouns.find(words, 0):
            if isinstance(meaning, Property) and (meaning.kind is ValueKind.DAY or self._is_year(meaning)):
                yield last, meaning, far + cost

    def _is_year(self, meaning: Property) -> bool:
        """Whether the numbers of a property are years."""
        return (meaning.owner, meaning.property) in self._years


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


def _turned(relation: Relation) -> Relation:
    """Returns a relation seen from its other side: "dans quels films joue la..." asks for what she acts in."""
    return msgspec.structs.replace(relation, forward=not relation.forward)
