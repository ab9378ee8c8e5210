"""Things, and what is said of them, on the way to a form."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from tools.graph.parser.form import Compare, Filter, Per, Rank, Thing, Times

if TYPE_CHECKING:
    from tools.graph.parser.readings import Days


class Quantity(StrEnum):
    """How many of the nodes a noun speaks of, where it is not simply some."""

    NONE = "none"
    EACH = "each"
    MOST = "most"
    FEWEST = "fewest"


class Noun(msgspec.Struct, frozen=True):
    """Words that name things, on the way to a form.

    Attributes:
        thing: The things.
        quantity: None for some of them; else how many, or that each, none or most of them are meant.
        number: How many are asked for: "the three pumps with ...".
        rank: The order that picks them.
        per: What they are grouped by.
        bare: Whether it is a label or a sort alone, with nothing said of it.
        closed: Whether something was said after it: what follows then belongs to what was said last, or costs more.
        every: Whether it says "all": a link to all of them is one to any of them only where it leads to one.
        some: Whether it says "any" or "a": such a noun may be asked about with yes or no.
        joined: Whether it joins names by "and": "on P-101 and P-102".
        both: Whether it says "both": then it is not either of them.
        also: Whether it joins sorts by "and", "a manual and a drawing": in a list either is meant.
        other: Whether it says "other": it must be said than what.
        owned: Whether an owner stands before it: "P-101's sensors".
        comma: Whether a comma follows its word.
        apart: The nodes it is shared with: "the same area as P-101".
        told: Whether it was spoken of before, so that it is known which it is, as of a thing with a name.
    """

    thing: Thing
    quantity: Quantity | Times | None = None
    number: int | None = None
    rank: Rank | None = None
    per: Per | None = None
    bare: bool = False
    closed: bool = False
    every: bool = False
    some: bool = False
    joined: bool = False
    both: bool = False
    also: bool = False
    other: bool = False
    comma: bool = False
    owned: bool = False
    apart: Thing | None = None
    told: bool = False

    @property
    def plain(self) -> bool:
        """Whether it may stand inside a larger noun: neither ordered, nor grouped, nor other than something."""
        return self.rank is None and self.per is None and not self.other

    @property
    def named(self) -> bool:
        """Whether it names nodes."""
        return bool(self.thing.ids)


class Has(msgspec.Struct, frozen=True):
    """The things, or a relationship of theirs, have a property so: "open", "with stock below 3"."""

    owner: str
    filters: tuple[Filter, ...]
    of_relation: bool = False


class On(msgspec.Struct, frozen=True):
    """Something was then, by the label's main day: "since March"."""

    first: Any  # the first day, or None
    last: Any  # the day after the last, or None

    @property
    def of_one_day(self) -> bool:
        """Whether the span is a day."""
        return self.first is not None and self.last == self.first + timedelta(days=1)


class Old(msgspec.Struct, frozen=True):
    """The things began then, by the day or the year that tells how old they are: "older than 10 years"."""

    first: Any  # the first day, or None
    last: Any  # the last day, or None


class To(msgspec.Struct, frozen=True):
    """A relationship to other things: "that feed E-101"; `forward` is seen from what is described."""

    type: str
    forward: bool | None
    noun: Noun
    least: int = 1
    most: int = 1
    filters: tuple[Filter, ...] = ()


class Near(msgspec.Struct, frozen=True):
    """Some link to other things, not said which: "of P-101", "in area CW-100"."""

    noun: Noun


class Being(msgspec.Struct, frozen=True):
    """The things are of such a sort: "that are pumps"."""

    noun: Noun


class Not(msgspec.Struct, frozen=True):
    """The things are none of these: "other than P-101"."""

    noun: Noun


class Like(msgspec.Struct, frozen=True):
    """The things stand so to another: "with the same model as P-101"."""

    owner: str
    property: str
    compare: Compare
    noun: Noun


