"""Spoken French word order: « le stock de PT-5 est de combien », « DOC-3 est en quelle langue »."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.graph.parser.descriptions import Noun
from tools.graph.parser.form import Kind, Thing
from tools.graph.parser.grammar.questions import which_of_it
from tools.graph.parser.readings import End, Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_BESIDE = 0.2
_WHAT = frozenset({"c est quoi", "c est lequel", "c est laquelle", "c est quel", "quoi", "lequel", "laquelle"})


@BOOK.pair(Cat.COLUMN, (Role.HOW_MUCH, Role.WHICH))
def asked_at_the_end(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in « le stock de PT-5 est de combien », « la marque de P-101, c'est quoi »."""
    kinds = {composer.kind_of(noun.thing.label, name) for name in noun.thing.shown}
    fits = word.text in _WHAT if word.role is Role.WHICH else kinds == {ValueKind.NUMBER}
    if noun.named and fits:
        yield Cat.ASKED, Asked(Kind.LIST, noun), _BESIDE


@BOOK.pair((Cat.NOUN, Cat.STATED), Cat.STRANDED)
def is_in_which(composer: Composer, noun: Noun, asked: Asked) -> Found:
    """As in « DOC-3 est en quelle langue »."""
    if asked.kind is Kind.VALUES:
        yield from which_of_it(composer, noun, asked)


@BOOK.pair(Cat.NOUN, Cat.END)
def thing_that_does(composer: Composer, noun: Noun, end: End) -> Found:
    """As in « unités consommatrices », before what they consume."""
    label = noun.thing.label
    if noun == Noun(Thing(label), bare=True) and composer.links.ends_of(end.type, start=end.start) == [label]:
        yield Cat.END, end, 0.0


BOOK.passes(Role.HOW_MUCH, before=(Role.BE, Role.OF))
