"""A question from its parts: where no sentence of the grammar spans all words, the parts that it did parse are joined.

"TM4: open notifications without a job" is no sentence, but its parts say all: which things are asked for, and what else
is said can be of them only, by the labels, the properties and the relationships that there are. The parts are the
chart's items, as few as cover all words; what is asked is the one thing that is not named, or what a name has. Every
way to join them is tried. Nothing is answered where two of them differ, nor where a word of scope ("not", "only", "more
than", "most") is a part of its own: of what it would be said is then not known.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from tools.graph.parser.compose import Description, Near, Noun, On, Shape, Shown, To, negated, within
from tools.graph.parser.form import Kind, Thing
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Verb

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from tools.graph.parser.chart import Cell
    from tools.graph.parser.compose import Composer

MOST_PARTS: Final = 6
_WAYS: Final = 60  # kept to cover the words up to one place
_APART: Final = 0.25  # more than that, and a costlier way to join is not what was meant
_FAR: Final = 0.5  # a link over an unnamed node costs more

_STATING: Final = frozenset({Role.BE, Role.HAVE, Role.THERE})
_ASKING: Final = frozenset({Role.LIST, Role.WHICH, Role.COUNT, Role.WHEN})
_EMPTY: Final = frozenset({Role.AND, *_STATING})
_NOUNS: Final = frozenset({Cat.NOUN, Cat.COLUMN, Cat.AND_NOUN})
_PROPERTIES: Final = frozenset({Cat.PROPERTY, Cat.AND_PROPERTY})
_SAID: Final = frozenset({Cat.SAID, Cat.AND_SAID, Cat.GAP})
_ASKED: Final = frozenset({Cat.ASKED, Cat.VALUES})
_USED: Final = frozenset({*_ASKING, *_EMPTY, *_NOUNS, *_PROPERTIES, *_SAID, *_ASKED, Cat.RELATION})

Part = tuple[str, "Hashable"]
_Way = tuple[int, float, tuple[Part, ...]]


def assembled(
    width: int, cells: Mapping[tuple[int, int], Cell], composer: Composer, *, dated: bool
) -> list[tuple[Asked, float]]:
    """Returns the questions that the fewest parts that can be joined make; empty where none can.

    Args:
        width: How many words there are.
        cells: What spans of them may be.
        composer: Joins things and what is said of them.
        dated: Whether a word of the question asks for a day.
    """
    by_size: dict[int, list[_Way]] = {}
    for way in _covers(width, cells):
        by_size.setdefault(sum(category not in _EMPTY for category, _ in way[2]), []).append(way)
    for size in sorted(by_size):
        found: dict[Asked, float] = {}
        for _, cost, parts in by_size[size]:
            for asked, more in _joined(parts, composer, dated=dated):
                found[asked] = min(cost + more, found.get(asked, float("inf")))
        if found:
            least = min(found.values())
            return sorted(((a, c) for a, c in found.items() if c <= least + _APART), key=lambda e: (e[1], repr(e[0])))
    return []


def _covers(width: int, cells: Mapping[tuple[int, int], Cell]) -> list[_Way]:
    """Returns the cheapest ways to cover all words by parts, of each number of parts."""
    ways: list[dict[int, list[_Way]]] = [{} for _ in range(width + 1)]
    ways[0][0] = [(0, 0.0, ())]
    for (first, last), cell in sorted(cells.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        if (first, last) == (0, width):
            continue
        for category in _USED.intersection(cell):
            for value, cost in cell[category].items():
                for size, before in ways[first].items():
                    if size < MOST_PARTS:
                        longer = ((size + 1, c + cost, (*parts, (category, value))) for _, c, parts in before)
                        ways[last].setdefault(size + 1, []).extend(longer)
        for size, found in ways[last].items():
            ways[last][size] = sorted(found, key=lambda way: (way[1], repr(way[2])))[:_WAYS]
    return [way for found in ways[width].values() for way in found if sum(c not in _EMPTY for c, _ in way[2]) > 1]


# --- joining ------------------------------------------------------------------------------------------------------


class _Parts:
    """The parts of a question, by what they are good for."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.roles = [category for category, _ in parts if category in _ASKING]
        self.nouns = [value for category, value in parts if category in _NOUNS and isinstance(value, Noun)]
        self.columns = [value for category, value in parts if category in _PROPERTIES and isinstance(value, Columns)]
        self.said = [value for category, value in parts if category in _SAID and isinstance(value, Description)]
        self.verbs = [value for category, value in parts if category is Cat.RELATION and isinstance(value, Verb)]
        self.asked: list[Asked] = []
        for value in (value for category, value in parts if category in _ASKED and isinstance(value, Asked)):
            thing = value.noun.thing
            if value.kind is Kind.VALUES and thing == Thing(thing.label, shown=thing.shown) and len(thing.shown) == 1:
                self.columns.append(Columns(thing.label, thing.shown, ValueKind.TEXT))
            else:
                self.asked.append(value)
        self._settle_names()
        self._settle_days()

    def _settle_names(self) -> None:
        """Takes "of P-101" as P-101 where nothing else is there to be of it but what is shown."""
        near = [said for said in self.said if len(said.parts) == 1 and isinstance(said.parts[0], Near)]
        if len(near) == 1 and self.columns and not (self.nouns or self.asked):
            (part,) = near[0].parts
            if isinstance(part, Near) and part.noun.named:
                self.said.remove(near[0])
                self.nouns.append(part.noun)

    def _settle_days(self) -> None:
        """Takes a day and a span of days together: "completed" and "in 2025"."""
        days = [columns for columns in self.columns if columns.kind is ValueKind.DAY]
        spans = [said for said in self.said if len(said.parts) == 1 and isinstance(said.parts[0], On)]
        if len(days) == len(spans) == 1 and len(days[0].properties) == 1 and Role.WHEN not in self.roles:
            (columns,), (when,) = days, spans[0].parts
            self.columns.remove(columns)
            self.said.remove(spans[0])
            if isinstance(when, On):
                then = within(columns.owner, columns.properties[0], when)
                self.said.append(Description((then,), Shape.VALUE))
        self.said.sort(key=lambda said: any(isinstance(part, On) for part in said.parts))

    def are_sound(self, composer: Composer, *, dated: bool) -> bool:
        """Whether nothing among them has a meaning that parts cannot have: a number of its own, two verbs, a day."""
        nouns = [*self.nouns, *(asked.noun for asked in self.asked)]
        if any(noun.quantity is not None or noun.number is not None or noun.other for noun in nouns):
            return False
        if len(nouns) + len(self.said) + len(self.verbs) > 1 and any(noun.every or noun.both for noun in nouns):
            return False
        if any(columns.of_relation for columns in self.columns):
            return False
        kinds = [columns.kind for columns in self.columns]
        kinds += [composer.kind_of(noun.thing.label, name) for noun in nouns for name in noun.thing.shown]
        if not dated and ValueKind.DAY in kinds:
            return False
        return self._ask_once() and len(self.verbs) <= 1

    def _ask_once(self) -> bool:
        """Whether there is one question, which is not for yes or no: "P-101 has sensors" asks nothing else."""
        before_noun = any(
            category in _ASKING and after in {*_NOUNS, Cat.GAP}
            for (category, _), (after, _) in zip(self.parts, self.parts[1:], strict=False)
            if category is not Role.LIST
        )
        states = any(category in _STATING for category, _ in self.parts)
        asks = self.asked or self.roles
        some = any(noun.some for noun in self.nouns) and Role.WHICH not in self.roles
        unasked = some or (states and not asks)
        return len(self.asked) <= 1 and len({*self.roles}) == len(self.roles) and not (before_noun or unasked)

    def is_first(self, part: Noun | Description) -> bool:
        """Whether it is what the question begins with, of which all the rest may be said."""
        return self.parts[0][1] == part

    def columns_first(self) -> bool:
        """Whether what is shown stands before the things that it is shown of: "makers of", "which technicians"."""
        (category, value) = next(part for part in self.parts if part[0] not in {*_EMPTY, *_ASKING})
        return category in _PROPERTIES or (isinstance(value, Asked) and value not in self.asked)


