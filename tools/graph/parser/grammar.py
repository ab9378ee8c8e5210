"""The rules for things and what is said of them; `amounts.py` has numbers, days and order, `asking.py` the questions.

A rule joins two neighbours where the schema allows it, so that most readings of a sentence end by themselves.
Where several are left, these decide, by cost: what follows a noun belongs to the noun nearest to it; a name needs
no description; a link that is said goes before one that a preposition leaves open; one hop before two; and words
that stand side by side with nothing between them cost most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import (
    Being,
    Description,
    Has,
    Like,
    Near,
    Noun,
    On,
    Quantity,
    Shape,
    Shown,
    To,
    inverted,
    negated,
)
from tools.graph.parser.form import Compare, Filter, Thing
from tools.graph.parser.readings import End, Role, ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_FARTHER = 0.25  # said of a noun though another stands nearer
_SIDE_BY_SIDE = 0.4
_UNLIKE = 0.3  # joined by "and" though not said alike
_PREPOSITIONS = (Role.AT, Role.OF)
_GROUPS = 0.3  # "by area" as a link
_ANYTHING = 0.3  # "directors" for those who directed anything
_LISTED = 0.1  # names side by side
_SHOWN = 0.25  # "with their model", which is asked for, not said
_BEFORE = 0.15  # "most recently installed pump"
_ALONE = 0.4  # a relation without its other end
_POSSESSIVE = "s"
OBJECT_WORDS = frozenset({"que", "qu", "par quoi"})
"""What stands for the object of the clause that it opens, so that a noun behind the verb is its subject."""
_COMPARING = frozenset({"under", "over", "upon", "sous", "across", "off"})
_WITH = frozenset({"with", "along with", "together with", "avec"})
_BY = frozenset({"by", "par"})
_IN_COMMON = frozenset({"in common", "en commun"})
_HOWEVER = frozenset({"but", "mais"})


# --- nouns ------------------------------------------------------------------------------------------------------


@BOOK.pair(Cat.SAID, Cat.NOUN)
def before_noun(composer: Composer, said: Description, noun: Noun) -> Found:
    """As in "open orders"."""
    if said.shape in (Shape.ADJECTIVE, Shape.VALUE) and not noun.named and noun.quantity is None:
        before = _BEFORE if said.shape is Shape.VALUE else 0.0
        yield from ((Cat.NOUN, after, cost + before) for after, cost in composer.attach(noun, said))


@BOOK.pair(Cat.NOUN, (Cat.SAID, Cat.GAP))
def after_noun(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "orders on P-101", "assets that P-101 feeds"."""
    farther = _FARTHER if noun.closed else 0.0
    closed = noun.closed or any(isinstance(part, To | Near | Like | Being) for part in said.parts)
    for after, cost in composer.attach(noun, said):
        yield Cat.NOUN, replace(after, closed=closed), cost + farther


@BOOK.pair(Cat.NOUN, Cat.NOUN)
def side_by_side(composer: Composer, left: Noun, right: Noun) -> Found:
    """As in "pump P-101", "CW-100 area", "P-101 sensors", "open orders P-102"."""
    if left.quantity is not None and right.quantity is not None:
        return
    if left.thing.label == right.thing.label:
        noun, other = (right, left) if right.named else (left, right)
        if noun.named and other.bare:
            said = Description((Being(replace(other, quantity=None)),), Shape.ADJECTIVE)
            yield from (
                (Cat.NOUN, replace(after, quantity=left.quantity), 0.0) for after, _ in composer.attach(noun, said)
            )
        return
    if not right.named and not right.closed and left.quantity is None and left.plain and not left.closed:
        for after, cost in composer.attach(right, Description((Near(left),), Shape.PREPOSITION)):
            yield Cat.NOUN, after, cost + _SIDE_BY_SIDE
    if right.named and not left.named and right.quantity is None:
        farther = _SIDE_BY_SIDE if left.closed else 0.0
        for after, cost in composer.attach(left, Description((Near(right),), Shape.PREPOSITION)):
            yield Cat.NOUN, replace(after, closed=True), cost + _SIDE_BY_SIDE + farther


