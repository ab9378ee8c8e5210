"""The grammar's rules for questions: what is asked of the things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.amounts import compared
from tools.graph.parser.descriptions import Being, By, Description, Near, Noun, Quantity, Shape, To, inverted
from tools.graph.parser.form import Compare, Kind, Per, Rank, Thing, Times, Way
from tools.graph.parser.grammar import OBJECT_WORDS, property_says, shown
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Amount, Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_IMPLIED = 0.2
_TOLD = 0.3  # "when was the last order": the day by which it is the last
_SOMEBODY = 0.3
_BESIDE = 0.3  # a question beside what it is about, with nothing between them
_BESIDE_FIGURE = 0.4
_UNSAID = 0.5  # "when was the last order", without what of it was then
_SAID_LINK = -0.2  # of the link that was said, not of the things
_ELSE = frozenset({"else", "autre", "autres"})
_BARE_WHAT = frozenset({"what", "quoi"})
_ASKING = (Role.LIST, Role.WHICH, Role.WHO, Role.HOW_MUCH, Role.WHERE)


# --- things -------------------------------------------------------------------------------------------------------


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
def how_many(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "how many pumps"."""
    if noun.quantity is None and noun.number is None and noun.rank is None and not noun.named:
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
                yield Cat.ASKED, Asked(Kind.VALUES, noun), cost + _IMPLIED
            columns = Columns(label, (name,), ValueKind.TEXT)
            most = [found for found in property_of(composer, columns, said) if found[0] is Cat.ASKED]
            yield from ((cat, asked, cost + _IMPLIED) for cat, asked, cost in most)


