"""From a question to its form, or to the reason why there is none: the entry of the compositional parser.

Strict on both sides. A form is found only where every word of the question has a part in it, and where another form
costs nearly as little, nobody is answered: both are offered, in words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from plant.facts import Refusal, RefusalCode
from tools.graph.parser import assemble, chart
from tools.graph.parser.compose import Composer
from tools.graph.parser.descriptions import Description, Has, Noun, Quantity, Shape
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Thing
from tools.graph.parser.grammar.books import rules_of
from tools.graph.parser.grammar.numbers import COMPARES, UNITS
from tools.graph.parser.lexicon import Lexicon
from tools.graph.parser.readings import (
    Days,
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Quoted,
    Relation,
    Role,
    Sort,
    Value,
)
from tools.graph.parser.rules import Amount, Asked, Cat, Category, Columns, Small, Verb
from tools.graph.parser.scope import all_scopes_show
from tools.graph.parser.speech import say

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence
    from datetime import date

    from tools.graph.catalogue import Catalogue
    from tools.graph.entities import Unknown
    from tools.graph.parser.readings import Meaning, Reading, Word

_MARGIN: Final = 0.09
"""A form that costs no more than this beyond the cheapest is another thing that may have been meant."""

_MOST_WORDS: Final = 40
_ELLIPTIC: Final = 0.1
_COUNTED: Final = 0.3  # "orders per asset", for how many
_MISSPELT: Final = 1.0
_LONG: Final = 6
_OVERLOOKED: Final = 0.2
_MEANT: Final = 0.5
_TAKEN: Final = 0.5
_TAKEN_FROM_VALUE: Final = 0.3
_RANKING: Final = frozenset({Role.LATEST, Role.EARLIEST, Role.LARGEST, Role.SMALLEST, Role.MEAN})
_PARTED: Final = 0.1
_USEFUL: Final = frozenset({Role.AT, Role.NOT, Role.HAVE, Role.TO, Role.SUM, Role.EACH, Role.MEAN})
_SOME: Final = frozenset({"any", "a", "an", "un", "une"})
_SEVERAL: Final = frozenset({"quels", "quelles"})
_CLAUSES: Final = frozenset({"qui", "que", "qu", "dont", "est", "sont", "a", "ont", "ne", "n", "par"})
_SINGULAR: Final = re.compile(r"([^e]e|[^n]t|d)\Z")
"""How a French verb of the third person ends where it is singular, and what tells that it does not begin a clause."""

_ASKING: Final = frozenset({Role.LIST, Role.COUNT, Role.WHICH, Role.WHO, Role.WHEN, Role.WHERE, Role.HOW_MUCH})
_SUBJECTS: Final = frozenset({"il", "ils", "elle", "elles"})  # "a-t-il": without a word that asks, for yes or no
_DAY_WORDS: Final = frozenset({"when", "date", "dates", "day", "days", "quand", "jour", "jours"})
_HALF_NEGATION: Final = frozenset({"ne", "n"})
_THEIR: Final = frozenset({"their", "its", "his", "her", "leur", "leurs", "son", "sa", "ses"})
_BOTH: Final = frozenset({"both", "a la fois", "tous les deux", "toutes les deux"})
_EVERY: Final = frozenset({"all", "every", "tous", "toutes", "tout", "toute"})


class Parsed(msgspec.Struct, frozen=True):
    """A question that was understood.

    Attributes:
        ask: What it means.
        spelled: For each misspelling, what was written and what it was taken for.
        linked: Ids of the nodes that it speaks of, in order.
    """

    ask: Ask
    spelled: tuple[tuple[str, str], ...] = ()
    linked: tuple[str, ...] = ()


class Ambiguous(Refusal, frozen=True):
    """A question that can be read in several ways.

    Attributes:
        forms: What it may mean, in the order of the choices.
    """

    forms: tuple[Ask, ...] = ()


class Parser:
    """Understands questions about one graph.

    Args:
        catalogue: What the graph holds.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lexicon = Lexicon(catalogue)
        self._composer = Composer(catalogue)
        self._rules = rules_of(self._composer)

    def parse(self, question: str, today: date, hints: Sequence[str] = ()) -> Parsed | Refusal | None:
        """Understands a question.

        Args:
            question: In English or French.
            today: What "the last 30 days" are counted from.
            hints: Ids of nodes that were spoken of before, for "it".

        Returns:
            The form; a refusal that names the two things it may mean, or the id that is none; None where it was not
            understood.
        """
        read = self._lexicon.read(question, today, hints)
        if read.unknown:
            return _unknown(read.unknown[0])
        units = {read.words[place].written for place in _units(read.words, read.readings)}
        if {*read.unread} - units or not 0 < len(read.words) <= _MOST_WORDS:
            return None
        readings = _fit(read.words, read.readings)
        if _lacks_negation(read.words, readings):
            return None
        width, cells = charted(read.words, readings, self._rules)
        forms = understood(cells.get((0, width), {}), self._catalogue)
        if not forms:
            forms = self._assembled(read.words, readings, width, cells)
            if len(forms) != 1:
                return None
        (best, cost), *others = forms
        if best.along is not None and best.per is not None:
            return None  # a group of things is no group of their links: no form says which
        rivals = [ask for ask, more in others if more - cost <= _MARGIN]
        if rivals:
            return _ambiguous(best, rivals[0], self._catalogue)
        return Parsed(best, _spelled(read.words, read.readings), _linked(read.readings, best))

    def _assembled(
        self, words: Sequence[Word], readings: Sequence[Reading], width: int, cells: dict[tuple[int, int], chart.Cell]
    ) -> list[tuple[Ask, float]]:
        """Returns the forms that the parts of a question make, where it is no sentence; none for yes or no."""
        roles = {r.meaning.role for r in readings if isinstance(r.meaning, Function)}
        inverted = not (_SUBJECTS.isdisjoint(word.plain for word in words) or roles & _ASKING)
        if inverted or any(r.first == 0 and r.meaning == Function(Role.WHETHER) for r in readings):
            return []
        who = any(r.first == 0 and r.meaning == Function(Role.WHO) for r in readings)
        dated = not _DAY_WORDS.isdisjoint(word.plain for word in words)
        forms: dict[Ask, float] = {}
        for asked, cost in assemble.assembled(width, cells, self._composer, dated=dated):
            for ask, more in _ask(asked, cost, self._catalogue):
                if all_scopes_show(readings, ask) and (not who or self._says_who(ask)):
                    forms[ask] = min(more, forms.get(ask, float("inf")))
        return sorted(forms.items(), key=lambda entry: (round(entry[1], 6), repr(entry[0])))

    def _says_who(self, ask: Ask) -> bool:
        """Whether a form's answer has a column that says who."""
        people, others = self._composer.naming.is_somebody, self._composer.naming.names_others
        (first, *linked) = _things(ask)
        return people(first.label) or any(
            people(thing.label) if thing is not first and "id" in thing.shown else any(map(others, thing.shown))
            for thing in (first, *linked)
        )


