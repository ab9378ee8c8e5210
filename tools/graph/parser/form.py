"""What a question means: a tree of things and their links, which any engine's Cypher can be written from.

"Which pumps in area CW-100 have no open work order?" is

    Ask(Thing("Asset",
              filters=(Filter("kind", Compare.EQUAL, ("pump",)),),
              links=(Link("PART_OF", Way.OUT, Thing("Area", ids=("CW-100",))),
                     Link("ON", Way.IN, Thing("WorkOrder", filters=(Filter("status", Compare.EQUAL, ("open",)),)),
                          absent=True))))

A form is judged against the schema where it is made: every label, type, triple and property of it is there.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from plant.facts import Scalar


class Compare(StrEnum):
    """How a property stands to a value. Texts are compared without regard to case by the first and the last three."""

    EQUAL = "equal"
    BELOW = "below"
    AT_MOST = "at most"
    ABOVE = "above"
    AT_LEAST = "at least"
    CONTAINS = "contains"
    STARTS = "starts"
    ENDS = "ends"


class Way(StrEnum):
    """Which way a relationship points, seen from the thing that has the link."""

    OUT = "out"
    IN = "in"
    ANY = "any"

    @property
    def opposite(self) -> Way:
        """Which way the relationship points, seen from the thing at its other end."""
        return {Way.OUT: Way.IN, Way.IN: Way.OUT}.get(self, self)


class Kind(StrEnum):
    """What is asked of the things."""

    LIST = "list"  # each thing once: its id, its name and title where it has them, and what is shown
    VALUES = "values"  # the distinct values of what is shown, without the ids: "who worked on P-101?"
    COUNT = "count"  # how many things, or how many different values of `of`; with `per`, how many in each group
    EXISTS = "exists"  # whether there is any
    SUM = "sum"  # of the property `of`; as the next three
    MEAN = "mean"
    LEAST = "least"
    MOST = "most"
    PATH = "path"  # the shortest path from the thing to `Ask.to`


class Filter(msgspec.Struct, frozen=True):
    """A property of a thing against values.

    Attributes:
        property: Its name.
        compare: How.
        values: Any of them will do. Empty with EQUAL: the property is not there.
        negated: Whether it must not be so; a thing without the property does not pass then either, unless
            `values` is empty (negated, it says that the property is there).
        or_missing: Whether what has no such property passes as well: "not closed on that day". Never with `negated`.
    """

    property: str
    compare: Compare
    values: tuple[Scalar, ...]
    negated: bool = False
    or_missing: bool = False


class Relative(msgspec.Struct, frozen=True):
    """A property of a thing against one of another, or of its own: "same model as P-101", "stock below minimum stock".

    What is not there stands no way to anything.

    Attributes:
        property: Its name.
        compare: How; texts are equal in the same case only.
        other: Any such thing will do, but never the thing itself. None for the thing itself, with `than`.
        than: The property that it stands to; empty where that is the same one.
    """

    property: str
    compare: Compare
    other: Thing | None
    than: str = ""


class Times(msgspec.Struct, frozen=True):
    """How many different things a link must lead to: "more than three sensors"."""

    compare: Compare
    number: int


class Link(msgspec.Struct, frozen=True):
    """A relationship from a thing to another.

    "Pumps that feed what P-101 feeds" are others than P-101: where a link, neither absent nor counted, may go back over
    the relationship that its thing was come to by (see `leads_back`), it leads to another thing than that came from.
    And nothing is downstream of itself: over several hops a link leads to another thing, though the flow comes round.

    Attributes:
        type: Its type.
        way: Which way it points, seen from the thing that has the link.
        thing: Where it leads.
        least: Fewest hops, at least 1.
        most: Most hops, at most 8.
        filters: What its own properties must be.
        absent: Whether there must be no such link.
        times: How many such there must be; None for any number from one.
        shown: Its own properties that the answer has a column for; of one hop only, neither absent nor counted.
    """

    type: str
    way: Way
    thing: Thing
    least: int = 1
    most: int = 1
    filters: tuple[Filter, ...] = ()
    absent: bool = False
    times: Times | None = None
    shown: tuple[str, ...] = ()


class Thing(msgspec.Struct, frozen=True):
    """Nodes of a label, described.

    Attributes:
        label: Their label.
        ids: They are any of these; empty for all.
        excluded: They are none of these.
        filters: All must hold.
        relatives: All must hold.
        links: All must hold.
        shown: Properties that the answer has a column for, `id` and `name` of the asked thing aside.
            A linked thing (not absent, not counted) may show some too, `id` among them.
    """

    label: str
    ids: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    relatives: tuple[Relative, ...] = ()
    links: tuple[Link, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def undescribed(self) -> bool:
        """Whether nothing is said of them, but perhaps which they are."""
        return self == Thing(self.label, ids=self.ids)

    @property
    def is_any(self) -> bool:
        """Whether they are any nodes of the label."""
        return self == Thing(self.label)

    @property
    def is_one(self) -> bool:
        """Whether it is one node, of which nothing else is said."""
        return len(self.ids) == 1 and self.undescribed


def leads_back(came: Link, link: Link) -> bool:
    """Whether a link may go back over the relationship by which its thing was come to."""
    return came.type == link.type and (came.way is not link.way or link.way is Way.ANY)


class Per(msgspec.Struct, frozen=True):
    """What groups are made by: a thing, or a property of it. The thing is the one asked about, or at the end of links.

    | | no `link` | `link` |
    |---|---|---|
    | no `property` | each thing by itself: "for each part" | "per area" |
    | `property` | "by model" | "by kind of asset" |

    Attributes:
        property: A property whose values are the groups; empty where the things are.
        link: One link or, by links of its thing, a chain of them, to the thing at its end; None for that asked about.
    """

    property: str = ""
    link: Link | None = None


class Rank(msgspec.Struct, frozen=True):
    """Which of the things, by size: "the three pumps with the most work orders", "the oldest order".

    Attributes:
        property: The property they are ordered by; empty where `link` is given, or for the figure of each group.
        link: They are ordered by how many such links they have; zero counts. None otherwise.
        descending: Whether the largest is first.
        number: How many are asked for; None for all, in order. Those equal to the last are not left out.
    """

    property: str = ""
    link: Link | None = None
    descending: bool = True
    number: int | None = 1


class Ask(msgspec.Struct, frozen=True):
    """A question.

    Attributes:
        thing: What it is about.
        kind: What is asked.
        of: The property that SUM, MEAN, LEAST and MOST are taken of: the things', or that of the links `along`. With
            COUNT its different values are counted; empty to count the things.
        along: One hop from each thing, whose property `of` is: "the total quantity of parts used on P-101". None where
            it is the things' own. A thing without such a link is in no group: "the total quantity for each part" is of
            those that were used.
        per: What COUNT and those four are grouped by; None for one figure.
        rank: Order and how many; None for order by id, and all.
        to: Where a PATH leads.
        having: Which groups, by their count; None for all. "Assets with more than two orders" is a link's `times`.
        having_figure: Which groups, by their figure: "kinds that cost more than 500"; each has no `property`, and
            values. A count of things is `having`.
    """

    thing: Thing
    kind: Kind = Kind.LIST
    of: str = ""
    per: Per | None = None
    rank: Rank | None = None
    to: Thing | None = None
    having: Times | None = None
    along: Link | None = None
    having_figure: tuple[Filter, ...] = ()
