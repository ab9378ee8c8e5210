"""Which of four an empty result is: a true zero, an entity not found, a value spelled otherwise, an impossible path.

The fourth never runs: the guard refuses it. A number or a day that no node has is a true zero, since
neither can be misspelt; a text that no node has, in the property it was asked of, is one of the other two.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import nearest
from plant.facts import Refusal
from tools.graph.cypher import counts
from tools.graph.meaning import compared_values
from tools.graph.parser.form import Ask, Compare, Kind, Thing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from plant.facts import Scalar
    from plant.graph.contract import Rows
    from tools.graph.guard import Checked

    ValuesOf = Callable[[str], Sequence[Scalar]]

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Empty(StrEnum):
    """The four kinds."""

    TRUE_ZERO = "true_zero"
    ENTITY_NOT_FOUND = "entity_not_found"
    SPELLED_OTHERWISE = "spelled_otherwise"
    IMPOSSIBLE_PATH = "impossible_path"


class Missing(msgspec.Struct, frozen=True):
    """A value that no node has in a property."""

    property: str
    value: str


class Nothing(msgspec.Struct, frozen=True):
    """Why there is nothing.

    Attributes:
        kind: Which of the four.
        missing: The value that is not there, where one is.
        choices: Its nearest spellings that are there, best first.
    """

    kind: Empty
    missing: Missing | None = None
    choices: tuple[str, ...] = ()


def why_empty(
    checked: Checked | Refusal, parameters: dict[str, Any], rows: Rows, values_of: ValuesOf
) -> Nothing | None:
    """Returns why a query found nothing; None where it found something. A count of 0 is nothing.

    Args:
        checked: The query.
        parameters: Its parameters.
        rows: What came back.
        values_of: Gives the values that a property has anywhere in the graph.
    """
    if isinstance(checked, Refusal) or (rows.rows and not (counts(checked.tree) and _all_zero(rows))):
        return None
    compared = ((name, parameters.get(parameter)) for name, parameter in compared_values(checked.tree))
    return _nothing(compared, values_of, same_case=True)


def why_form_is_empty(ask: Ask, rows: Rows, values_of: ValuesOf) -> Nothing | None:
    """Returns why a form's query found nothing; None where it found something. "No" and a count of 0 are nothing."""
    if rows.rows and not (ask.kind in {Kind.COUNT, Kind.EXISTS} and _all_zero(rows)):
        return None
    return _nothing(_wanted(ask), values_of, same_case=False)


def premises(ask: Ask) -> list[Thing]:
    """Returns the nodes that a form names and says something of, which must be so: "tank P-101".

    Not where that is what is asked ("is P-101 a tank?").
    """
    asked = [] if ask.kind is Kind.EXISTS else [ask.thing]
    named = [*asked, *(thing for thing in _things(ask) if thing is not ask.thing)]
    return [msgspec.structs.replace(thing, links=(), relatives=()) for thing in named if thing.ids and thing.filters]


def _things(ask: Ask) -> Iterator[Thing]:
    """Yields the things of a form that must be there."""
    things = [ask.thing, *([ask.to] if ask.to else [])]
    while things:
        thing: Thing = things.pop()
        things += [link.thing for link in thing.links if not link.absent]
        yield thing


def _all_zero(rows: Rows) -> bool:
    return all(cell in (0, None) for row in rows.rows for cell in row)


def _wanted(ask: Ask) -> Iterator[tuple[str, Scalar]]:
    """Yields each property that must be equal to one of some values, with each of these."""
    for thing in _things(ask):
        of_links = (one for link in thing.links if not link.absent for one in link.filters)
        for one in (*thing.filters, *of_links):
            if one.compare is Compare.EQUAL and not one.negated:
                yield from ((one.property, value) for value in one.values)


def _nothing(compared: Iterable[tuple[str, Any]], values_of: ValuesOf, *, same_case: bool) -> Nothing:
    for name, wanted in compared:
        if not isinstance(wanted, str) or _DAY.match(wanted):
            continue
        known = [str(value) for value in values_of(name)]
        alike = known if same_case else [value.casefold() for value in known]
        if (wanted if same_case else wanted.casefold()) not in alike:
            near = tuple(nearest(wanted, known))
            kind = Empty.SPELLED_OTHERWISE if near else Empty.ENTITY_NOT_FOUND
            return Nothing(kind, Missing(name, wanted), near)
    return Nothing(Empty.TRUE_ZERO)