def _fit(words: Sequence[Word], readings: Sequence[Reading]) -> list[Reading]:
    """Returns the readings without doubtful ones: misspellings that may be none, articles as numbers, quoted words."""
    quoted = [r for r in readings if isinstance(r.meaning, Quoted)]
    asking = {(r.first, r.last) for r in readings if isinstance(r.meaning, Function) and r.meaning.role is Role.WHETHER}
    compared = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role in COMPARES}
    letters = {r.first for r in readings if isinstance(r.meaning, Value) and words[r.first].written == r.meaning.value}
    letters -= {0}
    return [
        r
        for r in readings
        if not _is_doubtful(words, r)
        and not (isinstance(r.meaning, Number) and words[r.first].plain in _SOME and r.first not in compared)
        and not any(_is_within(r, other) for other in quoted)
        and not _is_other_letter(words, r, letters)
        and not (_is_filler(r) and (r.first, r.last) in asking)
    ]


def _is_other_letter(words: Sequence[Word], reading: Reading, letters: set[int]) -> bool:
    """Whether a letter is read as what it is not: an A as an article, an article as an A."""
    if reading.last > reading.first + 1 or len(words[reading.first].plain) > 1:
        return False
    if isinstance(reading.meaning, Value):
        return words[reading.first].written != reading.meaning.value
    return reading.first in letters and isinstance(reading.meaning, Function)


