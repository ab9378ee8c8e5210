"""Questions for things: "which pumps", "how many", "what feeds E-101", "who did WO-1001", "where is P-101"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Near, Noun, Shape, To, inverted
from tools.graph.parser.form import Kind, Thing, Way
from tools.graph.parser.grammar.clauses import OBJECT_WORDS
from tools.graph.parser.grammar.value_questions import IMPLIED, property_of
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_SOMEBODY = 0.3
_BESIDE = 0.3  # a question beside what it is about, with nothing between them
_FARTHEST = 0.6  # "what does P-101 feed": of what has no name, no link is left out but the last
_ELSE = frozenset({"else", "autre", "autres"})
_SPREAD = frozenset({"breakdown", "spread", "distribution", "repartition", "ventilation"})
_BARE_WHAT = frozenset({"what", "quoi"})


@BOOK.pair((Role.LIST, Role.WHICH), Cat.NOUN)
def which(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "which pumps", "list the pumps"."""
    if noun.quantity is None:
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair(Cat.NOUN, Role.LIST)
def list_at_the_end(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "pumps and valves, list"."""
    yield from which(_, word, noun)


@BOOK.pair(Role.COUNT, Cat.NOUN)
def how_many(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "how many pumps"."""
    spread = noun.per is None and not _SPREAD.isdisjoint(word.text.split())
    if noun.quantity is None and noun.number is None and noun.rank is None and not noun.named and not spread:
        yield Cat.ASKED, Asked(Kind.COUNT, noun), 0.0


@BOOK.pair((Role.LIST, Role.WHICH, Role.HOW_MUCH), Cat.ASKED)
def what_is(_: Composer, word: Small, asked: Asked) -> Found:
    """As in "what is the number of pumps", "tell me how many"."""
    if asked.kind is not Kind.LIST or word.role is Role.LIST:
        yield Cat.ASKED, asked, 0.0


@BOOK.pair((Role.WHICH, Role.WHO), Cat.SAID)
def what(composer: Composer, word: Small, said: Description) -> Found:
    """As in "what feeds E-101"; behind French "que" the verb's subject follows it."""
    turned = inverted(said) if word.text in OBJECT_WORDS else said
    if turned is not None and _ELSE.isdisjoint(word.text.split()):
        for found in _whatever(composer, turned):
            if word.role is Role.WHICH or composer.naming.is_somebody(_label_of(found[1])):
                yield found


@BOOK.pair((Role.AT, Role.OF), Role.WHICH)
def by_what(_: Composer, _word: Small, what_word: Small) -> Found:
    """As in "vers quoi", before the verb of which it is the object."""
    if what_word.text in _BARE_WHAT:
        yield Role.WHICH, replace(what_word, text="que"), 0.0


@BOOK.pair(Role.WHO, (Cat.SAID, Cat.GAP))
def who(composer: Composer, _word: Small, said: Description) -> Found:
    """As in "who worked on P-101", where orders have a technician."""
    for label in sorted(composer.properties):
        for name in composer.naming.people(label):
            for noun, cost in composer.attach(Noun(Thing(label, shown=(name,))), said):
                yield Cat.ASKED, Asked(Kind.VALUES, noun), cost + IMPLIED
            columns = Columns(label, (name,), ValueKind.TEXT)
            most = [found for found in property_of(composer, columns, said) if found[0] is Cat.ASKED]
            yield from ((cat, asked, cost + IMPLIED) for cat, asked, cost in most)


@BOOK.pair(Role.WHO, (Cat.NOUN, Cat.SUBJECT))
def who_of(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "who did WO-1001", "who are the directors"."""
    if noun.quantity is not None or noun.number is not None or not noun.plain:
        return
    if composer.naming.is_person(noun.thing.label):
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0
        return
    for name in composer.naming.people(noun.thing.label):
        yield Cat.ASKED, Asked(Kind.VALUES, replace(noun, thing=replace(noun.thing, shown=(name,)))), IMPLIED
    for link in composer.naming.hands(noun.thing.label):
        back = Description((To(link.type, forward=link.way is Way.IN, noun=noun),), Shape.CLAUSE)
        for person, cost in composer.attach(Noun(link.thing, closed=True), back):
            yield Cat.ASKED, Asked(Kind.LIST, person), cost + IMPLIED


@BOOK.pair(Role.WHERE, (Cat.NOUN, Cat.SUBJECT))
def where(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "where is P-101"."""
    if noun.quantity is None and noun.plain:
        for link in composer.naming.places(noun.thing.label):
            place = Noun(link.thing, closed=True)
            back = Description((To(link.type, forward=False, noun=noun),), Shape.CLAUSE)
            yield from (
                (Cat.ASKED, Asked(Kind.LIST, there), cost + IMPLIED) for there, cost in composer.attach(place, back)
            )


@BOOK.single(Role.WHO)
def somebody(composer: Composer, _word: Small) -> Found:
    """As in "who in crew A has no phone": a person, where the graph has people."""
    yield from ((Cat.NOUN, Noun(Thing(label), closed=True), _SOMEBODY) for label in composer.naming.person_labels())


@BOOK.pair((Role.WHICH, Role.WHO, Role.WHERE), Cat.GAP)
def what_object(composer: Composer, word: Small, said: Description) -> Found:
    """As in "what does P-101 feed", and in "about what P-101 feeds"; not in "which pumps feed"."""
    if said.shape is Shape.QUESTION or word.text in OBJECT_WORDS or _of_one(said):
        yield from _whatever(composer, said)


def _label_of(found: object) -> str:
    noun = found.noun if isinstance(found, Asked) else found
    return noun.thing.label if isinstance(noun, Noun) else ""


def _of_one(said: Description) -> bool:
    """Whether a clause says something of a thing with a name."""
    return isinstance(said.only, To | Near) and said.only.noun.named


def _whatever(composer: Composer, said: Description) -> Found:
    """Yields things of whatever label can be so."""
    if said.shape in (Shape.CLAUSE, Shape.QUESTION) and any(isinstance(part, To) for part in said.parts):
        for label in sorted(composer.properties):
            for noun, cost in composer.attach(Noun(Thing(label)), said):
                if cost > _FARTHEST:
                    continue
                yield Cat.ASKED, Asked(Kind.LIST, replace(noun, closed=True)), cost + IMPLIED
                yield Cat.NOUN, replace(noun, closed=True), cost + IMPLIED


@BOOK.pair(Cat.GAP, (Role.WHICH, Role.WHO))
def what_at_the_end(composer: Composer, said: Description, _word: Small) -> Found:
    """As in "P-101 is fed by what"."""
    if not _of_one(said):
        return
    yield from ((cat, asked, cost) for cat, asked, cost in _whatever(composer, said) if cat is Cat.ASKED)


@BOOK.pair(Cat.GAP, Cat.ASKED)
def which_at_the_end(composer: Composer, said: Description, asked: Asked) -> Found:
    """As in "P-101 is in which area"."""
    if asked.kind in (Kind.LIST, Kind.COUNT) and _of_one(said):
        for noun, cost in composer.attach(asked.noun, said):
            yield Cat.ASKED, replace(asked, noun=noun), cost


@BOOK.pair(Cat.NOUN, Cat.ASKED)
def which_of_it(composer: Composer, noun: Noun, asked: Asked) -> Found:
    """As in "P-101: which area?", "P-101, what model?"."""
    if not (noun.named or noun.told) or noun.quantity is not None or not noun.plain or asked.noun.named:
        return
    thing = asked.noun.thing
    if asked.kind is Kind.VALUES and thing == Thing(noun.thing.label, shown=thing.shown):
        yield Cat.ASKED, Asked(Kind.LIST, replace(noun, thing=replace(noun.thing, shown=thing.shown))), _BESIDE
    elif asked.kind in (Kind.LIST, Kind.COUNT) and thing == Thing(thing.label, filters=thing.filters):
        for found, cost in composer.attach(asked.noun, Description((Near(noun),), Shape.PREPOSITION)):
            yield Cat.ASKED, replace(asked, noun=found), cost + _BESIDE


@BOOK.pair(Cat.NOUN, Role.COUNT)
def how_many_at_the_end(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "asset count", "jobs finished in May, how many"."""
    yield from ((cat, asked, IMPLIED) for cat, asked, _ in how_many(_, _word, noun))


@BOOK.pair(Cat.ASKED, Role.SUM)
def counted_in_total(_: Composer, asked: Asked, _word: Small) -> Found:
    """As in "how many pumps in total"."""
    if asked.kind in (Kind.COUNT, Kind.SUM) and asked.noun.per is None:
        yield Cat.ASKED, asked, 0.0


@BOOK.pair(Cat.ASKED, Cat.SAID)
def asked_further(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "asset count by area"."""
    if asked.kind is Kind.COUNT and said.shape is Shape.PREPOSITION:
        yield from (
            (Cat.ASKED, replace(asked, noun=noun), cost + 0.1) for noun, cost in composer.attach(asked.noun, said)
        )


@BOOK.pair(Cat.SAID, Cat.ASKED)
def fronted(composer: Composer, said: Description, asked: Asked) -> Found:
    """As in "on P-101, which sensors are there?"."""
    if said.shape is not Shape.CLAUSE:
        for noun, cost in composer.attach(asked.noun, said):
            yield Cat.ASKED, replace(asked, noun=noun), cost + 0.1


@BOOK.pair((Role.AT, Role.OF), Cat.ASKED)
def stranded(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "in which area", before the clause whose preposition it is; "in which unit is P-101" is its unit."""
    yield Cat.STRANDED, asked, 0.0
    if asked.kind is Kind.LIST and asked.noun.thing.shown and asked.noun.named:
        yield Cat.ASKED, asked, 0.0


@BOOK.pair(Cat.STRANDED, Cat.GAP)
def stranded_object(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "by which pumps is E-101 fed"."""
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.ASKED, replace(asked, noun=replace(noun, closed=True)), cost


@BOOK.pair(Cat.STRANDED, Cat.SUBJECT)
def stranded_subject(composer: Composer, asked: Asked, subject: Noun) -> Found:
    """As in "in which area is P-101"."""
    for noun, cost in composer.attach(asked.noun, Description((Near(subject),), Shape.CLAUSE)):
        yield Cat.ASKED, replace(asked, noun=replace(noun, closed=True)), cost


@BOOK.pair(Cat.STRANDED, Cat.SAID)
def stranded_inverted(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "à quelle zone appartient P-101": the verb's subject stands after it."""
    turned = inverted(said)
    for noun, cost in composer.attach(asked.noun, turned) if turned else ():
        yield Cat.ASKED, replace(asked, noun=replace(noun, closed=True)), cost + 0.1


BOOK.passes(Role.COUNT, after=(Role.OF, Role.THERE))
BOOK.passes(Role.WHICH, after=(Role.BE, Role.THERE, Role.WHETHER))
BOOK.passes(Role.WHO, after=(Role.BE, Role.HAVE))
BOOK.passes(Role.LIST, before=(Role.LIST,))
