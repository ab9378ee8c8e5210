"""What the words of a question may mean in the graph that is open: the contract of lexicon and grammar.

A reading covers words `first` to `last` (half open) of the question's words, as `split` gives them. Readings
may overlap: which of them hold together is the grammar's to find out. A word that has no reading at all
makes the question one that is not understood, so a word without meaning ("please") has the reading `Filler`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from plant.facts import Scalar


class Word(msgspec.Struct, frozen=True):
    """A word: plain (lower case, no accents) and as it was written, with its place; whether a comma follows it."""

    plain: str
    written: str
    start: int
    end: int
    comma: bool = False


class ValueKind(StrEnum):
    """What a property's values are."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"  # ISO dates, or times, as text
    FLAG = "flag"


class Role(StrEnum):
    """What a word that belongs to no graph does in a question."""

    FILLER = "filler"  # the, a, please, s'il te plait: no meaning of its own
    LIST = "list"  # list, show, give me, donne-moi
    COUNT = "count"  # how many, number of, combien de
    WHICH = "which"  # which, what, quels
    WHO = "who"  # who, qui: asks for a person
    WHEN = "when"  # when, quand: asks for a day
    WHERE = "where"  # where, où: asks for what it stands in or on
    HOW_MUCH = "how much"  # asks for a number
    WHETHER = "whether"  # is there, does, est-ce que: yes or no
    BE = "be"
    HAVE = "have"
    THERE = "there"  # there are, il y a, existe
    THAT = "that"  # opens a clause: that, which, qui, que, dont
    OF = "of"  # of, de, 's
    AT = "at"  # in, on, at, for, from, to, with, sur, dans, pour, avec: any link or property
    TO = "to"  # to, jusqu'a: the end of a path
    NOT = "not"  # not, ne pas, isn't
    NO = "no"  # no, without, aucun, sans
    AND = "and"
    OR = "or"
    BUT = "but"  # but, except, other than, sauf, autre que
    SAME = "same"  # same, meme (as, que)
    OTHER = "other"  # other, else, autre
    EACH = "each"  # per, by, for each, par
    MORE = "more"  # more than, above, over
    LESS = "less"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    SINCE = "since"
    DURING = "during"  # in, during, en: a span of time
    CONTAINS = "contains"  # containing, called, mentioning
    STARTS = "starts"
    ENDS = "ends"
    LARGEST = "largest"  # most, highest, largest, le plus
    SMALLEST = "smallest"
    LATEST = "latest"  # latest, newest, most recent: of days
    EARLIEST = "earliest"  # oldest, first
    TOP = "top"  # top 3, the 3 ...
    SORTED = "sorted"  # sorted by, ordered by, par ordre de
    SUM = "sum"
    MEAN = "mean"
    FLOW = "flow"  # goes, runs, va, circule: of what passes between two things
    PATH = "path"  # path, route, connected, how does ... reach
    THAN = "than"  # than, que: behind a comparison, before what it is with
    NOR = "nor"  # neither, nor, ni: none of what they join
    STANDING = "standing"  # open, valid, in progress: of what was so on a day
    UNKNOWN = "unknown"  # unknown, missing, not recorded: of a property


ASKING: Final = frozenset({Role.LIST, Role.COUNT, Role.WHICH, Role.WHO, Role.WHEN, Role.WHERE, Role.HOW_MUCH})
"""What a word does that asks for more than yes or no."""


class Function(msgspec.Struct, frozen=True, tag_field="meaning", tag="function"):
    """A word of a role."""

    role: Role


class Label(msgspec.Struct, frozen=True, tag_field="meaning", tag="label"):
    """A word for the nodes of a label: "sensors", "ordres de travail"."""

    label: str


class Nodes(msgspec.Struct, frozen=True, tag_field="meaning", tag="nodes"):
    """The mention of nodes by id, code, name, alias, or kind and number; more than one where several carry the name."""

    label: str
    ids: tuple[str, ...]


class Sort(msgspec.Struct, frozen=True, tag_field="meaning", tag="sort"):
    """A noun for the nodes of a label that have a value: "pumps" for assets whose kind is pump."""

    label: str
    property: str
    value: Scalar


class Value(msgspec.Struct, frozen=True, tag_field="meaning", tag="value"):
    """A value that a property of a label has: "open", "Sulzer"; or that it is above: "in stock" is a stock above 0.

    With `of_relation` the label is a relationship's type: "electricity" of what feeds something.
    """

    label: str
    property: str
    value: Scalar
    above: bool = False
    of_relation: bool = False


class Property(msgspec.Struct, frozen=True, tag_field="meaning", tag="property"):
    """A word for a property, of a label or of a relationship type: "stock", "unité"; one reading for each owner."""

    owner: str
    property: str
    kind: ValueKind
    of_relation: bool = False


class Relation(msgspec.Struct, frozen=True, tag_field="meaning", tag="relation"):
    """A word for a relationship: "feeds", "fed by", "upstream of".

    Attributes:
        type: Its type.
        forward: Whether the words' subject is the relationship's start ("X feeds Y") or its end ("X is fed by Y");
            None where the words do not say ("connected to").
        least: Fewest hops.
        most: Most hops.
    """

    type: str
    forward: bool | None
    least: int = 1
    most: int = 1


class End(msgspec.Struct, frozen=True, tag_field="meaning", tag="end"):
    """A noun for the nodes at one end of a relationship: "director" for who DIRECTED something.

    Attributes:
        type: The relationship's type.
        start: Whether they are at its start.
    """

    type: str
    start: bool


class Number(msgspec.Struct, frozen=True, tag_field="meaning", tag="number"):
    """A number: 3, 2.5, three, trois."""

    number: float


class Days(msgspec.Struct, frozen=True, tag_field="meaning", tag="days"):
    """A span of days, both ends in it; either may be open: 2025, March 2025, 2025-03-01, the last 30 days."""

    first: date | None
    last: date | None


class Aged(msgspec.Struct, frozen=True, tag_field="meaning", tag="aged"):
    """How long ago things began: "older than 10 years"; either end may be open.

    Attributes:
        first: The first day on which they did, or None.
        last: The last one, or None.
        lasting: Whether the words say that something has been so for as long: "for more than two years".
    """

    first: date | None
    last: date | None
    lasting: bool = False


class Quoted(msgspec.Struct, frozen=True, tag_field="meaning", tag="quoted"):
    """A text in quotation marks, as it was written."""

    text: str


Meaning = Function | Label | Nodes | Sort | Value | Property | Relation | End | Number | Days | Aged | Quoted


class Reading(msgspec.Struct, frozen=True):
    """What the words from `first` up to `last` may mean.

    Attributes:
        first: Index of its first word.
        last: Index after its last word.
        meaning: What.
        cost: 0 for the words themselves, more for what is further from them (a synonym .1, a stem .2, a
            misspelling that the asker is told of 1).
    """

    first: int
    last: int
    meaning: Meaning
    cost: float = 0.0

    @property
    def place(self) -> tuple[int, int]:
        """The first of its words, and the one after the last."""
        return self.first, self.last

    def overlaps(self, other: Reading) -> bool:
        """Whether it shares a word with another."""
        return self.first < other.last and other.first < self.last