@BOOK.pair(Role.WHO, (Cat.NOUN, Cat.SUBJECT))
def who_of(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "who did WO-1001", "who are the directors"."""
    if noun.quantity is not None or noun.number is not None or not noun.plain:
        return
    if composer.naming.is_person(noun.thing.label):
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0
        return
    for name in composer.naming.people(noun.thing.label):
        yield Cat.ASKED, Asked(Kind.VALUES, replace(noun, thing=replace(noun.thing, shown=(name,)))), _IMPLIED
    for link in composer.naming.hands(noun.thing.label):
        back = Description((To(link.type, forward=link.way is Way.IN, noun=noun),), Shape.CLAUSE)
        for person, cost in composer.attach(Noun(link.thing, closed=True), back):
            yield Cat.ASKED, Asked(Kind.LIST, person), cost + _IMPLIED


@BOOK.pair(Role.WHERE, (Cat.NOUN, Cat.SUBJECT))
def where(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "where is P-101"."""
    if noun.quantity is None and noun.plain:
        for link in composer.naming.places(noun.thing.label):
            place = Noun(link.thing, closed=True)
            back = Description((To(link.type, forward=False, noun=noun),), Shape.CLAUSE)
            yield from (
                (Cat.ASKED, Asked(Kind.LIST, there), cost + _IMPLIED) for there, cost in composer.attach(place, back)
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
    return len(said.parts) == 1 and isinstance(said.parts[0], To | Near) and said.parts[0].noun.named


def _whatever(composer: Composer, said: Description) -> Found:
    """Yields things of whatever label can be so."""
    if said.shape in (Shape.CLAUSE, Shape.QUESTION) and any(isinstance(part, To) for part in said.parts):
        for label in sorted(composer.properties):
            for noun, cost in composer.attach(Noun(Thing(label)), said):
                yield Cat.ASKED, Asked(Kind.LIST, replace(noun, closed=True)), cost + _IMPLIED
                yield Cat.NOUN, replace(noun, closed=True), cost + _IMPLIED


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
    if not noun.named or noun.quantity is not None or not noun.plain or asked.noun.named:
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
    yield from ((cat, asked, _IMPLIED) for cat, asked, _ in how_many(_, _word, noun))


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


# --- properties ---------------------------------------------------------------------------------------------------


@BOOK.pair(Cat.PROPERTY, Cat.SAID)
def property_of(composer: Composer, columns: Columns, said: Description) -> Found:
    """As in "the model of P-101"; with "most" or a number, groups: "technicians with more than two orders"."""
    if len(said.parts) != 1 or not isinstance(said.parts[0], Near):
        return
    noun = said.parts[0].noun
    if noun.quantity is None or (noun.quantity is Quantity.EACH and columns.figure is None):
        if said.shape is Shape.PREPOSITION:
            yield from _whose(composer, columns, replace(noun, quantity=None), each=noun.quantity is not None)
    elif (
        noun.thing.label == columns.owner
        and len(columns.properties) == 1
        and noun.per is None
        and columns.figure is None
    ):
        yield from _grouped(replace(noun, quantity=None, per=Per(columns.properties[0])), noun.quantity, None)


def _whose(composer: Composer, columns: Columns, noun: Noun, *, each: bool) -> Found:
    """Yields what is asked of things; who they are of is asked but once: two pumps of a maker have one maker."""
    names_others = all(composer.naming.names_others(name) for name in columns.properties)
    several = columns.owner == noun.thing.label and columns.figure is None and not columns.of_relation and noun.plain
    if names_others and several and not noun.named and not each and noun.quantity is None and noun.number is None:
        thing = replace(noun.thing, shown=columns.properties)
        yield Cat.VALUES, Asked(Kind.VALUES, replace(noun, thing=thing, bare=False)), 0.0
    else:
        yield from _column(composer, columns, noun)


@BOOK.pair(Role.EACH, Cat.COLUMN)
def by_column(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "per category of component"."""
    thing = noun.thing
    if thing == Thing(thing.label, shown=thing.shown[:1]):
        yield Cat.SAID, Description((By(thing.label, thing.shown[0]),), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.OWNER, Cat.PROPERTY)
def owners_property(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "P-101's model"."""
    yield from _column(composer, columns, noun)


@BOOK.pair(Cat.NOUN, Cat.SAID)
def groups(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "areas with the most orders", where an order is an area's only by its asset."""
    for things, quantity, cost in composer.groups(noun, said):
        yield from ((cat, asked, cost + more) for cat, asked, more in _grouped(things, quantity, noun.number))


def _grouped(things: Noun, quantity: Quantity | Times, number: int | None) -> Found:
    """Yields the groups that have so many, or the most; none where those without any would have to be among them."""
    if isinstance(quantity, Times):
        if number is None and quantity.compare in (Compare.ABOVE, Compare.AT_LEAST) and quantity.number > 0:
            yield Cat.ASKED, Asked(Kind.COUNT, things, having=quantity), 0.0
    elif quantity is Quantity.MOST and things.rank is None:
        yield Cat.ASKED, Asked(Kind.COUNT, replace(things, rank=Rank(number=number or 1))), 0.0


@BOOK.pair((Cat.SUBJECT, Cat.STATED), Cat.PROPERTY)
def done(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "P-101 was installed", before or after "when"."""
    yield from ((Cat.DONE, made, cost) for cat, made, cost in _column(composer, columns, noun) if cat is Cat.COLUMN)


@BOOK.pair(Cat.NOUN, Cat.PROPERTY)
def noun_property(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "P-101 model", "when was P-101 installed"."""
    yield from ((cat, made, _IMPLIED) for cat, made, _ in _column(composer, columns, noun))


@BOOK.pair(Cat.PROPERTY, Cat.NOUN)
def property_noun(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """As in "model P-101"; a figure beside a noun is less likely one of it."""
    cost = _IMPLIED if columns.figure is None else _BESIDE_FIGURE
    yield from ((cat, made, cost) for cat, made, _ in _column(composer, columns, noun))


@BOOK.pair(Cat.PROPERTY, Cat.SUBJECT)
def property_is(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """As in "what model is P-101", "which makers have equipment in CW-100"."""
    yield from _whose_if_told(composer, columns, noun)


@BOOK.pair(Cat.PROPERTY, Cat.GAP)
def property_had(composer: Composer, columns: Columns, said: Description) -> Found:
    """As in "what stock does PT-3 have"."""
    if len(said.parts) == 1 and isinstance(said.parts[0], Near):
        yield from _whose_if_told(composer, columns, said.parts[0].noun)


def _whose_if_told(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """Yields what is asked of a thing with a name, or who of several; pumps' models may be asked of each."""
    if noun.named or all(composer.naming.names_others(name) for name in columns.properties):
        yield from _whose(composer, columns, noun, each=False)


def _column(composer: Composer, columns: Columns, noun: Noun) -> Found:
    if columns.of_relation:
        yield from _of_links(composer, columns, noun)
    if columns.owner == noun.thing.label and not columns.of_relation and noun.quantity is None and noun.number is None:
        if columns.figure is not None:
            if noun.rank is None and not noun.thing.shown:
                yield Cat.ASKED, Asked(columns.figure, noun, of=columns.properties[0]), 0.0
            return
        shown = tuple(dict.fromkeys((*noun.thing.shown, *columns.properties)))
        rank = noun.rank
        if (
            rank is not None
            and columns.kind is ValueKind.DAY
            and rank.property == composer.naming.main_day(columns.owner)
        ):
            rank = replace(rank, property=columns.properties[0])  # the last to be finished, where that is asked for
        yield Cat.COLUMN, replace(noun, thing=replace(noun.thing, shown=shown), rank=rank, bare=False), 0.0


def _of_links(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """Yields what is asked of a property of the links that things have: "total quantity of parts used on P-101"."""
    if noun.quantity is not None or noun.number is not None or noun.rank is not None or noun.other:
        return
    if columns.figure is None:
        for after, cost in composer.attach(noun, Description((shown(columns),), Shape.PREPOSITION)):
            yield Cat.COLUMN, after, cost
        return
    for place, link in composer.links_of(noun, columns.owner):
        links = (*noun.thing.links[:place], *noun.thing.links[place + 1 :])
        things = replace(noun, thing=replace(noun.thing, links=links), bare=False)
        said = _SAID_LINK if place < len(noun.thing.links) else 0.0
        if not any(further.thing == Thing(further.thing.label) for further in link.thing.links):  # "by line"
            yield Cat.ASKED, Asked(columns.figure, things, of=columns.properties[0], along=link), said


@BOOK.single(Cat.PROPERTY)
def values(_: Composer, columns: Columns) -> Found:
    """As in "technicians", "highest stock": of all that have any."""
    if columns.figure is not None and not columns.of_relation:
        yield Cat.FIGURE, Asked(columns.figure, Noun(Thing(columns.owner)), of=columns.properties[0]), 0.1
    elif not columns.of_relation and columns.figure is None and columns.kind is ValueKind.TEXT:
        thing = Thing(columns.owner, shown=columns.properties)
        yield Cat.VALUES, Asked(Kind.VALUES, Noun(thing)), _IMPLIED


@BOOK.pair(Cat.VALUES, (Cat.SAID, Cat.GAP))
def values_of(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "technicians who worked on P-101", "makers of pumps"."""
    if said.shape is Shape.ADJECTIVE:
        return
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.VALUES, replace(asked, noun=noun), cost


@BOOK.pair(Cat.FIGURE, (Cat.SAID, Cat.GAP))
def figure_of(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "average stock per category"."""
    if said.shape is Shape.ADJECTIVE:
        return
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.FIGURE, replace(asked, noun=noun), cost


@BOOK.single(Cat.FIGURE)
def figure_asked(_: Composer, asked: Asked) -> Found:
    """As in "average stock" alone."""
    yield Cat.ASKED, asked, 0.0


@BOOK.pair((Role.LIST, Role.WHICH, Role.WHO, Role.WHERE), Cat.VALUES)
def which_values(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "which technicians worked on P-101"."""
    yield Cat.ASKED, asked, 0.0


@BOOK.pair(_ASKING, Cat.COLUMN)
def which_column(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "what is the model of P-101"; "how much" of several things may be their sum as well as each of them."""
    if word.role is Role.WHO and not all(composer.naming.names_others(name) for name in noun.thing.shown):
        return
    if word.role is not Role.HOW_MUCH or noun.named:
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair(Role.WHEN, (Cat.COLUMN, Cat.DONE))
def when_column(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "when was P-101 installed"."""
    if all(composer.kind_of(noun.thing.label, name) is ValueKind.DAY for name in noun.thing.shown):
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair((Cat.COLUMN, Cat.DONE), Role.WHEN)
def column_when(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in "P-101 was installed when"."""
    yield from when_column(composer, word, noun)


@BOOK.pair(Role.WHEN, (Cat.SUBJECT, Cat.NOUN))
def when_was(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "when was the last order on P-101"."""
    day = composer.naming.main_day(noun.thing.label)
    done = {value for f in noun.thing.filters for value in f.values}
    if not done.isdisjoint(composer.properties[noun.thing.label]):
        return  # "when did we last close an order": closed orders, or the day of closing
    if day is not None and noun.quantity is None and noun.number is None:
        told = noun.rank is not None and composer.kind_of(noun.thing.label, noun.rank.property) is ValueKind.DAY
        shown = noun.rank.property if noun.rank is not None and told else day
        asked = Asked(Kind.LIST, replace(noun, thing=replace(noun.thing, shown=(shown,))))
        yield Cat.ASKED, asked, _TOLD if told else _UNSAID


# --- figures ------------------------------------------------------------------------------------------------------


@BOOK.pair((Role.SUM, Role.MEAN), (Cat.COLUMN, Cat.VALUES))
def figure(composer: Composer, word: Small, what: Noun | Asked) -> Found:
    """As in "total of the stock of parts"."""
    yield from _figure(composer, _FIGURES[word.role], what.noun if isinstance(what, Asked) else what)


@BOOK.pair((Cat.COLUMN, Cat.VALUES), (Role.SUM, Role.MEAN))
def figure_after(composer: Composer, what: Noun | Asked, word: Small) -> Found:
    """As in "what did the jobs cost in total"."""
    yield from figure(composer, word, what)


def _figure(composer: Composer, kind: Kind, noun: Noun) -> Found:
    """Yields a figure of what is shown of things, or nothing where it has none."""
    shown = noun.thing.shown
    kinds = (ValueKind.NUMBER,) if kind in (Kind.SUM, Kind.MEAN) else (ValueKind.NUMBER, ValueKind.DAY)
    if len(shown) == 1 and composer.kind_of(noun.thing.label, shown[0]) in kinds and noun.rank is None:
        plain = replace(noun, thing=replace(noun.thing, shown=()))
        yield Cat.ASKED, Asked(kind, plain, of=shown[0]), 0.0


_FIGURES = {Role.SUM: Kind.SUM, Role.MEAN: Kind.MEAN}


# --- yes or no ----------------------------------------------------------------------------------------------------


@BOOK.pair((Role.BE, Role.WHETHER, Role.HAVE), Cat.NOUN)
def subject(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "is P-101", "does any pump"."""
    if noun.quantity is None and noun.plain:
        yield Cat.SUBJECT, replace(noun, some=noun.some or "any" in word.text.split()), 0.0


@BOOK.pair(Cat.NOUN, Role.BE)
def subject_first(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "P-101 is", before a preposition that lacks its noun."""
    if noun.quantity is None and noun.plain:
        yield Cat.STATED, noun, _IMPLIED


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
        yield from _holds(composer, noun, said)


@BOOK.pair(Cat.SUBJECT, Cat.NOUN)
def is_one(composer: Composer, noun: Noun, other: Noun) -> Found:
    """As in "is P-101 a pump", "has P-101 any sensors"."""
    if noun.named and len(noun.thing.ids) == 1:
        same = noun.thing.label == other.thing.label
        part = Being(other) if same else Near(other)
        yield from _holds(composer, noun, Description((part,), Shape.CLAUSE))


@BOOK.pair(Cat.NOUN, Cat.SAID)
def it_is(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "P-101 feeds E-101?"."""
    if noun.named and len(noun.thing.ids) == 1 and said.shape is Shape.CLAUSE:
        yield from ((cat, asked, cost + _IMPLIED) for cat, asked, cost in _holds(composer, noun, said))


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
            yield from _holds(composer, one, description)


@BOOK.pair(Cat.YES_NO, Cat.SAID)
def further(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "is there a pump in CW-100"."""
    yield from _holds(composer, asked.noun, said)


def _holds(composer: Composer, noun: Noun, said: Description) -> Found:
    if any(isinstance(part, Near | To) and part.noun.quantity is Quantity.EACH for part in said.parts):
        return
    for after, cost in composer.attach(replace(noun, thing=replace(noun.thing, ids=())), said):
        if after.rank is None and not after.thing.shown:
            thing = replace(after.thing, ids=noun.thing.ids or after.thing.ids)
            yield Cat.YES_NO, Asked(Kind.EXISTS, replace(after, thing=thing)), cost


# --- paths --------------------------------------------------------------------------------------------------------


@BOOK.pair(Cat.NOUN, Cat.AND_NOUN)
def ends(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101 and E-101", "P-101 to E-101"."""
    if _one(noun) and _one(other):
        yield Cat.PAIR, Asked(Kind.PATH, noun, to=other), 0.0


@BOOK.pair(Cat.NOUN, Cat.SAID)
def ends_at(_: Composer, noun: Noun, said: Description) -> Found:
    """As in "P-101 with E-101"."""
    if _one(noun) and len(said.parts) == 1 and isinstance(said.parts[0], Near) and _one(said.parts[0].noun):
        yield Cat.PAIR, Asked(Kind.PATH, noun, to=said.parts[0].noun), 0.1


def _one(noun: Noun) -> bool:
    return noun.thing == Thing(noun.thing.label, ids=noun.thing.ids) and len(noun.thing.ids) == 1


@BOOK.pair(Role.PATH, Cat.PAIR)
def path(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "path from P-101 to E-101"."""
    yield Cat.ASKED, asked, 0.0


BOOK.passes(Role.WHEN, after=(Role.BE, Role.HAVE))
BOOK.passes(Role.HOW_MUCH, after=(Role.BE, Role.HAVE))
BOOK.passes(Cat.YES_NO, before=(Role.WHETHER, Role.BE))
BOOK.passes(Cat.PAIR, before=(Role.AT, Role.OF, Role.BETWEEN, Role.BE))
BOOK.passes(Cat.VALUES, before=(Cat.EVERY,))
BOOK.passes(Role.COUNT, after=(Role.OF, Role.THERE))
BOOK.passes((Role.SUM, Role.MEAN), after=(Role.OF,))
BOOK.passes(Role.WHICH, after=(Role.BE, Role.THERE, Role.WHETHER))
BOOK.passes(Role.WHO, after=(Role.BE, Role.HAVE))
BOOK.passes(Role.LIST, before=(Role.LIST,))
BOOK.passes(Role.THERE, before=(Role.BE, Role.HAVE))
