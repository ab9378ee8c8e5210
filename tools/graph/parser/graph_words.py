"""The words by which a graph is spoken of: its labels, kinds, values, properties and relationships."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.catalogue import FEW
from tools.graph.entities import CODES, NAMES, SHORT_NAME
from tools.graph.parser import relations
from tools.graph.parser.dates import YEARS
from tools.graph.parser.readings import End, Label, Meaning, Nodes, Property, Relation, Sort, Value, ValueKind
from tools.graph.parser.vocabulary import Named, name_words, parted, phrase_of, synonyms
from tools.graph.parser.wording import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from plant.facts import Scalar
    from tools.graph.catalogue import Catalogue
    from tools.graph.parser.vocabulary import Phrase

Called = tuple["Phrase", Meaning, float]
"""A phrase, what it means, and how far it is from what the graph itself says."""

SYNONYM: Final = 0.1
"""What a word costs that the graph does not use itself."""

_ANOTHERS: Final = 0.3
"""What a word for a relationship costs that is another one's own."""

_GENERIC: Final = 0.05
_RATHER_ALL: Final = 0.2
"""What the name of a kind costs that is also said of all things of its label."""

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
        "format",
    )
)
"""Properties whose values are nouns for the nodes: a pump, an electrician, a comedy."""

_SUFFIXES: Final = frozenset(
    ("date", "at", "on", "day", "time", "id", "h", "hours", "hrs", "kw", "w", "kg", "mm", "cm", "m", "min", "minutes")
).union(("days", "eur", "usd", "euros", "name", "number", "no", "bar", "pct", "percent", "s", "l", "rpm", "year"))
"""Words at the end of a property's name that are not said: `rated_power_kw`, `opened_at`."""

_STOCK: Final = frozenset(
    ("stock", "quantity in stock", "stock quantity", "stock level", "in stock", "on hand", "inventory")
)
_NONE_LEFT: Final = phrases("none_left")
"""What is said of a thing whose stock is 0."""

_SOME_LEFT: Final = phrases("some_left")
"""What is said of a thing whose stock is above 0, where no number is asked for or given."""

_HOW_MANY_LEFT: Final = phrases("how_many_left")
"""What asks for the stock of things that were named."""


def graph_words(catalogue: Catalogue) -> Iterator[Called]:
    """Yields the words for labels, kinds, values and properties, with their cost."""
    things: list[tuple[Phrase, Meaning]] = []
    for node in catalogue.schema.nodes:
        things.append((phrase_of(parted(node.label)), Label(node.label)))
        for name in node.properties:
            values = catalogue.values_of(node.label, name) if name in _SORTS else ()
            things += [(phrase_of(value), Sort(node.label, name, value)) for value in values if isinstance(value, str)]
    yield from _label_words(things)
    yield from _generic_words(things)
    for phrase, label in things:
        if isinstance(label, Label) and len(phrase) > 1:
            yield ("".join(phrase),), label, 0.0
            if phrase[-1:] not in {other for other, _ in things}:
                yield phrase[-1:], label, SYNONYM
    yield from _name_words(catalogue)
    yield from _value_words(catalogue)
    yield from _property_words(catalogue)


def _label_words(things: Sequence[tuple[Phrase, Meaning]]) -> Iterator[Called]:
    """Yields the words for labels and sorts: "doc" is any document, though manuals are called so too.

    A sort is also what is called by its value and the label's word: « permis de feu » of permits for hot work.
    """
    general: dict[str, set[Phrase]] = {}
    for phrase, meaning in things:
        if isinstance(meaning, Label):
            general[meaning.label] = {phrase, *synonyms(phrase, Named.THING)}
    for called, meaning, cost in _called(things, Named.THING):
        if isinstance(meaning, Sort) and called in general[meaning.label]:
            if not cost:  # "machines" are all equipment rather than those of the kind "machine"
                yield called, meaning, _RATHER_ALL
        else:
            yield called, meaning, cost
    for phrase, meaning in things:
        words = {word[0] for word in general[meaning.label] if len(word) == 1} if isinstance(meaning, Sort) else ()
        for called in synonyms(phrase, Named.VALUE) if words else ():
            if len(called) > 1 and (called[0] in words or called[-1] in words):
                yield called, meaning, SYNONYM