def _joined(parts: Sequence[Part], composer: Composer, *, dated: bool) -> Iterator[tuple[Asked, float]]:
    """Yields what parts mean together, in each way that they can be joined."""
    found = _Parts(parts)
    if not found.are_sound(composer, dated=dated):
        return
    for asked, others in _heads(found, composer):
        for noun, cost in _trees((asked.noun, *others), found, composer):
            yield from ((made, cost) for made in _as_asked(replace(asked, noun=noun), found, composer))


def _heads(found: _Parts, composer: Composer) -> Iterator[tuple[Asked, list[Noun]]]:
    """Yields what may be asked for, with the other things: what is not named, or what a name has."""
    unnamed = [noun for noun in found.nouns if not noun.named]
    if found.asked:
        (asked,) = found.asked
        shown = {*asked.noun.thing.shown}
        owned = any(shown <= composer.properties[noun.thing.label] for noun in found.nouns)
        if asked.kind in (Kind.LIST, Kind.COUNT) or (asked.kind is Kind.VALUES and not unnamed and not owned):
            yield asked, found.nouns
        return
    for noun in unnamed or found.nouns[:1]:
        if unnamed or (len(found.nouns) == 1 and (found.columns or noun.thing.shown)):
            yield Asked(Kind.LIST, noun), [other for other in found.nouns if other is not noun]


