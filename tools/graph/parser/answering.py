"""Whether a form is an answer to what a question's words ask: a command has none, and who is asked for is named."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tools.graph.parser.form import Ask, Kind, Thing
from tools.graph.parser.plausible import MISSPELT
from tools.graph.parser.readings import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.naming import Naming

_BY_WHOM: Final = frozenset({("by", "whom"), ("by", "who"), ("par", "qui")})


def may_answer(read: Read, ask: Ask, naming: Naming) -> bool:
    """Whether a form is no answer to a command ("correct the state of ..."), and names whoever is asked for."""
    plains = [word.plain for word in read.words]
    by_whom = any(pair in _BY_WHOM for pair in pairwise(plains))
    begun = [r.meaning for r in read.readings if r.first == 0 and r.cost < MISSPELT]
    commanded = ask.kind is Kind.EXISTS and begun and all(isinstance(meaning, Relation) for meaning in begun)
    return not commanded and (not by_whom or ask.kind is Kind.EXISTS or says_who(ask, naming))


def says_who(ask: Ask, naming: Naming) -> bool:
    """Whether a form's answer has a column that says who."""
    if ask.kind not in (Kind.LIST, Kind.VALUES) and ask.per is None:
        return False  # a figure is nobody
    people, others = naming.is_somebody, naming.names_others
    (first, *linked) = things_of(ask)
    return people(first.label) or any(
        people(thing.label) if thing is not first and "id" in thing.shown else any(map(others, thing.shown))
        for thing in (first, *linked)
    )


def things_of(ask: Ask) -> Iterator[Thing]:
    """Yields every thing of a form."""
    waiting = [ask.thing, *([ask.to] if ask.to else [])]
    waiting += [link.thing for link in (ask.along, ask.per and ask.per.link, ask.rank and ask.rank.link) if link]
    while waiting:
        thing = waiting.pop()
        yield thing
        waiting += [link.thing for link in thing.links]
        waiting += [relative.other for relative in thing.relatives if relative.other is not None]
