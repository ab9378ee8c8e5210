"""The last or the first day of what was done: "date the latest order was closed", "when was a sensor last calibrated".

Asked for is a day, so it is the last one of all, not the thing that it belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Noun, Shape, To
from tools.graph.parser.form import Kind, Thing, Way
from tools.graph.parser.grammar.order import BY_DAY
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, Verb, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_ENDS = {Role.LATEST: Kind.MOST, Role.EARLIEST: Kind.LEAST}
_TIMES = phrases(
    "last, for the last time, most recently, recently, lately, pour la derniere fois, la derniere fois, "
    "derniere fois, en dernier, dernierement, for the first time, pour la premiere fois, la premiere fois, first, "
    "en premier"
)


@BOOK.pair((Cat.SUBJECT, Cat.STATED), Cat.PROPERTY)
def last_done(_: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "a sensor was last calibrated", behind "when"; what has a name has one such day."""
    figure = columns.figure
    dated = columns.kind is ValueKind.DAY and columns.owner == noun.thing.label and not columns.of_relation
    if figure in (Kind.MOST, Kind.LEAST) and dated and noun.plain and noun.quantity is None and noun.number is None:
        yield Cat.LAST_DONE, Asked(figure, noun, of=columns.properties[0]), 0.0


@BOOK.pair(Role.WHEN, Cat.LAST_DONE)
def when_last_done(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "when was a sensor last calibrated"."""
    yield Cat.ASKED, asked, -0.1


@BOOK.pair(Cat.ASKED, BY_DAY)
def the_last_time(composer: Composer, asked: Asked, word: Small) -> Found:
    """As in "when did we close an order on P-101 for the last time"."""
    noun, shown = asked.noun, asked.noun.thing.shown
    if asked.kind is not Kind.LIST or word.text not in _TIMES or len(shown) != 1 or noun.number is not None:
        return
    day = composer.kind_of(noun.thing.label, shown[0]) is ValueKind.DAY
    if day and noun.plain and noun.quantity is None and not noun.named:
        yield Cat.ASKED, Asked(_ENDS[word.role], replace(noun, thing=replace(noun.thing, shown=())), of=shown[0]), 0.0


class LastVerb(msgspec.Struct, frozen=True):
    """A relationship's word of which the last or the first time is asked for.

    Attributes:
        verb: The word.
        figure: Whether the last (MOST) or the first.
    """

    verb: Verb
    figure: Kind


@BOOK.pair(BY_DAY, Cat.RELATION)
def last_verb(_: Composer, word: Small, verb: Verb) -> Found:
    """As in "last inspected"."""
    if word.text in _TIMES and verb.forward is not None and verb.least == verb.most == 1 and not verb.negated:
        yield Cat.LAST_VERB, LastVerb(verb, _ENDS[word.role]), 0.0


@BOOK.pair(Cat.RELATION, BY_DAY)
def verb_last(composer: Composer, verb: Verb, word: Small) -> Found:
    """As in « inspecté pour la dernière fois »."""
    yield from last_verb(composer, word, verb)


@BOOK.pair((Cat.SUBJECT, Cat.STATED, Cat.NOUN), Cat.LAST_VERB)
def was_last_done_to(composer: Composer, noun: Noun, last: LastVerb) -> Found:
    """As in "P-101 last inspected", behind "when"."""
    yield from _last_of_links(composer, noun, last.verb.type, last.figure, forward=not last.verb.forward)


@BOOK.pair(Cat.LAST_VERB, Cat.NOUN)
def last_did(composer: Composer, last: LastVerb, noun: Noun) -> Found:
    """As in "last inspect P-101", behind "when did we"."""
    yield from _last_of_links(composer, noun, last.verb.type, last.figure, forward=bool(last.verb.forward))


def _last_of_links(composer: Composer, noun: Noun, name: str, figure: Kind, *, forward: bool) -> Found:
    """Yields the last day of what is linked to a thing so: the relationship's own, or that of what was done."""
    if not noun.plain or noun.quantity is not None or noun.number is not None or noun.every:
        return
    day = composer.day_of_link(name)
    labels = composer.links.ends_of(name, start=forward)
    if len(labels) != 1:
        return
    if day is not None:
        for place, link in composer.links_of(noun, name) if not noun.thing.links else ():
            if place == 0 and link.way is (Way.IN if forward else Way.OUT):
                yield Cat.LAST_DONE, Asked(figure, noun, of=day, along=link), 0.0
        return
    day = composer.naming.main_day(labels[0])
    said = Description((To(name, forward, noun),), Shape.CLAUSE)
    for thing, cost in composer.attach(Noun(Thing(labels[0])), said):
        if day is not None and not composer.naming.lasts(day):
            yield Cat.LAST_DONE, Asked(figure, thing, of=day), cost