def _generic_words(things: Sequence[tuple[Phrase, Meaning]]) -> Iterator[Called]:
    """Yields what may be said for a label and is also the name of a kind: "machine" of equipment, some of which are."""
    kinds = {phrase for phrase, meaning in things if isinstance(meaning, Sort)}
    for phrase, meaning in things:
        if isinstance(meaning, Label):
            yield from ((other, meaning, _GENERIC) for other in synonyms(phrase, Named.THING) if other in kinds)


def _name_words(catalogue: Catalogue) -> Iterator[Called]:
    """Yields what else the nodes of a label that has few are called, in any number and either language: the genres."""
    for node in catalogue.schema.nodes:
        named: dict[Phrase, tuple[str, ...]] = {}
        for entity in catalogue.entities.of_label(node.label) if node.count <= FEW else ():
            phrase = phrase_of(entity.name)
            if len("".join(phrase)) > SHORT_NAME and len(phrase) <= _MOST_WORDS:
                named[phrase] = (*named.get(phrase, ()), entity.key)
        yield from _called([(phrase, Nodes(node.label, keys)) for phrase, keys in named.items()], Named.VALUE)


def _value_words(catalogue: Catalogue) -> Iterator[Called]:
    for node in catalogue.schema.nodes:
        taken = {phrase_of(parted(name)) for name in node.properties}
        for name in node.properties:
            if name in _names(node.properties):
                continue
            kind = catalogue.kind_of(node.label, name)
            if kind is ValueKind.FLAG:
                yield from _called([(phrase_of(parted(name)), Value(node.label, name, value=True))], Named.VALUE)
            if kind is ValueKind.NUMBER and " ".join(_shortened(phrase_of(parted(name)))) in _STOCK:
                yield from ((said, Value(node.label, name, 0), SYNONYM) for said in _NONE_LEFT)
                some = Value(node.label, name, 0, above=True)
                yield from ((said, some, SYNONYM) for said in _SOME_LEFT)
                stock = Property(node.label, name, kind)
                yield from ((said, stock, SYNONYM) for said in _HOW_MANY_LEFT)
            if kind is not ValueKind.TEXT:
                continue
            values = [
                (phrase, Value(node.label, name, value))
                for value in catalogue.all_values_of(node.label, name)
                if isinstance(value, str) and 0 < len(phrase := phrase_of(value)) <= _MOST_WORDS
            ]
            few = bool(catalogue.values_of(node.label, name))
            yield from _called(values, Named.VALUE, taken) if few else ((*value, 0.0) for value in values)
    yield from _link_value_words(catalogue)


def _link_value_words(catalogue: Catalogue) -> Iterator[Called]:
    """Yields the words for the few values of relationships' texts: the "steam" that flows."""
    owners = dict.fromkeys((link.type, name) for link in catalogue.schema.relations for name in link.properties)
    for type_name, name in owners:
        if catalogue.kind_of(type_name, name) is ValueKind.TEXT:
            few = [value for value in catalogue.values_of(type_name, name) if isinstance(value, str)]
            values = [(phrase_of(value), Value(type_name, name, value, of_relation=True)) for value in few]
            yield from _called([value for value in values if 0 < len(value[0]) <= _MOST_WORDS], Named.VALUE)


def _names(properties: Sequence[str]) -> set[str]:
    """Returns the properties by which nodes are named, so that their values are nodes."""
    return {"id", *CODES, *[name for name in NAMES if name in properties][:1]}


def _property_words(catalogue: Catalogue) -> Iterator[Called]:
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


def _called(named: Sequence[tuple[Phrase, Meaning]], sort: Named, taken: Set[Phrase] = frozenset()) -> Iterator[Called]:
    """Yields each thing by its own name, and by its synonyms that are no other's own name and not `taken`."""
    own = taken | {phrase for phrase, _ in named}
    for phrase, meaning in named:
        if phrase:
            yield phrase, meaning, 0.0
            for other in synonyms(phrase, sort):
                if other not in own:
                    yield other, meaning, SYNONYM


