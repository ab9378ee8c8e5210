"""What goes from one thing to another: "which medium goes from P-101 to E-101", « ce qui circule de A vers B ».

It is the text that a relationship between things of one label has, where it has but one; of which relationship the
words need not say, where only one is such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Noun
from tools.graph.parser.form import Kind, Link, Thing, Way
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_FROM = frozenset({"from", "out of", "de", "du", "depuis", "des", "a partir de"})
_TOWARDS = frozenset({"to", "into", "towards", "onto", "vers", "a", "au", "dans", "jusqu a", "jusqu au"})
_BETWEEN = frozenset({"between", "in between", "entre"})
_WITH = frozenset({"with", "avec", "in", "en"})
_WHAT = frozenset({"what", "quoi", "que", "qu", "qu est ce que", "qu est ce qu"})
_TELLING = 0.1


@BOOK.pair((Role.AT, Role.OF, Role.BETWEEN), Cat.NOUN)
def from_noun(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "from P-101", before where to."""
    if word.text in _FROM and _is_one(noun):
        yield Cat.FROM_NOUN, noun, 0.0


@BOOK.pair((Role.AT, Role.TO), Cat.NOUN)
def to_noun(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "to E-101", behind where from."""
    if word.text in _TOWARDS and _is_one(noun):
        yield Cat.TO_NOUN, noun, 0.0


@BOOK.pair(Cat.FROM_NOUN, Cat.TO_NOUN)
def from_to(composer: Composer, start: Noun, end: Noun) -> Found:
    """As in "from P-101 to E-101"."""
    yield from ((Cat.BETWEEN_TWO, noun, 0.0) for noun in _what_flows(composer, start, end, Way.OUT))


@BOOK.pair(Cat.TO_NOUN, Cat.FROM_NOUN)
def to_from(composer: Composer, end: Noun, start: Noun) -> Found:
    """As in "to E-101 from P-101"."""
    yield from from_to(composer, start, end)


@BOOK.pair(Role.BETWEEN, Cat.PAIR)
def between(composer: Composer, word: Small, ends: Asked) -> Found:
    """As in "between P-101 and E-101": which of the two it flows to is not said."""
    if word.text in _BETWEEN and ends.to is not None:
        found = _what_flows(composer, ends.noun, ends.to, Way.ANY)
        yield from ((Cat.BETWEEN_TWO, noun, 0.0) for noun in found)


@BOOK.pair(Role.FLOW, Cat.BETWEEN_TWO)
def flows(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "goes from P-101 to E-101"."""
    yield Cat.FLOWING, noun, 0.0


@BOOK.pair(Cat.PROPERTY, (Cat.FLOWING, Cat.BETWEEN_TWO))
def medium_that_flows(_: Composer, columns: Columns, noun: Noun) -> Found:
    """As in "which medium goes from P-101 to E-101", "medium between P-101 and E-101"."""
    (link,) = noun.thing.links
    if columns.of_relation and (link.type, link.shown) == (columns.owner, columns.properties):
        yield Cat.COLUMN, noun, 0.0


@BOOK.pair((Role.WHICH, Role.WHO), Cat.FLOWING)
def what_flows(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "what goes from P-101 to E-101"."""
    yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair(Role.WHICH, Cat.NOUN)
def what_is_fed(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "what does P-101 feed to E-101"."""
    if word.text.split(" does")[0] in _WHAT:
        yield from ((Cat.ASKED, Asked(Kind.LIST, told), _TELLING) for told in _its_medium(composer, noun))


@BOOK.pair(Cat.NOUN, Role.AT)
def fed_with(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in "P-101 feed E-101 with", behind "what does"."""
    if word.text in _WITH:
        yield from ((Cat.FLOWING, told, _TELLING) for told in _its_medium(composer, noun))


@BOOK.pair(Role.WHICH, Cat.PROPERTY)
def which_medium(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "which medium", behind a question that asks for it already."""
    if columns.of_relation and columns.figure is None:
        yield Cat.WHICH_MEDIUM, columns, 0.0


@BOOK.pair(Cat.ASKED, Cat.WHICH_MEDIUM)
def asked_again(_: Composer, asked: Asked, columns: Columns) -> Found:
    """As in "what does P-101 feed to E-101, which medium"."""
    links = asked.noun.thing.links
    if asked.kind is Kind.LIST and any((x.type, x.shown) == (columns.owner, columns.properties) for x in links):
        yield Cat.ASKED, asked, 0.0


BOOK.passes(Cat.FLOWING, before=(Role.THAT, Role.BE))


def _is_one(noun: Noun) -> bool:
    return noun.thing.is_one and noun.plain


def _what_flows(composer: Composer, start: Noun, end: Noun, way: Way) -> Iterator[Noun]:
    """Yields the first of two things with what flows to the other shown, over the one relationship that tells it."""
    label = start.thing.label
    telling = [
        (link.type, name)
        for link in composer.links.onward(label)
        if link.way is Way.OUT and link.thing.label == label and (name := composer.text_of_link(link.type))
    ]
    if end.thing.label == label and start.thing != end.thing and len(telling) == 1:
        ((type_name, name),) = telling
        link = Link(type_name, way, end.thing, shown=(name,))
        yield Noun(Thing(label, ids=start.thing.ids, links=(link,)), closed=True)


def _its_medium(composer: Composer, noun: Noun) -> Iterator[Noun]:
    """Yields a thing with the text of its only link to another with a name shown: "what does P-101 feed to E-101"."""
    if not noun.named or not noun.plain or len(noun.thing.links) != 1 or noun.quantity is not None:
        return
    (link,) = noun.thing.links
    text = composer.text_of_link(link.type)
    direct = link.thing.is_one and link.thing.label == noun.thing.label
    if direct and text and link.most == 1 and not (link.absent or link.times or link.filters or link.shown):
        shown = replace(link, shown=(text,))
        yield replace(noun, thing=replace(noun.thing, links=(shown,)), bare=False, closed=True)
