"""The categories of the grammar's items, and how its modules write their rules down."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from tools.graph.parser.descriptions import Noun
from tools.graph.parser.form import Compare, Filter, Kind, Link, Times
from tools.graph.parser.readings import Role, ValueKind

if TYPE_CHECKING:
    from tools.graph.parser.chart import Item, Rules
    from tools.graph.parser.compose import Composer


class Cat(StrEnum):
    """What a span of words may be, beside the roles of single words; upper case keeps the two apart."""

    # Things, and words before or beside them.
    NOUN = "NOUN"  # Noun: things
    RELATION = "RELATION"  # Verb
    END = "END"  # End: "director"
    OWNER = "OWNER"  # Noun with 's
    BOTH = "BOTH"  # both
    THEIR = "THEIR"  # their
    SOME = "SOME"  # any, a
    EVERY = "EVERY"  # all, every
    SHARED = "SHARED"  # Columns or a Noun after "the same"
    SHARED_END = "SHARED_END"  # End after "the same"
    AMONG = "AMONG"  # Noun after "of", before "which"
    AND_NOUN = "AND_NOUN"  # Noun after "and", as all that begin so; those with OR, NOR, BUT and IN alike
    OR_NOUN = "OR_NOUN"
    NOR_NOUN = "NOR_NOUN"  # Noun after "neither" or "nor"
    BUT_NOUN = "BUT_NOUN"  # Noun after "but not"

    # What is said of things.
    SAID = "SAID"  # Description: what is said of things
    GAP = "GAP"  # Description of what a clause lacks: "P-101 feeds", "does P-101 have"
    AND_SAID = "AND_SAID"
    OR_SAID = "OR_SAID"
    NOR_SAID = "NOR_SAID"  # Description after "neither" or "nor": already its opposite
    EXCEPT = "EXCEPT"  # Description after "except", of the noun before it only: "except criticality C"
    LACKS = "LACKS"  # "do not have", before what is not there
    HAD_NEVER = "HAD_NEVER"  # "has never had"
    ONE_NEVER = "ONE_NEVER"  # Description of what somebody never had: "has mechanic 3 never had"
    NEVER_OF = "NEVER_OF"  # a ONE_NEVER with its things, before what links it: "has mechanic 3 never had an order"
    SENTENCE = "SENTENCE"  # Noun of which a main clause says something: "an order used PT-3"
    WHOSE = "WHOSE"  # a SENTENCE behind a word that links it: "where an order used PT-3", "whose sensors detect E07"

    # Properties and what they are compared with.
    PROPERTY = "PROPERTY"  # Columns
    AND_PROPERTY = "AND_PROPERTY"
    IN_PROPERTY = "IN_PROPERTY"  # Columns after "in", where a text may be
    NUMBER = "NUMBER"  # float
    AND_NUMBER = "AND_NUMBER"
    OR_NUMBER = "OR_NUMBER"
    ALSO_NUMBER = "ALSO_NUMBER"  # a number after "and", where no range is meant
    BOTH_NUMBERS = "BOTH_NUMBERS"  # two numbers, of which each thing has one
    AMOUNT = "AMOUNT"  # Amount: "more than 3"
    BUT_AMOUNT = "BUT_AMOUNT"  # Amount after "but": the other end of one
    RANGE = "RANGE"  # Amount that wants its "between"
    UNIT = "UNIT"  # str: a unit behind a number, "days"
    TEXT = "TEXT"  # Amount with a text: "containing 'seal'"
    THAN = "THAN"  # Than: "older than P-101", before what of it is compared
    AGAINST = "AGAINST"  # Against: "below the minimum stock", "more pages"
    MORE_THAN = "MORE_THAN"  # Against before "than": "more pages than"

    # Days.
    DAYS = "DAYS"  # Days
    AND_DAYS = "AND_DAYS"
    TERM = "TERM"  # Days that want theirs
    SPAN = "SPAN"  # On: "since March"
    AGE = "AGE"  # Aged: "older than 10 years"
    FOR = "FOR"  # Aged: "for more than a month"
    UNDONE = "UNDONE"  # Columns: a day on which something was not done
    NOT_YET = "NOT_YET"  # Columns: a day on which something was not done so far
    BY_DAY = "BY_DAY"  # Columns: "by installation date", behind a comparison
    DATED = "DATED"  # (Verb, On): « réalisé en 2024 », before what
    DONE_THERE = "DONE_THERE"  # (Columns, Near): "finished on PM1", before when

    # Order.
    ORDER = "ORDER"  # First of all things: "sorted by stock"
    ORDERED = "ORDERED"  # Noun after which "first" must come: "orders, newest first"
    SIZE_FIRST = "SIZE_FIRST"  # Small: "shortest first"
    MOST_FIRST = "MOST_FIRST"  # Role: in which order, "highest first"
    TO_END = "TO_END"  # Role: "to newest"
    TO_LAST = "TO_LAST"  # First: « au moins cher »

    # Questions.
    ASKED = "ASKED"  # Asked: a question but for what may be said further
    COLUMN = "COLUMN"  # Noun with what is shown of it: "the model of P-101"
    VALUES = "VALUES"  # Asked: the values of a property, of all that have it: "technicians on P-101"
    FIGURE = "FIGURE"  # Asked: a figure of a property, of all that have it
    FIGURED = "FIGURED"  # Asked: a figure by which groups are chosen, "the highest total cost of jobs"
    IN_ALL = "IN_ALL"  # Asked without its things: "over 500 in total"
    TOGETHER = "TOGETHER"  # str: a label, "all orders together"
    OFFER = "OFFER"  # Offer: "the lowest price", of a supplier for a part
    SUBJECT = "SUBJECT"  # Noun that a yes or no question begins with
    STATED = "STATED"  # Noun with "is" behind it
    DONE = "DONE"  # Noun with a day of it shown: "P-101 was installed"
    LAST_VERB = "LAST_VERB"  # LastVerb: "last inspected"
    LAST_DONE = "LAST_DONE"  # Asked for the last day: "a sensor was last calibrated"
    STRANDED = "STRANDED"  # Asked after a preposition: "in which area"
    YES_NO = "YES_NO"  # Asked with EXISTS
    PAIR = "PAIR"  # Asked for a path, but for the word: "P-101 to E-101"
    FROM_NOUN = "FROM_NOUN"  # Noun after "from", before where to
    TO_NOUN = "TO_NOUN"  # Noun after "to"
    BETWEEN_TWO = "BETWEEN_TWO"  # Noun with what flows from it to another: "from P-101 to E-101"
    FLOWING = "FLOWING"  # a BETWEEN_TWO behind a verb: "goes from P-101 to E-101"
    WHICH_MEDIUM = "WHICH_MEDIUM"  # Columns of a relationship after "which"

    # Beside a question.
    AND_COUNT = "AND_COUNT"  # Small: "and how many"
    EACH_COUNT = "EACH_COUNT"  # Small: "and how many of each"
    COUNT_SAID = "COUNT_SAID"  # Description: "how many on standby", behind "how many are running"


class Small(msgspec.Struct, frozen=True):
    """A word of a role, as it is written without accents: "que" and "qui" open different clauses."""

    role: Role
    text: str


class Columns(msgspec.Struct, frozen=True):
    """Properties of one owner.

    Attributes:
        owner: A label, or a relationship's type.
        properties: Their names.
        kind: What the first one's values are.
        of_relation: Whether the owner is a type.
        figure: What is asked of the values: their sum, their mean, the largest.
        each: Whether it is asked of each, "the stock of each": then no figure is of all.
    """

    owner: str
    properties: tuple[str, ...]
    kind: ValueKind
    of_relation: bool = False
    figure: Kind | None = None
    each: bool = False


class Verb(msgspec.Struct, frozen=True):
    """A relationship's word.

    Attributes:
        type: The relationship's type; the next three as in `readings.Relation`.
        forward: Which way it is said.
        least: Fewest hops.
        most: Most hops.
        preposition: Whether it is said by a preposition alone, as "on".
        negated: Whether a "not" belongs to it.
        filters: What is said of its properties: "consumes more than 10 tonnes per day of".
    """

    type: str
    forward: bool | None
    least: int
    most: int
    preposition: bool = False
    negated: bool = False
    filters: tuple[Filter, ...] = ()


class Amount(msgspec.Struct, frozen=True):
    """A comparison with a number or a text, or with two: "between 3 and 5".

    Attributes:
        compare: How.
        value: The number, or the text.
        highest: The end of a range that begins with the value.
        below: Whether the end is not in the range.
        others: More numbers, any of which will do as well: "1 or 2".
    """

    compare: Compare
    value: float | int | str
    highest: float | int | None = None
    below: bool = False
    others: tuple[float | int, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """A question on the way to a form.

    Attributes:
        kind: What is asked.
        noun: Of what.
        of: The property a figure is taken of.
        to: The end of a path.
        having: Which groups.
        having_figure: The same, by their figure.
        along: The link whose property a figure is taken of.
    """

    kind: Kind
    noun: Noun
    of: str = ""
    to: Noun | None = None
    having: Times | None = None
    having_figure: tuple[Filter, ...] = ()
    along: Link | None = None


def asked_of(what: Asked | Noun) -> Asked:
    """Returns a question; for things of which nothing is asked yet, that for a list of them."""
    return what if isinstance(what, Asked) else Asked(Kind.LIST, what)


def noun_of(what: Asked | Noun) -> Noun:
    """Returns the things that a question is about, or just the things."""
    return what.noun if isinstance(what, Asked) else what


def phrases(text: str) -> frozenset[str]:
    """Returns the phrases of a text, which commas part: some of those that have a role."""
    return frozenset(phrase.strip() for phrase in text.split(","))


Category = Cat | Role
Found = Iterable[tuple[Category, Hashable, float]]


class RuleBook:
    """Rules in the order they are written; `add_to` binds them to a schema."""

    def __init__(self) -> None:
        self._singles: list[tuple[Category, Callable[..., Found]]] = []
        self._pairs: list[tuple[Category, Category, Callable[..., Found]]] = []

    def single(self, *categories: Category) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
        """Marks a rule `(composer, value)` for items of any of these categories."""

        def keep(rule: Callable[..., Found]) -> Callable[..., Found]:
            self._singles += [(category, rule) for category in categories]
            return rule

        return keep

    def pair(
        self, lefts: Category | tuple[Category, ...], rights: Category | tuple[Category, ...]
    ) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
        """Marks a rule `(composer, left, right)` for neighbours of any of these categories."""

        def keep(rule: Callable[..., Found]) -> Callable[..., Found]:
            self._pairs += [(left, right, rule) for left in _several(lefts) for right in _several(rights)]
            return rule

        return keep

    def passes(
        self,
        kept: Category | tuple[Category, ...],
        *,
        before: tuple[Category, ...] = (),
        after: tuple[Category, ...] = (),
        cost: float = 0.0,
    ) -> None:
        """Says that words of some roles before (or after) an item add nothing to it."""
        for category in _several(kept):
            self._pairs += [(role, category, partial(_right, category, cost)) for role in before]
            self._pairs += [(category, role, partial(_left, category, cost)) for role in after]

    def marks(self, kept: Category, made: Category, before: Category | tuple[Category, ...]) -> None:
        """Says that a word of some roles before an item makes it one of another category: "and P-102"."""
        self._pairs += [(role, kept, partial(_right, made, 0.0)) for role in _several(before)]

    def add_to(self, rules: Rules, composer: Composer) -> None:
        """Adds all rules, bound to a schema."""
        for category, rule in self._singles:
            rules.add_single(category, partial(_listed, rule, composer))
        for left, right, rule in self._pairs:
            rules.add_pair(left, right, partial(_listed, rule, composer))


def _right(category: Category, cost: float, _composer: Composer, _left: Hashable, right: Hashable) -> Found:
    return [(category, right, cost)]


def _left(category: Category, cost: float, _composer: Composer, left: Hashable, _right: Hashable) -> Found:
    return [(category, left, cost)]


def _listed(rule: Callable[..., Found], composer: Composer, *values: Any) -> Iterable[Item]:
    return rule(composer, *values)


def _several(categories: Category | tuple[Category, ...]) -> tuple[Category, ...]:
    return categories if isinstance(categories, tuple) else (categories,)