def _as_asked(asked: Asked, found: _Parts, composer: Composer) -> Iterator[Asked]:
    """Yields a question as the small words beside it ask for it."""
    if composer.is_of_another_day_than_main(asked.noun) or _describes_a_name(asked.noun.thing):
        return
    roles = {*found.roles} - {Role.LIST, Role.WHICH}
    figures = [columns for columns in found.columns if columns.figure is not None]
    if figures:
        (columns, *more) = found.columns
        plain = asked.kind is Kind.LIST and not more and not roles and columns.owner == asked.noun.thing.label
        if plain and columns.figure is not None and not found.asked and not asked.noun.named:
            yield replace(asked, kind=columns.figure, of=columns.properties[0])
    elif Role.COUNT in roles:
        if len(roles) == 1 and asked.kind is Kind.LIST and not found.asked and not found.columns:
            yield replace(asked, kind=Kind.COUNT)
    elif not roles or (roles == {Role.WHEN} and any(columns.kind is ValueKind.DAY for columns in found.columns)):
        others = [name for columns in found.columns for name in columns.properties if composer.names_others(name)]
        if not others or asked.noun.named or asked.kind is not Kind.LIST or found.asked:
            yield asked
        elif found.columns_first() and len(found.columns) == 1:
            yield replace(asked, kind=Kind.VALUES)


def _trees(nouns: tuple[Noun, ...], found: _Parts, composer: Composer) -> Iterator[tuple[Noun, float]]:
    """Yields the first of some things with all the others linked to it or to one another, and all that is said of them.

    The columns of a figure are of the whole, and stay aside.
    """
    shown = [
        Description((Shown(columns.owner, columns.properties),), Shape.PREPOSITION)
        for columns in found.columns
        if columns.figure is None
    ]
    places = range(len(nouns))
    for parents in product(places, repeat=len(nouns) - 1):
        if not _is_tree(parents):
            continue
        for targets in product(places, repeat=len(found.said) + len(shown)):
            of = [[d for d, at in zip((*found.said, *shown), targets, strict=True) if at == place] for place in places]
            for verbs in _on_edges(len(parents), found.verbs):
                yield from _grown(0, _Tree(nouns, parents, of, verbs, found), composer)


def _is_tree(parents: Sequence[int]) -> bool:
    """Whether each thing but the first, by the parent of each, hangs from the first."""
    hanging = {0}
    for _ in parents:
        hanging |= {place for place, parent in enumerate(parents, 1) if parent in hanging}
    return len(hanging) == len(parents) + 1


def _on_edges(edges: int, verbs: Sequence[Verb]) -> Iterator[list[Verb | None]]:
    """Yields which link a verb says, if there is one, with either thing as its subject."""
    if not verbs:
        yield [None] * edges
        return
    (verb,) = verbs
    ways = [verb] if verb.forward is None else [verb, replace(verb, forward=not verb.forward)]
    for edge in range(edges):
        yield from ([way if place == edge else None for place in range(edges)] for way in ways)


class _Tree(NamedTuple):
    """One way in which things may hang together."""

    nouns: Sequence[Noun]
    parents: Sequence[int]  # of each noun but the first
    said: Sequence[Sequence[Description]]  # of each noun
    verbs: Sequence[Verb | None]  # for each noun but the first, what links it to its parent
    found: _Parts


def _grown(place: int, tree: _Tree, composer: Composer) -> Iterator[tuple[Noun, float]]:
    """Yields a thing with what is said of it and the things that hang from it; of a name nothing is but shown."""
    noun = tree.nouns[place]
    children = [child for child, parent in enumerate(tree.parents, 1) if parent == place]
    if noun.named and (children or any(not isinstance(p, Shown) for said in tree.said[place] for p in said.parts)):
        return
    ways = [(noun, 0.0)]
    for said in tree.said[place]:
        if not tree.found.is_first(said) and _is_of_inner(noun.thing, said, composer):
            return
        ways = [(after, cost + more) for before, cost in ways for after, more in composer.attach(before, said)]
    if noun.named:
        ways = [(after, 0.0) for after, _ in ways]
    for child in children:
        linked = list(_grown(child, tree, composer)) if _may_hang(child, tree) else []
        near = not (tree.verbs[child - 1] or tree.found.is_first(tree.nouns[child]))
        ways = [
            (after, cost + own + more)
            for before, cost in ways
            for other, own in linked
            for after, more in composer.attach(before, _link(other, tree.verbs[child - 1]))
            if more < _FAR or not near
        ]
    yield from ways


def _describes_a_name(thing: Thing) -> bool:
    """Whether something is said of what already has a name, which more likely is said of something else."""
    said = thing.ids and (thing.filters or thing.links or thing.relatives)
    return bool(said) or any(_describes_a_name(link.thing) for link in thing.links)


def _is_of_inner(thing: Thing, said: Description, composer: Composer) -> bool:
    """Whether something can as well be said of things that are spoken of inside what it is to be said of."""
    inner = [link.thing for link in thing.links if not link.thing.ids]
    return any(any(composer.attach(Noun(other), said)) or _is_of_inner(other, said, composer) for other in inner)


def _may_hang(child: int, tree: _Tree) -> bool:
    """Whether a thing can be linked to another: a mere label, of which nothing is said, only by a verb."""
    noun = tree.nouns[child]
    return noun.named or not noun.bare or tree.verbs[child - 1] is not None


def _link(noun: Noun, verb: Verb | None) -> Description:
    if verb is None:
        return Description((Near(noun),), Shape.PREPOSITION)
    said = Description((To(verb.type, verb.forward, noun, verb.least, verb.most),), Shape.CLAUSE)
    return (negated(said) or said) if verb.negated else said
