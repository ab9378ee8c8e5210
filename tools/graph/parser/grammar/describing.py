"""What is asked to be described is shown with all its properties: "describe P-101", "what do we know about PT-3"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.form import Kind
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer
    from tools.graph.parser.descriptions import Noun

BOOK = RuleBook()

_ENGLISH = frozenset({"describe", "tell me about", "tell us about", "specs of", "specs for", "the specs of"})
_ALL_ABOUT = frozenset({"tell me everything about", "tell me all about", "everything about", "all about"})
_KNOWN = frozenset({"what do we know about", "what is known about", "particulars of", "characteristics of"})
_FRENCH = frozenset({"decris", "decrivez", "decris moi", "parle moi de", "dis moi tout sur", "tout sur", "fiche de"})
_FRENCH_KNOWN = frozenset({"la fiche de", "caracteristiques de", "les caracteristiques de", "que sait on de"})
_DETAILS = frozenset({"details for", "details of", "what do you have on", "overview of", "que sait on sur"})
_DESCRIBING = _ENGLISH | _ALL_ABOUT | _KNOWN | _FRENCH | _FRENCH_KNOWN | _DETAILS
_FULLER = -0.2  # than the name alone, which the same words may ask for


@BOOK.pair(Role.LIST, Cat.NOUN)
def described(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "describe P-101": one node, by its name alone."""
    if word.text in _DESCRIBING and noun.thing.undescribed and noun.named:
        shown = tuple(sorted(composer.properties[noun.thing.label] - {"id", "name"}))
        yield Cat.ASKED, Asked(Kind.LIST, replace(noun, thing=replace(noun.thing, shown=shown))), _FULLER