def _is_within(reading: Reading, quoted: Reading) -> bool:
    """Whether a reading is of words in quotation marks, which are a text and, whole, the name of something."""
    if isinstance(reading.meaning, Quoted) or reading.last <= quoted.first or quoted.last <= reading.first:
        return False
    whole = (reading.first, reading.last) == (quoted.first, quoted.last)
    return not (whole and isinstance(reading.meaning, Nodes | Value))


def _lacks_negation(words: Sequence[Word], readings: Sequence[Reading]) -> bool:
    """Whether there is half a French negation: "ne ... personne" is not understood, and is no "personne"."""
    half = any(word.plain in _HALF_NEGATION for word in words)
    return half and not any(isinstance(r.meaning, Function) and r.meaning.role in (Role.NOT, Role.NO) for r in readings)


def _is_doubtful(words: Sequence[Word], reading: Reading) -> bool:
    """Whether a misspelling is one only perhaps: of a short word, or of one that says what is asked."""
    if reading.cost < _MISSPELT:
        return False
    short = all(len(word.plain) < _LONG for word in words[reading.first : reading.last])
    said = isinstance(reading.meaning, Function) and reading.meaning.role not in (Role.WHICH, Role.LIST)
    return said or (short and not isinstance(reading.meaning, Function))


def charted(
    words: Sequence[Word], readings: Sequence[Reading], rules: chart.Rules
) -> tuple[int, dict[tuple[int, int], chart.Cell]]:
    """Returns how many words bear meaning, and what each span of these may be."""
    places, kept = _without_fillers(words, _turned(words, readings))
    useful = {(r.first, r.last) for r in kept if isinstance(r.meaning, Function) and r.meaning.role in _USEFUL}
    meant = {(r.first, r.last) for r in kept if not isinstance(r.meaning, Function) or r.meaning.role is Role.SUM}
    phrases = {(r.first, r.last) for r in kept if isinstance(r.meaning, Function) and r.last - r.first > 1}
    ranks = {(r.first, r.last) for r in kept if isinstance(r.meaning, Function) and r.meaning.role in _RANKING}
    values = {(r.first, r.last) for r in kept if isinstance(r.meaning, Value)}
    items = [
        (
            places[r.first],
            places[r.last],
            (category, value, r.cost + more + _unread(r, useful, meant, phrases, values, ranks)),
        )
        for r in kept
        for category, value, more in _items(words, r, useful)
    ]
    items += [
        (places[n], places[n + 1], (Cat.UNIT, UNITS[words[n].plain], 0.0))
        for n in _units(words, kept)
        if places[n] < places[n + 1]
    ]
    return places[-1], chart.fill(places[-1], items, rules)


def _units(words: Sequence[Word], readings: Sequence[Reading]) -> list[int]:
    """Returns the places of the words behind numbers that are units."""
    behind = {r.last for r in readings if isinstance(r.meaning, Number) and r.last < len(words)}
    return sorted(place for place in behind if words[place].plain in UNITS)


def understood(cell: chart.Cell, catalogue: Catalogue) -> list[tuple[Ask, float]]:
    """Returns the forms of a span, each once, cheapest first; equal ones in one order however they came."""
    forms: dict[Ask, float] = {}
    for category, value, cost in chart.items_of(cell):
        for ask, more in _asks(category, value, catalogue):
            forms[ask] = min(cost + more, forms.get(ask, float("inf")))
    return sorted(forms.items(), key=lambda entry: (round(entry[1], 6), repr(entry[0])))