@BOOK.pair(Cat.NOUN, Role.OF)
def possessive(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "P-101's"."""
    if word.text == _POSSESSIVE:
        yield Cat.OWNER, noun, 0.0


@BOOK.pair(Cat.OWNER, Cat.NOUN)
def owned(composer: Composer, owner: Noun, noun: Noun) -> Found:
    """As in "P-101's sensors"."""
    for after, cost in composer.attach(noun, Description((Near(owner),), Shape.PREPOSITION)):
        yield Cat.NOUN, after, cost


@BOOK.pair(Cat.END, Cat.SAID)
def end_of(composer: Composer, end: End, said: Description) -> Found:
    """As in "director of Heat"."""
    if said.shape is Shape.PREPOSITION and len(said.parts) == 1 and isinstance(said.parts[0], Near):
        yield from _ends(composer, end, said.parts[0].noun)


@BOOK.pair(Cat.OWNER, Cat.END)
def owners_end(composer: Composer, owner: Noun, end: End) -> Found:
    """As in "Heat's director"."""
    yield from _ends(composer, end, owner)


@BOOK.single(Cat.END)
def any_end(composer: Composer, end: End) -> Found:
    """As in "directors": those who directed anything."""
    others = composer.links.ends_of(end.type, start=not end.start)
    if len(others) == 1:
        yield from ((cat, noun, cost + _ANYTHING) for cat, noun, cost in _ends(composer, end, Noun(Thing(others[0]))))


def _ends(composer: Composer, end: End, other: Noun) -> Found:
    said = Description((To(end.type, end.start, other),), Shape.PREPOSITION)
    for label in composer.links.ends_of(end.type, start=end.start):
        for noun, cost in composer.attach(Noun(Thing(label)), said):
            yield Cat.NOUN, replace(noun, closed=True), cost


@BOOK.pair((Role.AND, Role.TO), Cat.NOUN)
def and_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "and P-102"."""
    yield Cat.AND_NOUN, noun, 0.0


@BOOK.pair(Role.OR, Cat.NOUN)
def or_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "or P-102"."""
    yield Cat.OR_NOUN, noun, 0.0


@BOOK.pair(Cat.NOUN, Cat.AND_NOUN)
def both(composer: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101 and P-102", "pumps and valves", "pumps and their area"."""
    if not other.thing.shown:
        yield from _joined(noun, other, joined=True)
        return
    for after, cost in composer.attach(noun, Description((Near(other),), Shape.PREPOSITION)):
        yield Cat.NOUN, replace(after, closed=True), cost + _SHOWN


@BOOK.pair(Cat.THEIR, Cat.NOUN)
def their_noun(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "their area", after "with" or "and": it is to be shown."""
    if noun.bare and noun.quantity is None:
        names = tuple(name for name in ("id", "name") if name in composer.properties[noun.thing.label])
        yield Cat.NOUN, replace(noun, thing=replace(noun.thing, shown=names), bare=False), 0.0


@BOOK.pair(Cat.NOUN, Cat.OR_NOUN)
def either(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101 or P-102"."""
    yield from _joined(noun, other, joined=False)


@BOOK.pair(Cat.NOUN, Cat.NOUN)
def listed(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101, P-102", and the first of "P-101, P-102 and P-103"."""
    if noun.named and other.named:
        yield from ((cat, made, _LISTED) for cat, made, _ in _joined(noun, other, joined=True))


def _joined(noun: Noun, other: Noun, *, joined: bool) -> Found:
    mine, theirs = noun.thing, other.thing
    if mine.label != theirs.label or other.quantity is not None or noun.number or other.number:
        return
    if (
        mine == Thing(mine.label, ids=mine.ids)
        and theirs == Thing(mine.label, ids=theirs.ids)
        and mine.ids
        and theirs.ids
    ):
        ids = tuple(sorted({*mine.ids, *theirs.ids}))
        yield Cat.NOUN, replace(noun, thing=Thing(mine.label, ids=ids), joined=joined, bare=False), 0.0
    elif noun.bare and other.bare:
        filters = united(mine.filters, theirs.filters)
        if filters:
            yield Cat.NOUN, replace(noun, thing=Thing(mine.label, filters=filters)), 0.0


def united(mine: tuple[Filter, ...], theirs: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Returns one filter that passes what either of two passes, where one can say it."""
    if len(mine) != 1 or len(theirs) != 1:
        return ()
    (one,), (two,) = mine, theirs
    alike = one.property == two.property and one.compare is two.compare is Compare.EQUAL
    if not alike or one.negated or two.negated or not (one.values and two.values):
        return ()
    values = tuple(sorted({*one.values, *two.values}, key=repr))
    return (replace(one, values=values),)


@BOOK.pair(Role.NO, Cat.NOUN)
def no_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "no open orders", "without sensors"."""
    if noun.quantity is None and noun.number is None:
        yield Cat.NOUN, replace(noun, quantity=Quantity.NONE), 0.0


@BOOK.pair(Role.EACH, Cat.NOUN)
def each_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "each asset", "per asset"."""
    if noun.quantity is None and noun.number is None and not noun.named:
        yield Cat.NOUN, replace(noun, quantity=Quantity.EACH), 0.0


@BOOK.pair(Cat.EVERY, Cat.NOUN)
def every_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "all pumps"."""
    if noun.quantity is None and not noun.named:
        yield Cat.NOUN, replace(noun, every=True, bare=False), 0.0


@BOOK.pair(Cat.SOME, Cat.NOUN)
def some_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "any pump"."""
    if noun.quantity is None:
        yield Cat.NOUN, replace(noun, some=True), 0.0


@BOOK.pair(Cat.BOTH, Cat.NOUN)
def both_nouns(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "both E-101 and C-101"."""
    if noun.joined:
        yield Cat.NOUN, replace(noun, both=True), 0.0


@BOOK.pair(Role.OTHER, Cat.NOUN)
def other_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "other orders"."""
    if not noun.named:
        yield Cat.NOUN, replace(noun, other=True, bare=False), 0.0


# --- what is said of things ----------------------------------------------------------------------------------------


@BOOK.single(Cat.NOUN)
def counted_noun(_: Composer, noun: Noun) -> Found:
    """As in "per asset", "without sensors": they need no preposition."""
    if noun.quantity in (Quantity.EACH, Quantity.NONE):
        yield Cat.SAID, Description((Near(noun),), Shape.PREPOSITION), 0.05


@BOOK.pair(_PREPOSITIONS, Cat.NOUN)
def preposition(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "on P-101"; "by" with a mere label groups rather than links."""
    if word.text != _POSSESSIVE:
        groups = word.text in _BY and noun.bare
        yield Cat.SAID, Description((Near(noun),), Shape.PREPOSITION), _GROUPS if groups else 0.0


@BOOK.pair(Role.OF, Cat.NOUN)
def among(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "of the pumps", before "which"."""
    if noun.quantity is None:
        yield Cat.AMONG, noun, 0.0


@BOOK.pair(Cat.AMONG, Role.WHICH)
def which_among(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "of the pumps, which"."""
    yield Cat.NOUN, replace(noun, closed=True, bare=False), 0.1


@BOOK.pair(Role.HAVE, Cat.NOUN)
def has(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "has sensors"."""
    yield Cat.SAID, Description((Near(noun),), Shape.CLAUSE), 0.0


@BOOK.pair(Cat.LACKS, Cat.NOUN)
def lacks(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "n'ont pas de capteurs"."""
    said = negated(Description((Near(noun),), Shape.CLAUSE))
    if said is not None:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.HAVE, Role.NOT)
def have_not(_: Composer, _word: Small, _no: Small) -> Found:
    """As in "n'ont pas"."""
    yield Cat.LACKS, "", 0.0


@BOOK.pair(Cat.RELATION, _PREPOSITIONS)
def relation_to(_: Composer, verb: Verb, word: Small) -> Found:
    """As in "downstream from"; "by" would make it passive."""
    if word.text not in (*_BY, _POSSESSIVE):
        yield Cat.RELATION, verb, 0.05


@BOOK.pair(Cat.RELATION, Cat.NOUN)
def relation(_: Composer, verb: Verb, noun: Noun) -> Found:
    """As in "feed E-101"."""
    shape = Shape.PREPOSITION if verb.preposition else Shape.CLAUSE
    said = Description((To(verb.type, verb.forward, noun, verb.least, verb.most, verb.filters),), shape)
    yield from ((Cat.SAID, made, 0.0) for made in _perhaps_not(verb, said))


@BOOK.pair(Cat.NOUN, Cat.RELATION)
def object_clause(_: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "P-101 feeds": said of what it feeds."""
    yield from ((Cat.GAP, said, 0.0) for said in _objects(noun, verb))


def _objects(noun: Noun, verb: Verb) -> Iterator[Description]:
    forward = None if verb.forward is None else not verb.forward
    said = Description((To(verb.type, forward, noun, verb.least, verb.most, verb.filters),), Shape.CLAUSE)
    yield from _perhaps_not(verb, said)


def _perhaps_not(verb: Verb, said: Description) -> Iterator[Description]:
    """Yields what a verb says, or its opposite where it is negated and has one."""
    opposite = negated(said) if verb.negated else said
    if opposite is not None:
        yield opposite


@BOOK.pair(Cat.NOUN, Role.HAVE)
def has_clause(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "P-101 has": said of what it has."""
    yield Cat.GAP, Description((Near(noun),), Shape.CLAUSE), 0.0


@BOOK.pair(Role.WHETHER, Cat.GAP)
def question(_: Composer, _word: Small, said: Description) -> Found:
    """As in "does P-101 feed"."""
    yield Cat.GAP, replace(said, shape=Shape.QUESTION), 0.0


@BOOK.pair(Cat.SUBJECT, Cat.RELATION)
def question_object(_: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "is E-101 fed", "have notifications shown"."""
    for said in _objects(noun, verb):
        yield Cat.GAP, replace(said, shape=Shape.QUESTION), 0.0


@BOOK.pair(Cat.SAID, Role.HAVE)
def value_has(_: Composer, said: Description, _word: Small) -> Found:
    """As in "does R. Diaz have"."""
    if said.shape is Shape.ADJECTIVE:
        yield Cat.GAP, replace(said, shape=Shape.CLAUSE), 0.0


@BOOK.pair(Role.NOT, Cat.RELATION)
def not_before(_: Composer, _word: Small, verb: Verb) -> Found:
    """As in "not fed by"."""
    if not verb.negated:
        yield Cat.RELATION, replace(verb, negated=True), 0.0


@BOOK.pair(Cat.RELATION, Role.NOT)
def not_after(_: Composer, verb: Verb, _word: Small) -> Found:
    """As in "n'alimentent pas"."""
    if not verb.negated:
        yield Cat.RELATION, replace(verb, negated=True), 0.0


@BOOK.pair(Role.NOT, (Cat.SAID, Cat.GAP))
def not_said(_: Composer, _word: Small, said: Description) -> Found:
    """As in "not open"."""
    opposite = negated(said)
    if opposite is not None:
        yield Cat.SAID, opposite, 0.0


@BOOK.pair(Role.BE, Cat.NOUN)
def being(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "are pumps", "are no pumps"."""
    said: Description | None = Description((Being(replace(noun, quantity=None)),), Shape.CLAUSE)
    if noun.quantity is Quantity.NONE and said is not None:
        said = negated(said)
    if said is not None and noun.quantity in (None, Quantity.NONE):
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.NOT, Cat.NOUN)
def not_being(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "are not pumps"."""
    said = negated(Description((Being(noun),), Shape.ADJECTIVE))
    if said is not None and noun.quantity is None:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.BUT, Cat.NOUN)
def but_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "other than P-101", "except pumps"."""
    said = negated(Description((Being(noun),), Shape.PREPOSITION))
    if said is not None and noun.quantity is None:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.BUT, Cat.SAID)
def but_said(_: Composer, word: Small, said: Description) -> Found:
    """As in "but not in CW-100", "except in CW-100"."""
    if word.text in _HOWEVER:
        yield Cat.AND_SAID, said, 0.0
    elif said.shape is Shape.PREPOSITION:
        opposite = negated(said)
        if opposite is not None:
            yield Cat.SAID, opposite, 0.0


@BOOK.pair((Role.BE, Role.HAVE), Cat.SAID)
def predicate(_: Composer, _word: Small, said: Description) -> Found:
    """As in "are open", "has a stock below 3"."""
    yield Cat.SAID, replace(said, shape=Shape.CLAUSE), 0.0


@BOOK.pair(Role.THAT, Cat.SAID)
def clause(_: Composer, word: Small, said: Description) -> Found:
    """As in "that are open"; behind French "que" the verb's subject follows it."""
    if word.text not in OBJECT_WORDS:
        yield Cat.SAID, replace(said, shape=Shape.CLAUSE), 0.0
    else:
        turned = replace(said, shape=Shape.CLAUSE) if said.shape is Shape.VALUE else inverted(said)
        if turned is not None:
            yield Cat.SAID, turned, 0.0


@BOOK.single(Cat.RELATION)
def relation_alone(composer: Composer, verb: Verb) -> Found:
    """As in "parts never used": with nothing at its other end."""
    if verb.negated and verb.forward is not None:
        others = composer.links.ends_of(verb.type, start=not verb.forward)
        if len(others) == 1:
            said = Description(
                (To(verb.type, verb.forward, Noun(Thing(others[0])), verb.least, verb.most),), Shape.CLAUSE
            )
            yield from ((Cat.SAID, made, _ALONE) for made in _perhaps_not(verb, said))


@BOOK.pair(Role.THAT, Cat.GAP)
def object_that(_: Composer, word: Small, said: Description) -> Found:
    """As in "that P-101 feeds"; French "qui" is never an object."""
    if word.text != "qui":
        yield Cat.SAID, replace(said, shape=Shape.CLAUSE), 0.0


@BOOK.pair(_PREPOSITIONS, Cat.SAID)
def preposition_said(_: Composer, word: Small, said: Description) -> Found:
    """As in "with stock below 3", "by R. Diaz"."""
    if said.shape in (Shape.ADJECTIVE, Shape.VALUE) and word.text not in (_POSSESSIVE, *_COMPARING):
        yield Cat.SAID, replace(said, shape=Shape.PREPOSITION), 0.05


@BOOK.pair(Role.AND, Cat.SAID)
def and_said(_: Composer, _word: Small, said: Description) -> Found:
    """As in "and have open orders"."""
    yield Cat.AND_SAID, said, 0.0


@BOOK.pair(Role.OR, Cat.SAID)
def or_said(_: Composer, _word: Small, said: Description) -> Found:
    """As in "or closed"."""
    yield Cat.OR_SAID, said, 0.0


@BOOK.pair(Cat.SAID, Cat.AND_SAID)
def both_said(_: Composer, said: Description, other: Description) -> Found:
    """As in "that feed E-101 and have open orders"; two values of one property are either."""
    if not said.parts or not other.parts:
        return
    united_parts = _either(said, other)
    if united_parts is not None and united_parts.shape is Shape.ADJECTIVE:
        yield Cat.SAID, united_parts, 0.0
    else:
        unlike = 0.0 if said.shape is other.shape else _UNLIKE
        yield Cat.SAID, Description(said.parts + other.parts, said.shape), unlike


@BOOK.pair(Cat.SAID, Cat.OR_SAID)
def either_said(_: Composer, said: Description, other: Description) -> Found:
    """As in "open or closed", "on P-101 or on P-102"; nothing else can be either in a form."""
    one = _either(said, other)
    if one is not None:
        yield Cat.SAID, one, 0.0


def _either(said: Description, other: Description) -> Description | None:
    if len(said.parts) != 1 or len(other.parts) != 1:
        return None
    (mine,), (theirs,) = said.parts, other.parts
    if isinstance(mine, Has) and isinstance(theirs, Has) and mine.owner == theirs.owner:
        filters = united(mine.filters, theirs.filters)
        return Description((Has(mine.owner, filters),), said.shape) if filters else None
    if isinstance(mine, To | Near) and isinstance(theirs, To | Near):
        nouns = [noun for _, noun, _ in _joined(mine.noun, theirs.noun, joined=False)]
        if len(nouns) == 1 and replace(mine, noun=theirs.noun) == theirs:
            return Description((replace(mine, noun=nouns[0]),), said.shape)
    return None


@BOOK.pair(Cat.RELATION, Cat.SPAN)
def done_then(composer: Composer, verb: Verb, when: On) -> Found:
    """As in "jobs performed in May": by whom or on what is not said."""
    others = composer.links.ends_of(verb.type, start=verb.forward is False) if verb.forward is not None else []
    if len(others) == 1 and not verb.negated:
        other = To(verb.type, verb.forward, Noun(Thing(others[0])), verb.least, verb.most)
        yield Cat.SAID, Description((other, when), Shape.CLAUSE), _ANYTHING


# --- properties ----------------------------------------------------------------------------------------------------


@BOOK.pair(Role.AND, Cat.PROPERTY)
def and_property(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "and maker"."""
    yield Cat.AND_PROPERTY, columns, 0.0


@BOOK.pair(Cat.PROPERTY, (Cat.AND_PROPERTY, Cat.PROPERTY))
def properties(_: Composer, columns: Columns, other: Columns) -> Found:
    """As in "model and maker"."""
    if columns.owner == other.owner and not {*columns.properties} & {*other.properties}:
        yield Cat.PROPERTY, replace(columns, properties=columns.properties + other.properties), 0.1


@BOOK.pair(Role.NO, Cat.PROPERTY)
def no_property(composer: Composer, _word: Small, columns: Columns) -> Found:
    """As in "without a closing date"; "no stock" is none of it, where there is such a number."""
    if columns.kind is ValueKind.NUMBER and composer.can_be_zero(columns.owner, columns.properties[0]):
        zero = Filter(columns.properties[0], Compare.EQUAL, (0,))
        yield Cat.SAID, Description((Has(columns.owner, (zero,)),), Shape.VALUE), 0.0
        return
    if columns.kind is not ValueKind.FLAG:
        yield from _recorded(columns, negated=False)


@BOOK.pair(Cat.PROPERTY, Role.UNKNOWN)
def unknown_property(_: Composer, columns: Columns, _word: Small) -> Found:
    """As in "whose model is unknown"."""
    yield from _recorded(columns, negated=False)


@BOOK.pair(Role.UNKNOWN, Cat.PROPERTY)
def property_unknown(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "unknown model"."""
    yield from _recorded(columns, negated=False)


def _recorded(columns: Columns, *, negated: bool) -> Found:
    if len(columns.properties) == 1:
        missing = Filter(columns.properties[0], Compare.EQUAL, (), negated)
        yield Cat.SAID, Description((Has(columns.owner, (missing,)),), Shape.VALUE), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.SAID)
def property_says(_: Composer, columns: Columns, said: Description) -> Found:
    """As in "status open", "whose status is not open"."""
    yield from _of_property(columns, said)


@BOOK.pair(Cat.SAID, Cat.PROPERTY)
def is_property(_: Composer, said: Description, columns: Columns) -> Found:
    """As in "open status"."""
    if said.shape is Shape.ADJECTIVE:
        yield from _of_property(columns, said)


def _of_property(columns: Columns, said: Description) -> Found:
    if len(said.parts) == 1 and isinstance(said.parts[0], Has) and said.shape is not Shape.VALUE:
        has = said.parts[0]
        equal = all(f.compare is Compare.EQUAL for f in has.filters)
        if equal and has.owner == columns.owner and {f.property for f in has.filters} == {*columns.properties}:
            yield Cat.SAID, replace(said, shape=Shape.VALUE), 0.0


@BOOK.pair(Role.AT, Cat.PROPERTY)
def with_property(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "with their model": it is to be shown."""
    if word.text in _WITH and columns.figure is None:
        yield Cat.SAID, Description((shown(columns),), Shape.PREPOSITION), _SHOWN


@BOOK.pair(Cat.NOUN, Cat.AND_PROPERTY)
def and_its_property(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "pumps and their model"."""
    said = Description((shown(columns),), Shape.PREPOSITION)
    yield from ((Cat.NOUN, replace(after, closed=True), cost + 0.1) for after, cost in composer.attach(noun, said))


def shown(columns: Columns) -> Shown:
    """Returns that columns are to be shown."""
    return Shown(columns.owner, columns.properties, columns.of_relation)


@BOOK.pair(Cat.RELATION, Cat.SAID)
def relation_so(_: Composer, verb: Verb, said: Description) -> Found:
    """As in "consumes more than 10 tonnes per day", before what."""
    (part, *others) = said.parts
    if isinstance(part, Has) and part.of_relation and part.owner == verb.type and not (others or verb.filters):
        yield Cat.RELATION, replace(verb, filters=part.filters), 0.0


# --- the same -----------------------------------------------------------------------------------------------------


@BOOK.pair(Role.SAME, (Cat.PROPERTY, Cat.NOUN))
def same(_: Composer, _word: Small, what: Columns | Noun) -> Found:
    """As in "the same model", "the same area"."""
    if isinstance(what, Columns) or (what.bare and what.quantity is None):
        yield Cat.SHARED, what, 0.0


@BOOK.pair(Cat.NOUN, Role.SAME)
def in_common(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "parts in common", before "with C-101"."""
    if word.text in _IN_COMMON and noun.bare and noun.quantity is None:
        yield Cat.SHARED, noun, 0.0


@BOOK.single(Cat.NOUN)
def shares(_: Composer, noun: Noun) -> Found:
    """As in "share a part with C-101": who shares it has it."""
    if noun.apart is not None and noun.quantity is None:
        yield Cat.SAID, Description((Near(noun),), Shape.CLAUSE), 0.1


@BOOK.pair(Cat.SHARED, Cat.NOUN)
def same_as(composer: Composer, what: Columns | Noun, noun: Noun) -> Found:
    """As in "the same model as P-101"."""
    if noun.quantity is not None or not noun.plain:
        return
    if isinstance(what, Columns):
        if what.owner == noun.thing.label and not what.of_relation:
            parts = tuple(Like(what.owner, name, Compare.EQUAL, noun) for name in what.properties)
            yield Cat.SAID, Description(parts, Shape.VALUE), 0.0
        return
    for after, cost in composer.attach(what, Description((Near(noun),), Shape.PREPOSITION)):
        yield Cat.NOUN, replace(after, apart=noun.thing, closed=True), cost


@BOOK.pair(Cat.SHARED, Cat.SAID)
def same_of(composer: Composer, what: Columns | Noun, said: Description) -> Found:
    """As in "the same model as that of P-101"."""
    if said.shape is Shape.PREPOSITION and len(said.parts) == 1 and isinstance(said.parts[0], Near):
        yield from same_as(composer, what, said.parts[0].noun)


BOOK.passes(Cat.RELATION, before=(Role.BE, Role.HAVE))
BOOK.passes(Cat.SHARED, after=(Role.THAT, Role.AT))
BOOK.passes(Cat.PROPERTY, after=(Role.EACH,), cost=0.1)
BOOK.passes(Cat.PROPERTY, before=(Cat.EVERY, Cat.THEIR))


@BOOK.pair((Role.BE, Role.HAVE), Cat.PROPERTY)
def was_done(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "has been closed", of the day when."""
    if columns.kind is ValueKind.DAY and columns.figure is None:
        yield Cat.PROPERTY, columns, 0.05


BOOK.passes(Cat.LACKS, after=(Role.OF,))
BOOK.passes(Cat.NOUN, after=(Role.THERE,))
BOOK.passes(Role.UNKNOWN, before=(Role.BE,))
