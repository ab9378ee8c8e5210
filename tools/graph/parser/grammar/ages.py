"""Ages, and what has lasted: "older than 15 years", "open for more than a month", "not calibrated for two years"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tools.graph.parser.descriptions import Description, Has, Old, On, Shape
from tools.graph.parser.form import Compare, Filter
from tools.graph.parser.grammar.happened import done_then
from tools.graph.parser.readings import Aged, Role, ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()


@BOOK.single(Cat.AGE)
def aged(_: Composer, age: Aged) -> Found:
    """As in "older than 15 years"."""
    yield Cat.SAID, Description((Old(age.first, age.last),), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.SAID, Cat.FOR)
def so_for(_: Composer, said: Description, age: Aged) -> Found:
    """As in "open for more than a month": since the day on which it began."""
    if said.shape is Shape.ADJECTIVE and isinstance(said.only, Has):
        last = age.last and age.last + timedelta(days=1)
        yield Cat.SAID, Description((said.only, On(age.first, last)), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.NOT, Cat.PROPERTY)
def not_done(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "not calibrated", before how long."""
    if columns.kind is ValueKind.DAY and len(columns.properties) == 1 and not columns.of_relation:
        yield Cat.UNDONE, columns, 0.0


@BOOK.pair(Cat.UNDONE, Cat.FOR)
def not_for(_: Composer, columns: Columns, age: Aged) -> Found:
    """As in "not calibrated for two years": last before that."""
    if age.last is not None:
        then = Filter(columns.properties[0], Compare.BELOW, ((age.last + timedelta(days=1)).isoformat(),))
        yield Cat.SAID, Description((Has(columns.owner, (then,)),), Shape.CLAUSE), 0.0


@BOOK.pair(Cat.RELATION, Cat.FOR)
def verb_not_for(composer: Composer, verb: Verb, age: Aged) -> Found:
    """As in "not inspected for more than a year": never since."""
    if verb.negated and age.last is not None:
        yield from done_then(composer, verb, On(age.last + timedelta(days=1), None))