def _turned(words: Sequence[Word], readings: Sequence[Reading]) -> list[Reading]:
    """Turns a French verb that stands before its subject: it is singular, the things asked for are several.

    "Quelles pompes alimente T-101 ?" asks for what T-101 feeds, as "alimentent" would not.
    """
    asking = next((place for place, word in enumerate(words) if word.plain in _SEVERAL), None)
    verbs = [r for r in readings if isinstance(r.meaning, Relation) and asking is not None and r.first > asking + 1]
    first = min((r.first for r in verbs), default=-1)
    told = {word.plain for word in words[:first]} & _CLAUSES if first > 0 else _CLAUSES
    named = any(isinstance(r.meaning, Nodes) and r.last <= first for r in readings)
    if told or named or not _SINGULAR.search(words[first].plain):
        return list(readings)
    return [_other_way(r) if r in verbs and r.first == first else r for r in readings]


def _other_way(reading: Reading) -> Reading:
    meaning = reading.meaning
    if not isinstance(meaning, Relation) or meaning.forward is None:
        return reading
    return msgspec.structs.replace(reading, meaning=msgspec.structs.replace(meaning, forward=not meaning.forward))


def _unread(
    reading: Reading,
    useful: set[tuple[int, int]],
    meant: set[tuple[int, int]],
    phrases: set[tuple[int, int]],
    values: set[tuple[int, int]],
    ranks: set[tuple[int, int]],
) -> float:
    """Returns what it costs to take small words for less than they are.

    The "on" of English is no French "on", the A of "criticality A" no article, and "au moins" not "au" and "moins".
    """
    place = (reading.first, reading.last)
    if isinstance(reading.meaning, Property):
        return _TAKEN if any(place[0] <= f and t <= place[1] and (f, t) != place for f, t in ranks) else 0.0
    if isinstance(reading.meaning, Relation):
        return _TAKEN_FROM_VALUE if any(place[0] <= f and t <= place[1] and (f, t) != place for f, t in values) else 0.0
    if not isinstance(reading.meaning, Function):
        return 0.0
    cost = _PARTED if any(f <= place[0] and place[1] <= t and (f, t) != place for f, t in phrases) else 0.0
    if reading.meaning.role is Role.FILLER:
        cost += _MEANT if place in meant else _OVERLOOKED if place in useful else 0.0
    return cost


def _without_fillers(words: Sequence[Word], readings: Sequence[Reading]) -> tuple[list[int], list[Reading]]:
    """Leaves out the words that can only be fillers; returns each word's place among the others, and their readings."""
    empty = [r for r in readings if _is_empty(words, r)]
    meant = {place for r in readings if r not in empty for place in range(r.first, r.last)}
    dropped: set[int] = set()
    for r in empty:
        if meant.isdisjoint(range(r.first, r.last)):
            dropped.update(range(r.first, r.last))
    places = [0]
    for place in range(len(words)):
        places.append(places[-1] + (place not in dropped))
    return places, [r for r in readings if dropped.isdisjoint(range(r.first, r.last))]


def _is_filler(reading: Reading) -> bool:
    return isinstance(reading.meaning, Function) and reading.meaning.role is Role.FILLER


def _is_empty(words: Sequence[Word], reading: Reading) -> bool:
    return _is_filler(reading) and words[reading.first].plain not in _SOME | _EVERY | _BOTH | _THEIR