class Own(msgspec.Struct, frozen=True):
    """A property of the things stands so to another of theirs: "with stock below the minimum"."""

    owner: str
    property: str
    compare: Compare
    than: str


class First(msgspec.Struct, frozen=True):
    """The things come first by a property: "with the highest stock"."""

    owner: str
    property: str
    descending: bool
    number: int | None = 1


class Shown(msgspec.Struct, frozen=True):
    """Properties are to be shown: "with their model"; of a relationship, "with the quantity"."""

    owner: str
    properties: tuple[str, ...]
    of_relation: bool = False


class By(msgspec.Struct, frozen=True):
    """The things are grouped by a property, "per status", or, where they are in order, ordered by it.

    Attributes:
        owner: Their label.
        property: Its name.
        ordering: Whether things can be ordered by it: it is a number or a day.
    """

    owner: str
    property: str
    ordering: bool = False


Part = Has | On | Old | To | Near | Being | Not | Like | Own | First | Shown | By


class Shape(StrEnum):
    """How a description is said; only like ones are joined by "and"."""

    ADJECTIVE = "adjective"
    PREPOSITION = "preposition"
    CLAUSE = "clause"
    QUESTION = "question"  # a clause whose verb begins it: "does P-101 feed"
    VALUE = "value"  # a property with its value


class Description(msgspec.Struct, frozen=True):
    """What is said of things, on the way to a form. All its parts hold.

    Attributes:
        parts: What is said.
        shape: How.
        relative: Whether "that" opens it: such a clause is no main clause of what it is said of.
    """

    parts: tuple[Part, ...]
    shape: Shape
    relative: bool = False

    @property
    def only(self) -> Part | None:
        """What is said, where it is one thing."""
        return self.parts[0] if len(self.parts) == 1 else None


def negated(description: Description) -> Description | None:
    """Returns its opposite, where it says one thing only; None elsewhere, since "not a and b" has two meanings."""
    if len(description.parts) != 1:
        return None
    part = _negated(description.parts[0])
    return None if part is None else Description((part,), description.shape)


def inverted(description: Description) -> Description | None:
    """Returns a clause with its object as the subject: "à quelle zone appartient P-101" is not said of P-101."""
    if len(description.parts) != 1 or description.shape is not Shape.CLAUSE:
        return None
    (part,) = description.parts
    if not isinstance(part, To):
        return None
    turned = msgspec.structs.replace(part, forward=None if part.forward is None else not part.forward)
    return Description((turned,), description.shape)


def _negated(part: Part) -> Part | None:
    if isinstance(part, Has) and len(part.filters) == 1:
        (only,) = part.filters
        if only.negated:
            return None
        return msgspec.structs.replace(part, filters=(msgspec.structs.replace(only, negated=True),))
    if isinstance(part, To | Near) and part.noun.quantity is None and part.noun.number is None and not part.noun.joined:
        return msgspec.structs.replace(part, noun=msgspec.structs.replace(part.noun, quantity=Quantity.NONE))
    if isinstance(part, Being):
        thing = part.noun.thing
        if thing.ids and not (thing.filters or thing.links or thing.relatives):
            return Not(part.noun)
        if len(thing.filters) == 1 and not (thing.ids or thing.links or thing.relatives or thing.excluded):
            return _negated(Has(thing.label, thing.filters))
    return None


def span(days: Days) -> On:
    """Returns what falls into a span of days."""
    return On(days.first, None if days.last is None else days.last + timedelta(days=1))


def within(owner: str, name: str, when: On) -> Has:
    """Returns that a property's day falls into a span."""
    return Has(owner, day_filters(name, when))


def day_filters(name: str, when: On) -> tuple[Filter, ...]:
    """Returns the filters that pass a property's days in a span."""
    low = (Filter(name, Compare.AT_LEAST, (when.first.isoformat(),)),) if when.first else ()
    high = (Filter(name, Compare.BELOW, (when.last.isoformat(),)),) if when.last else ()
    return low + high
