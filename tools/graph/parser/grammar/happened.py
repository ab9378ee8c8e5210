"""When what a verb says was done: "rated in 2026", "inspected in May", "not inspected since 2024".

The day is the relationship's own, or else that of what was done: an inspection's, of a pump that was inspected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Near, Noun, On, Quantity, Shape, To, day_filters, within
from tools.graph.parser.form import Thing
from tools.graph.parser.grammar.nouns import ANYTHING
from tools.graph.parser.readings import ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_OF_THE_OTHER = 0.6  # "inspected in May": the inspection was in May, where the pump could not be


@BOOK.pair(Cat.RELATION, Cat.SPAN)
def done_by_somebody_then(composer: Composer, verb: Verb, when: On) -> Found:
    """As in "jobs performed in May": by whom or on what is not said."""
    others = composer.links.ends_of(verb.type, start=verb.forward is False) if verb.forward is not None else []
    if len(others) == 1 and not verb.negated and composer.day_of_link(verb.type) is None:
        other = To(verb.type, verb.forward, Noun(Thing(others[0])), verb.least, verb.most, verb.filters)
        yield Cat.SAID, Description((other, when), Shape.CLAUSE), ANYTHING


@BOOK.pair(Cat.RELATION, Cat.SPAN)
def done_then(composer: Composer, verb: Verb, when: On) -> Found:
    """As in "rated 5 stars in 2026", "inspected in May", "not inspected since 2024"."""
    day = composer.day_of_link(verb.type)
    if day is not None:
        verb, cost = replace(verb, filters=(*verb.filters, *day_filters(day, when))), 0.0
        things = [Noun(Thing(label)) for label in _others(composer, verb)]
    else:
        cost = _OF_THE_OTHER
        said = Description((when,), Shape.PREPOSITION)
        things = [noun for label in _others(composer, verb) for noun, _ in composer.attach(Noun(Thing(label)), said)]
    for noun in things if len(things) == 1 else ():
        counted = replace(noun, quantity=Quantity.NONE) if verb.negated else noun
        to = To(verb.type, verb.forward, counted, verb.least, verb.most, verb.filters)
        yield Cat.SAID, Description((to,), Shape.CLAUSE), cost


@BOOK.pair(Cat.SAID, Cat.SPAN)
def said_then(composer: Composer, said: Description, when: On) -> Found:
    """As in "rated by Vera in 2026", where ratings have a day."""
    yield from ((Cat.SAID, then, 0.0) for then in _then(composer, said, when))


@BOOK.pair(Cat.GAP, Cat.SPAN)
def object_then(composer: Composer, said: Description, when: On) -> Found:
    """As in "did Vera rate in 2026"."""
    yield from ((Cat.GAP, then, 0.0) for then in _then(composer, said, when))


def _then(composer: Composer, said: Description, when: On) -> Iterator[Description]:
    """Yields what was done then, where the one relationship that says it has a day."""
    part = said.only
    if isinstance(part, To) and (day := composer.day_of_link(part.type)) is not None:
        then = replace(part, filters=(*part.filters, *day_filters(day, when)))
        yield replace(said, parts=(then,))


def _others(composer: Composer, verb: Verb) -> Iterator[str]:
    """Yields the label of what a verb leads to, where there is one."""
    if verb.forward is not None and verb.least == verb.most == 1:
        labels = composer.links.ends_of(verb.type, start=not verb.forward)
        yield from labels if len(labels) == 1 else ()


@BOOK.pair(Cat.PROPERTY, Cat.SAID)
def done_there(_: Composer, columns: Columns, said: Description) -> Found:
    """As in "finished on PM1", before when that was."""
    part = said.only
    dated = columns.kind is ValueKind.DAY and len(columns.properties) == 1 and not columns.of_relation
    there = said.shape is Shape.PREPOSITION and isinstance(part, Near) and part.noun.named
    if dated and there and columns.figure is None:
        yield Cat.DONE_THERE, (columns, part), 0.0


@BOOK.pair(Cat.DONE_THERE, Cat.SPAN)
def done_there_then(_: Composer, done: tuple[Columns, Near], when: On) -> Found:
    """As in "finished on PM1 in 2025"."""
    columns, there = done
    then = within(columns.owner, columns.properties[0], when)
    yield Cat.SAID, Description((then, there), Shape.VALUE), 0.05
