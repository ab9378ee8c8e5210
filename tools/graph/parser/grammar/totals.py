"""Sums said otherwise: "all orders together", "consumed in total", "motor power PM2".

« Toutes unités confondues » says of what links the things of a sum to what it is of that all of it counts, which a sum
does anyway: it adds nothing, but makes a sum of what would be a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Near, Noun, Shape, To
from tools.graph.parser.form import Kind, Thing
from tools.graph.parser.grammar.figures import FIGURES
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.compose import Composer
    from tools.graph.parser.form import Link

BOOK = RuleBook()

_OF_NUMBERS = frozenset({Kind.SUM, Kind.MEAN, Kind.LEAST, Kind.MOST})
_ON_THE_WHOLE = frozenset({"on average", "en moyenne", "in total", "au total", "en tout", "altogether", "all in all"})
_NUMBER_OF = frozenset({"number of", "the number of", "nombre de", "nombre d", "le nombre de", "le nombre d"})
_BESIDE = 0.4  # what a figure is of, beside it with nothing between them
_OVER = frozenset({"over", "across", "for", "in", "on", "by", "pour", "sur", "par"})


@BOOK.pair(Cat.NOUN, Role.SUM)
def together(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "all orders together", « toutes unités confondues »."""
    if noun.every and noun.thing.is_any and noun.quantity is None and noun.plain:
        yield Cat.TOGETHER, noun.thing.label, 0.0


