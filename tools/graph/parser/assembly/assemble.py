"""A question from its parts: where no sentence of the grammar spans all words, the parts that it did parse are joined.

"TM4: open notifications without a job" is no sentence, but its parts say all: which things are asked for, and what else
is said can be of them only, by the labels, the properties and the relationships that there are. The parts are the
chart's items, as few as cover all words; what is asked is the one thing that is not named, or what a name has. Every
way to join them is tried. Nothing is answered where two of them differ, nor where a word of scope ("not", "only", "more
than", "most") is a part of its own: of what it would be said is then not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tools.graph.parser.assembly.hanging import trees
from tools.graph.parser.assembly.parts import BEFORE, EMPTY, USED, Part, Parts
from tools.graph.parser.form import Kind
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.graph.parser.chart import Cell
    from tools.graph.parser.compose import Composer
    from tools.graph.parser.descriptions import Noun
    from tools.graph.parser.form import Thing

_MOST_PARTS: Final = 6
_WAYS: Final = 60  # kept to cover the words up to one place
_APART: Final = 0.25  # more than that, and a costlier way to join is not what was meant

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
        by_size.setdefault(sum(category not in {*EMPTY, *BEFORE} for category, _ in way[2]), []).append(way)
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
        for category in USED.intersection(cell):
            for value, cost in cell[category].items():
                for size, before in ways[first].items():
                    if size < _MOST_PARTS:
                        longer = ((size + 1, c + cost, (*parts, (category, value))) for _, c, parts in before)
                        ways[last].setdefault(size + 1, []).extend(longer)
        for size, found in ways[last].items():
            ways[last][size] = sorted(found, key=lambda way: (way[1], repr(way[2])))[:_WAYS]
    return [way for found in ways[width].values() for way in found if sum(c not in EMPTY for c, _ in way[2]) > 1]


def _joined(parts: Sequence[Part], composer: Composer, *, dated: bool) -> Iterator[tuple[Asked, float]]:
    """Yields what parts mean together, in each way that they can be joined."""
    found = Parts(parts)
    if not found.are_sound(composer, dated=dated):
        return
    for asked, others in _heads(found, composer):
        for noun, cost in trees((asked.noun, *others), found, composer):
            yield from ((made, cost) for made in _as_asked(replace(asked, noun=noun), found, composer))


def _heads(found: Parts, composer: Composer) -> Iterator[tuple[Asked, list[Noun]]]:
    """Yields what may be asked for, with the other things: what is not named, or what a name has."""
    unnamed = [noun for noun in found.nouns if not noun.named]
    if found.asked:
        (asked,) = found.asked
        asks = {*asked.noun.thing.shown}
        owned = any(asks <= composer.properties[noun.thing.label] for noun in found.nouns)
        said = asked.kind in (Kind.LIST, Kind.COUNT) or bool(asked.noun.thing.filters or asked.noun.thing.links)
        if asked.kind in (Kind.EXISTS, Kind.PATH):
            return
        if not (unnamed or owned) if asked.kind is Kind.VALUES else said:
            yield asked, found.nouns
        return
    for noun in unnamed or found.nouns[:1]:
        if unnamed or (len(found.nouns) == 1 and (found.columns or noun.thing.shown)):
            yield Asked(Kind.LIST, noun), [other for other in found.nouns if other is not noun]


def _as_asked(asked: Asked, found: Parts, composer: Composer) -> Iterator[Asked]:
    """Yields a question as the small words beside it ask for it."""
    if composer.naming.is_of_another_day_than_main(asked.noun) or _describes_a_name(asked.noun.thing):
        return
    roles = {*found.roles} - {Role.LIST, Role.WHICH}
    if any(columns.figure is not None for columns in found.columns):
        yield from () if roles else _figure(asked, found)
    elif len(roles) > 1:
        return
    elif roles & {Role.COUNT, Role.HOW_MUCH}:
        yield from _counted(asked, found)
    elif not roles or any(columns.kind is ValueKind.DAY for columns in found.columns):
        yield from _listed(asked, found, composer)


def _figure(asked: Asked, found: Parts) -> Iterator[Asked]:
    """Yields a figure of things that are described: "jobs finished in 2025, total cost"."""
    (columns, *more) = found.columns
    owned = columns.owner == asked.noun.thing.label and not columns.of_relation
    alone = not (more or found.asked or asked.noun.named)
    if columns.figure is not None and owned and alone and asked.kind is Kind.LIST:
        yield replace(asked, kind=columns.figure, of=columns.properties[0])


def _counted(asked: Asked, found: Parts) -> Iterator[Asked]:
    """Yields how many things there are, or a number that one thing has: "how many kW"."""
    if asked.kind is not Kind.LIST:
        return
    if found.columns:
        if found.columns[0].kind is ValueKind.NUMBER and (asked.noun.named or found.asked):
            yield asked
    elif not found.asked and Role.COUNT in found.roles:
        yield replace(asked, kind=Kind.COUNT)


def _listed(asked: Asked, found: Parts, composer: Composer) -> Iterator[Asked]:
    """Yields things, or who they are of where that is asked of several: "technicians", "makers of"."""
    others = any(composer.naming.names_others(name) for columns in found.columns for name in columns.properties)
    if not others or asked.noun.named or asked.kind is not Kind.LIST or found.asked:
        yield asked
    elif found.columns_first() and len(found.columns) == 1:
        yield replace(asked, kind=Kind.VALUES)


def _describes_a_name(thing: Thing) -> bool:
    """Whether something is said of what already has a name, which more likely is said of something else."""
    said = thing.ids and (thing.filters or thing.links or thing.relatives)
    return bool(said) or any(_describes_a_name(link.thing) for link in thing.links)