def _items(
    words: Sequence[Word], reading: Reading, useful: set[tuple[int, int]]
) -> Iterator[tuple[Category, Hashable, float]]:
    """Yields what a reading is in the grammar."""
    meaning = reading.meaning
    if isinstance(meaning, Function):
        yield from _small(meaning.role, " ".join(word.plain for word in words[reading.first : reading.last]))
    elif isinstance(meaning, Label | Sort | Nodes):
        yield Cat.NOUN, _noun(meaning), 0.0
    elif isinstance(meaning, Value):
        compare = Compare.ABOVE if meaning.above else Compare.EQUAL
        same = Filter(meaning.property, compare, (meaning.value,))
        yield Cat.SAID, Description((Has(meaning.label, (same,)),), Shape.ADJECTIVE), 0.0
    elif isinstance(meaning, Property):
        yield Cat.PROPERTY, Columns(meaning.owner, (meaning.property,), meaning.kind, meaning.of_relation), 0.0
    elif isinstance(meaning, Relation):
        preposition = (reading.first, reading.last) in useful
        yield Cat.RELATION, Verb(meaning.type, meaning.forward, meaning.least, meaning.most, preposition), 0.0
    elif isinstance(meaning, Number):
        whole = float(meaning.number).is_integer()
        yield Cat.NUMBER, int(meaning.number) if whole else meaning.number, 0.0
    elif isinstance(meaning, Quoted):
        yield Cat.TEXT, Amount(Compare.EQUAL, meaning.text), 0.0
    else:
        yield (Cat.DAYS if isinstance(meaning, Days) else Cat.END), meaning, 0.0


def _noun(meaning: Label | Sort | Nodes) -> Noun:
    if isinstance(meaning, Nodes):
        return Noun(Thing(meaning.label, ids=tuple(sorted(meaning.ids))))
    if isinstance(meaning, Label):
        return Noun(Thing(meaning.label), bare=True)
    return Noun(Thing(meaning.label, filters=(Filter(meaning.property, Compare.EQUAL, (meaning.value,)),)), bare=True)


def _small(role: Role, text: str) -> Iterator[tuple[Category, Hashable, float]]:
    """Yields what a small word is: "all" and "any" are said of how many, whatever else they are."""
    first = text.split(" ", 1)[0]
    if role is not Role.FILLER:
        yield role, Small(role, text), 0.0
    elif text in _THEIR:
        yield Cat.THEIR, Small(role, text), 0.0
    elif text in _BOTH:
        yield Cat.BOTH, Small(role, text), 0.0
    elif first in _EVERY:
        yield Cat.EVERY, Small(role, text), 0.0
    else:
        yield Role.FILLER, Small(role, text), 0.0
        if first in _SOME:
            yield Cat.SOME, Small(role, text), 0.0


# --- forms --------------------------------------------------------------------------------------------------------


def _asks(category: str, value: object, catalogue: Catalogue) -> Iterator[tuple[Ask, float]]:
    """Yields the form of an item that spans the question, if it is a question."""
    if category in (Cat.ASKED, Cat.YES_NO) and isinstance(value, Asked):
        yield from _ask(value, 0.0, catalogue)
    elif category == Cat.VALUES and isinstance(value, Asked):
        yield from _ask(value, _ELLIPTIC, catalogue)
    elif category in (Cat.NOUN, Cat.COLUMN) and isinstance(value, Noun):
        kind = Kind.COUNT if value.per is not None else Kind.EXISTS if value.some else Kind.LIST
        yield from _ask(Asked(kind, value), _COUNTED if kind is Kind.COUNT else _ELLIPTIC, catalogue)


def _ask(asked: Asked, cost: float, catalogue: Catalogue) -> Iterator[tuple[Ask, float]]:
    noun, kind = asked.noun, asked.kind
    thing = noun.thing
    unsaid = noun.other and not (thing.excluded or thing.relatives)
    if noun.quantity is not None or noun.number is not None or unsaid or not _fits(asked):
        return
    if kind is Kind.LIST and thing == Thing(thing.label, ids=thing.ids) and thing.ids:
        thing = msgspec.structs.replace(thing, shown=_all_of(catalogue, thing.label))
    to = asked.to.thing if asked.to else None
    yield Ask(thing, kind, asked.of, noun.per, noun.rank, to, asked.having, asked.along), cost