def _shortened(phrase: Phrase) -> Phrase:
    while len(phrase) > 1 and phrase[-1] in _SUFFIXES:
        phrase = phrase[:-1]
    return phrase


def relation_words(catalogue: Catalogue, loops: Set[str]) -> Iterator[tuple[relations.Said, Relation]]:
    """Yields the words for relationships; a synonym that another type is named by costs more.

    "Deliver" is DELIVERS where that may be meant; of components that are only SUPPLIED_BY, it is that.
    """
    types = dict.fromkeys(triple.type for triple in catalogue.schema.relations)
    said_of = {name: list(relations.said_of(name, alike=name in loops)) for name in types}
    own = {(said.words, name) for name, all_said in said_of.items() for said in all_said if not said.cost}
    named = {words for words, _ in own}
    for name, all_said in said_of.items():
        for said in all_said:
            anothers = said.words in named and (said.words, name) not in own
            far = msgspec.structs.replace(said, cost=said.cost + _ANOTHERS) if anothers else said
            yield far, Relation(name, said.forward, said.least, said.most)


def action_words(catalogue: Catalogue) -> Iterator[tuple[str, Relation]]:
    """Yields the nouns for what relationships say is done."""
    for name in dict.fromkeys(triple.type for triple in catalogue.schema.relations):
        yield from ((noun, Relation(name, forward)) for noun, forward in relations.actions_of(name))


def end_words(catalogue: Catalogue) -> Iterator[Called]:
    """Yields the nouns for the ends of relationships, but for those that name a label."""
    labels = {phrase_of(parted(node.label)) for node in catalogue.schema.nodes}
    for name in dict.fromkeys(triple.type for triple in catalogue.schema.relations):
        for noun in relations.nouns_of(name):
            if noun.words not in labels:
                yield noun.words, End(name, noun.start), noun.cost


def units_of(catalogue: Catalogue) -> dict[str, list[Property]]:
    """Returns the words for the units of the graph's numbers, with what is given in them."""
    units: dict[str, list[Property]] = defaultdict(list)
    owners = dict.fromkeys((node.label, name, False) for node in catalogue.schema.nodes for name in node.properties)
    owners |= dict.fromkeys((link.type, name, True) for link in catalogue.schema.relations for name in link.properties)
    for owner, name, of_relation in owners:
        if catalogue.kind_of(owner, name) is ValueKind.NUMBER:
            measured = Property(owner, name, ValueKind.NUMBER, of_relation)
            for unit in _units_in(name_words(name)):
                units[unit].append(measured)
    return dict(units)


def has_years(catalogue: Catalogue) -> bool:
    """Whether some number of the graph is a year."""
    numbers = (
        catalogue.all_values_of(node.label, name)
        for node in catalogue.schema.nodes
        for name in node.properties
        if catalogue.kind_of(node.label, name) is ValueKind.NUMBER
    )
    return any(map(are_years, numbers))


def are_years(values: Iterable[Scalar]) -> bool:
    """Whether values are years, all of them, and there are any."""
    found = list(values)
    return bool(found) and all(isinstance(value, int) and value in YEARS for value in found)


def _units_in(words: Set[str]) -> set[str]:
    return {unit for names, units in _UNIT_WORDS if words & names for unit in units}


_UNIT_WORDS: Final = tuple(
    (frozenset(names.split()), frozenset(units.split()))
    for names, units in (
        ("hours hour h hrs", "hours hour h heures heure hrs"),
        ("minutes min mins runtime", "minutes minute min mins mn"),
        ("days day", "days day jours jour"),
        ("kw power", "kw kilowatts kilowatt"),
        ("kg weight mass", "kg kilos kilograms kilogrammes"),
        ("price cost amount total eur budget salary revenue euros", "euros euro eur \u20ac"),
        ("price cost amount total usd budget salary revenue", "dollars dollar usd $"),
        ("tonnes tons", "tonnes tons t"),
        ("stock quantity qty", "units unit pieces piece items item unites unite pcs exemplaires exemplaire"),
        ("percent pct share rate", "% percent pourcent"),
        ("rating score stars", "stars points etoiles"),
        ("bar pressure", "bar bars"),
    )
)
"""By the words in the name of a number: its units. A duration that does not say its unit has none."""
