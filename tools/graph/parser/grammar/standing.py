"""What was so on a day: "orders open on 10 February", "permits valid on that day", "opened before and not yet closed".

What lasts has a day on which it begins and one on which it ends. An end that is laid down, as a permit's, is in it;
what was closed that day was open no longer, and what has no such day is still open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Has, On, Shape
from tools.graph.parser.form import Compare, Filter
from tools.graph.parser.naming import STATES
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_LASTING: Final = frozenset(("open", "in progress", "valid"))
_STILL_NOT: Final = frozenset(("not yet", "pas encore", "toujours pas", "encore pas", "still not", "encore jamais"))


@BOOK.pair(Role.STANDING, Cat.SPAN)
def stood_then(composer: Composer, word: Small, when: On) -> Found:
    """As in "open on 10 February", "valid on that day"."""
    if not when.of_one_day:
        return
    day = when.first.isoformat()
    for label, begins, ends, fixed in composer.naming.lasting():
        if fixed is not composer.naming.says_fixed(word.text):
            continue
        begun = Filter(begins, Compare.AT_MOST, (day,))
        ended = Filter(ends, Compare.AT_LEAST if fixed else Compare.ABOVE, (day,), or_missing=not fixed)
        yield Cat.SAID, Description((Has(label, (begun, ended)),), Shape.ADJECTIVE), 0.0


@BOOK.pair(Cat.SPAN, Cat.ASKED)
def then_stood(composer: Composer, when: On, asked: Asked) -> Found:
    """As in "on 10 February, which orders were open": a state that is one of what lasts."""
    thing = asked.noun.thing
    states = [found for found in thing.filters if found.property in STATES]
    if not when.of_one_day or len(states) != 1 or states[0].negated or len(states[0].values) != 1:
        return
    others = tuple(found for found in thing.filters if found is not states[0])
    before = replace(asked.noun, thing=replace(thing, filters=others))
    for _, said, _ in stood_then(composer, Small(Role.STANDING, str(states[0].values[0])), when):
        if isinstance(said, Description) and str(states[0].values[0]) in _LASTING:
            for noun, cost in composer.attach(before, said):
                yield Cat.ASKED, replace(asked, noun=noun), cost


@BOOK.pair(Role.NOT, Cat.PROPERTY)
def not_yet(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "not yet closed", before the day on which that was so."""
    single = columns.kind is ValueKind.DAY and len(columns.properties) == 1 and not columns.of_relation
    if single and word.text in _STILL_NOT:
        yield Cat.NOT_YET, columns, 0.0


@BOOK.pair(Cat.NOT_YET, Cat.SPAN)
def not_yet_then(_: Composer, columns: Columns, when: On) -> Found:
    """As in "not yet closed on that day": later, or never so far."""
    if when.of_one_day:
        later = Filter(columns.properties[0], Compare.ABOVE, (when.first.isoformat(),), or_missing=True)
        yield Cat.SAID, Description((Has(columns.owner, (later,)),), Shape.CLAUSE), 0.0


BOOK.passes(Role.STANDING, before=(Role.BE,))
