"""Questions for yes or no: "is P-101 fed by T-101", "is there a pump in CW-100"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Has, Like, Near, Noun, Quantity, Shape, To
from tools.graph.parser.form import Compare, Kind, Thing
from tools.graph.parser.grammar.numbers import compared
from tools.graph.parser.grammar.properties import property_says
from tools.graph.parser.grammar.value_questions import IMPLIED
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Amount, Asked, Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer
    from tools.graph.parser.descriptions import Part

BOOK = RuleBook()

_DONE = 0.2
_INVERTED = frozenset({"il", "elle", "ils", "elles"})


@BOOK.pair((Role.BE, Role.WHETHER, Role.HAVE), Cat.NOUN)
def subject(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "is P-101", "does any pump"."""
    if noun.quantity is None and noun.plain:
        yield Cat.SUBJECT, replace(noun, some=noun.some or "any" in word.text.split()), 0.0


@BOOK.pair(Cat.NOUN, (Role.BE, Role.HAVE))
def subject_inverted(_: Composer, noun: Noun, word: Small) -> Found:
    """As in « P-101 est-elle », « P-101 et P-102 ont-ils »."""
    if word.text.split()[-1] in _INVERTED and noun.named and noun.quantity is None and noun.plain:
        yield Cat.SUBJECT, noun, 0.0


@BOOK.pair(Cat.NOUN, Role.BE)
def subject_first(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "P-101 is", before a preposition that lacks its noun."""
    if noun.quantity is None and noun.plain:
        yield Cat.STATED, noun, IMPLIED


@BOOK.pair((Cat.SUBJECT, Cat.STATED), Role.AT)
def subject_at(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "is P-101 in": said of what it is in."""
    yield Cat.GAP, Description((Near(noun),), Shape.CLAUSE), 0.0


@BOOK.pair(Role.THERE, Cat.NOUN)
def there_is(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "is there a pump"."""
    if noun.quantity is None and noun.plain and noun.number is None and not noun.named:
        yield Cat.YES_NO, Asked(Kind.EXISTS, noun), 0.0


@BOOK.pair(Cat.SUBJECT, Cat.SAID)
def is_it(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "is P-101 fed by T-101": of one thing, or of any; of all the things of a sort it is no such question."""
    if (noun.named and len(noun.thing.ids) == 1) or noun.some:
        yield from holds(composer, noun, said)


@BOOK.pair(Cat.SUBJECT, Cat.NOUN)
def is_one(composer: Composer, noun: Noun, other: Noun) -> Found:
    """As in "is P-101 a pump", "has P-101 any sensors"."""
    if noun.named and len(noun.thing.ids) == 1:
        same = noun.thing.label == other.thing.label
        part = Being(other) if same else Near(other)
        yield from holds(composer, noun, Description((part,), Shape.CLAUSE))


@BOOK.pair(Cat.NOUN, Cat.SAID)
def it_is(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "P-101 feeds E-101?"."""
    if noun.named and len(noun.thing.ids) == 1 and said.shape is Shape.CLAUSE and not said.relative:
        yield from ((cat, asked, cost + IMPLIED) for cat, asked, cost in holds(composer, noun, said))


@BOOK.pair(Cat.COLUMN, (Cat.AMOUNT, Cat.SAID))
def its_value_is(composer: Composer, noun: Noun, value: Amount | Description) -> Found:
    """As in "is the stock of PT-001 more than 0"."""
    (label, shown) = (noun.thing.label, noun.thing.shown)
    if len(shown) != 1 or len(noun.thing.ids) != 1:
        return
    columns = Columns(label, shown, composer.kind_of(label, shown[0]))
    said = compared(composer, columns, value) if isinstance(value, Amount) else property_says(composer, columns, value)
    one = replace(noun, thing=replace(noun.thing, shown=()))
    for _, description, _ in said:
        if isinstance(description, Description):
            yield from holds(composer, one, description)


@BOOK.pair(Cat.YES_NO, Cat.SAID)
def further(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "is there a pump in CW-100"."""
    yield from holds(composer, asked.noun, said)


@BOOK.pair(Cat.SUBJECT, Cat.RELATION)
def is_it_done(composer: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "has P-101 ever been inspected": by whom or how is not said."""
    others = composer.links.ends_of(verb.type, start=verb.forward is False) if verb.forward is not None else []
    if noun.named and len(noun.thing.ids) == 1 and len(others) == 1 and not verb.negated and not verb.preposition:
        other = To(verb.type, verb.forward, Noun(Thing(others[0])), verb.least, verb.most, verb.filters)
        found = holds(composer, noun, Description((other,), Shape.CLAUSE))
        yield from ((cat, asked, cost + _DONE) for cat, asked, cost in found)


@BOOK.pair(Cat.GAP, Cat.NOUN)
def has_it_any(composer: Composer, said: Description, noun: Noun) -> Found:
    """As in "does R. Diaz have any open orders", where that is what orders say."""
    if said.shape is Shape.QUESTION and isinstance(said.only, Has) and noun.some:
        yield from holds(composer, noun, said)


@BOOK.pair(Cat.SUBJECT, Cat.SHARED)
def are_alike(composer: Composer, noun: Noun, what: Columns | Noun) -> Found:
    """As in "do P-101 and P-102 have the same model", "are they in the same area"."""
    label, ids = noun.thing.label, noun.thing.ids
    kinds = noun.thing.filters
    if not noun.joined or len(ids) != 2 or noun.thing != Thing(label, ids=ids, filters=kinds):
        return
    first, second = (replace(noun, thing=Thing(label, ids=(key,), filters=kinds), joined=False) for key in ids)
    if isinstance(what, Columns):
        parts = tuple(Like(what.owner, name, Compare.EQUAL, second) for name in what.properties)
        if what.owner == label and not what.of_relation:
            yield from holds(composer, first, Description(parts, Shape.VALUE))
        return
    for shared, cost in composer.attach(what, Description((Near(second),), Shape.PREPOSITION)):
        found = holds(composer, first, Description((Near(shared),), Shape.PREPOSITION))
        yield from ((cat, asked, cost + more) for cat, asked, more in found)


def holds(composer: Composer, noun: Noun, said: Description) -> Found:
    """Yields whether something holds of a thing."""
    if any(isinstance(part, Near | To) and part.noun.quantity is Quantity.EACH for part in said.parts):
        return
    said = replace(said, parts=tuple(map(_each_of, said.parts)))
    for after, cost in composer.attach(replace(noun, thing=replace(noun.thing, ids=())), said):
        if after.rank is None and not after.thing.shown:
            thing = replace(after.thing, ids=noun.thing.ids or after.thing.ids)
            yield Cat.YES_NO, Asked(Kind.EXISTS, replace(after, thing=thing)), cost


def _each_of(part: Part) -> Part:
    """Returns a part with each of its sorts: who asks whether it has a manual and a drawing asks for both."""
    joined = isinstance(part, Near | To) and part.noun.also and part.noun.quantity is None
    return replace(part, noun=replace(part.noun, both=True)) if joined else part  # type: ignore[union-attr]


BOOK.passes(Cat.YES_NO, before=(Role.WHETHER, Role.BE))
BOOK.passes(Role.THERE, before=(Role.BE, Role.HAVE))
