"""What is asked to be described is shown with all its properties: "describe P-101", "what do we know about PT-3"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.form import Kind
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer
    from tools.graph.parser.descriptions import Noun

BOOK = RuleBook()

_DESCRIBING = phrases(
    "describe, tell me about, tell us about, specs of, specs for, the specs of, tell me everything about, "
    "tell me all about, everything about, all about, what do we know about, what is known about, particulars of, "
    "characteristics of, details for, details of, what do you have on, overview of, decris, decrivez, decris moi, "
    "parle moi de, dis moi tout sur, tout sur, fiche de, la fiche de, caracteristiques de, les caracteristiques de, "
    "que sait on de, que sait on sur"
)
_FULLER = -0.2  # than the name alone, which the same words may ask for


@BOOK.pair(Role.LIST, Cat.NOUN)
def described(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "describe P-101": one node, by its name alone."""
    if word.text in _DESCRIBING and noun.thing.undescribed and noun.named:
        shown = tuple(sorted(composer.properties[noun.thing.label] - {"id", "name"}))
        yield Cat.ASKED, Asked(Kind.LIST, replace(noun, thing=replace(noun.thing, shown=shown))), _FULLER