def _fits(asked: Asked) -> bool:
    """Whether what was said of the things can be said in a question of this kind."""
    noun = asked.noun
    if asked.kind in (Kind.LIST, Kind.VALUES):
        return noun.per is None
    if noun.per is not None and noun.rank is not None and noun.rank.property:
        return False  # the latest of each group: a form orders groups by their figure only
    if noun.thing.shown or (noun.rank is not None and noun.per is None):
        return False
    if asked.kind in (Kind.EXISTS, Kind.PATH):
        return noun.per is None and noun.rank is None and not noun.every
    return not (asked.kind is Kind.COUNT and noun.quantity is Quantity.NONE)


def _all_of(catalogue: Catalogue, label: str) -> tuple[str, ...]:
    names = next(node.properties for node in catalogue.schema.nodes if node.label == label)
    return tuple(name for name in names if name not in ("id", "name"))


# --- refusals and what goes with a form -----------------------------------------------------------------------------


def _ambiguous(best: Ask, rival: Ask, catalogue: Catalogue) -> Ambiguous:
    choices = tuple(say(ask, "en", catalogue.schema) for ask in (best, rival))
    return Ambiguous(
        RefusalCode.AMBIGUOUS,
        "The question can be read in two ways.",
        help=f"Say which is meant: {choices[0]}; or: {choices[1]}.",
        choices=choices,
        forms=(best, rival),
    )


def _unknown(unknown: Unknown) -> Refusal:
    if unknown.ambiguous:
        text = f"{unknown.word} may be any of {', '.join(unknown.choices)}."
        return Refusal(RefusalCode.AMBIGUOUS, text, help="Name one of them in full.", choices=unknown.choices)
    help_ = f"Did you mean {' or '.join(unknown.choices)}?" if unknown.choices else ""
    text = f"There is no {unknown.word} in the plant graph."
    return Refusal(RefusalCode.UNKNOWN_ENTITY, text, help=help_, choices=unknown.choices)


def _linked(readings: Sequence[Reading], ask: Ask) -> tuple[str, ...]:
    """Returns the ids of a form in the order in which the question has them."""
    used = {key for thing in _things(ask) for key in (*thing.ids, *thing.excluded)}
    mentions = sorted((r for r in readings if isinstance(r.meaning, Nodes)), key=lambda r: (r.first, -r.last))
    said = [key for r in mentions if isinstance(r.meaning, Nodes) for key in r.meaning.ids if key in used]
    return tuple(dict.fromkeys(said))


def _things(ask: Ask) -> Iterator[Thing]:
    """Yields every thing of a form."""
    waiting = [ask.thing, *([ask.to] if ask.to else [])]
    waiting += [link.thing for link in (ask.along, ask.per and ask.per.link, ask.rank and ask.rank.link) if link]
    while waiting:
        thing = waiting.pop()
        yield thing
        waiting += [link.thing for link in thing.links] + [relative.other for relative in thing.relatives]


def _spelled(words: Sequence[Word], readings: Sequence[Reading]) -> tuple[tuple[str, str], ...]:
    """Returns the words that nothing reads but as a misspelling, with what they were taken for."""
    known = {place for r in readings if r.cost < _MISSPELT for place in range(r.first, r.last)}
    found: dict[str, str] = {}
    for r in sorted(readings, key=lambda r: (r.cost, r.first, repr(r.meaning))):
        if r.cost >= _MISSPELT and known.isdisjoint(range(r.first, r.last)):
            written = " ".join(word.written for word in words[r.first : r.last])
            found.setdefault(written, _called(r.meaning))
    return tuple(found.items())


def _called(meaning: Meaning) -> str:
    if isinstance(meaning, Nodes):
        return " or ".join(meaning.ids)
    for name in ("value", "property", "label", "type", "role"):
        if hasattr(meaning, name):
            return str(getattr(meaning, name))
    return ""