@BOOK.pair(Role.AT, Cat.NOUN)
def over_all(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "over all units", of a sum."""
    if word.text in _OVER:
        yield from together(_, noun, word)


@BOOK.pair(Cat.ASKED, Cat.TOGETHER)
def sum_over_all(_: Composer, asked: Asked, label: str) -> Found:
    """As in "total quantity of parts used on P-101, all orders together"."""
    if asked.kind is Kind.SUM and asked.noun.per is None and label in _labels(asked):
        yield Cat.ASKED, asked, 0.0


@BOOK.pair(Cat.TOGETHER, Cat.ASKED)
def over_all_sum(composer: Composer, label: str, asked: Asked) -> Found:
    """As in "all orders together, the total quantity of parts used on P-101"."""
    yield from sum_over_all(composer, asked, label)


@BOOK.pair(Cat.COLUMN, Cat.TOGETHER)
def summed_over_all(composer: Composer, noun: Noun, label: str) -> Found:
    """As in « tonnes par jour d'amidon, toutes unités confondues »."""
    for asked in _sum_of_link(noun):
        yield from sum_over_all(composer, asked, label)


@BOOK.pair(Cat.COLUMN, Role.SUM)
def link_in_total(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "tonnes per day of starch in total", of the links of starch."""
    yield from ((Cat.ASKED, asked, 0.0) for asked in _sum_of_link(noun))


def _sum_of_link(noun: Noun) -> Iterator[Asked]:
    """Yields the sum of what is shown of the only link of a thing."""
    links = noun.thing.links
    if len(links) == 1 and len(links[0].shown) == 1 and not noun.thing.shown and noun.rank is None and noun.plain:
        link = replace(links[0], shown=(), thing=replace(links[0].thing, shown=()))
        yield Asked(Kind.SUM, replace(noun, thing=replace(noun.thing, links=())), of=links[0].shown[0], along=link)


def _labels(asked: Asked) -> set[str]:
    """Returns the labels of all things that a figure is taken over, but of that which has a name."""
    things = [asked.noun.thing, *([asked.along.thing] if asked.along else [])]
    found: set[str] = set()
    while things:
        thing = things.pop()
        things += [link.thing for link in thing.links]
        found |= set() if thing.ids else {thing.label}
    return found


@BOOK.pair((Cat.ASKED, Cat.COLUMN), Cat.RELATION)
def consumed(_: Composer, what: Asked | Noun, verb: Verb) -> Found:
    """As in "total tonnes per day of starch consumed": the verb says the link that is spoken of."""
    if verb.negated or verb.filters:
        return
    if isinstance(what, Noun):
        if any(link.type == verb.type and link.shown for link in what.thing.links):
            yield Cat.COLUMN, what, 0.0
    elif what.along is not None and what.along.type == verb.type:
        yield Cat.ASKED, what, 0.0


BOOK.passes(Cat.RELATION, before=(Role.BE,), cost=0.2)
BOOK.passes(Cat.COLUMN, after=(Role.HAVE,), cost=0.05)  # "the running hours that the fans have"


@BOOK.pair((Role.SUM, Role.MEAN), Cat.ASKED)
def on_the_whole(composer: Composer, word: Small, asked: Asked) -> Found:
    """As in "on average, what does a job cost", "in total, how many hours did the jobs take"."""
    noun = asked.noun
    if word.text not in _ON_THE_WHOLE or noun.per is not None or noun.named or not noun.plain or asked.along:
        return
    if asked.kind is Kind.LIST:
        shown = noun.thing.shown
        if len(shown) == 1 and composer.kind_of(noun.thing.label, shown[0]) is ValueKind.NUMBER:
            plain = replace(noun, thing=replace(noun.thing, shown=()))
            yield Cat.ASKED, Asked(FIGURES[word.role], plain, of=shown[0]), 0.0
    elif asked.kind is Kind.SUM:
        yield Cat.ASKED, replace(asked, kind=FIGURES[word.role]), 0.0


@BOOK.pair(Role.COUNT, Cat.PROPERTY)
def number_of_hours(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "number of running hours", of what is a number itself."""
    if columns.kind is ValueKind.NUMBER and columns.figure is None and word.text in _NUMBER_OF:
        yield Cat.PROPERTY, columns, 0.1


@BOOK.pair((Cat.ASKED, Cat.COLUMN), Cat.GAP)
def all_consume(_: Composer, what: Asked | Noun, said: Description) -> Found:
    """As in "total tonnes per day of starch that all units consume"."""
    part = said.only
    if not isinstance(part, To) or part.filters or not (part.noun.every or part.noun.bare):
        return
    if not part.noun.thing.is_any or part.noun.quantity is not None:
        return
    if isinstance(what, Noun):
        if any(_is_such(link, part) and link.shown for link in what.thing.links):
            yield Cat.COLUMN, what, 0.0
    elif what.kind is Kind.SUM and what.along is not None and _is_such(what.along, part):
        yield Cat.ASKED, what, 0.0


def _is_such(link: Link, part: To) -> bool:
    return link.type == part.type and link.thing.label == part.noun.thing.label


@BOOK.pair(Cat.ASKED, Cat.NOUN)
def figure_beside(composer: Composer, asked: Asked, noun: Noun) -> Found:
    """As in "total motor power PM2"."""
    open_ = asked.along is None and asked.noun.per is None and not (asked.noun.named or asked.noun.thing.links)
    if asked.kind in _OF_NUMBERS and open_ and noun.named and noun.plain and noun.quantity is None:
        for after, cost in composer.attach(asked.noun, Description((Near(noun),), Shape.PREPOSITION)):
            yield Cat.ASKED, replace(asked, noun=after), cost + _BESIDE


@BOOK.pair(Role.COUNT, (Cat.NOUN, Cat.SENTENCE))
def pieces_of_one(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "how many PT-3 are fitted on P-101": there is one PT-3, of which a link says how many."""
    links = noun.thing.links
    one = len(noun.thing.ids) == 1 and noun.thing == Thing(noun.thing.label, ids=noun.thing.ids, links=links)
    if not one or len(links) != 1 or noun.rank is not None or noun.per is not None or noun.quantity is not None:
        return
    (link,) = links
    of = composer.quantity_of_link(link.type)
    if of is not None and link.most == 1 and not (link.absent or link.times or link.shown):
        yield Cat.ASKED, Asked(Kind.SUM, replace(noun, thing=replace(noun.thing, links=())), of=of, along=link), 0.1
