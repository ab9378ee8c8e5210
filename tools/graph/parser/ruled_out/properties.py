"""Properties that are rather those of something else, or no properties at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.added.light_verbs import goes_with_another
from tools.graph.parser.readings import (
    End,
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
    ValueKind,
)
from tools.graph.parser.ruled_out.closed_class import ARTICLES, OF, WHO
from tools.graph.parser.vocabulary import name_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Reading, Word

_NUMBERING: Final = frozenset(
    (Role.HOW_MUCH, Role.COUNT, Role.SUM, Role.MEAN, Role.LARGEST, Role.SMALLEST, Role.SORTED)
)
_STILL: Final = frozenset(("still", "encore", "toujours"))
_SPENT: Final = frozenset(("spent", "spend", "spending", "booked", "take", "took", "taken", "pris", "prises", "prise"))
_WORKED: Final = _SPENT | {"passe", "passee", "passes", "passees", "consacre", "consacrees", "consacres", "prend"}
_TURNING: Final = frozenset(("running", "operating", "run", "operation", "service"))


def _has_object(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a verb with somebody for its subject, or an object, is read as a day: "who reported N-1"."""
    meaning = reading.meaning
    if not (isinstance(meaning, Property) and meaning.kind is ValueKind.DAY and reading.last == reading.first + 1):
        return False
    verb = any(isinstance(other.meaning, Relation) and other.place == reading.place for other in others)
    asked = any(word.plain in WHO for word in words[: reading.first])
    nouns = (other for other in others if isinstance(other.meaning, Nodes | Label | Sort))
    objects = reading.last < len(words) and words[reading.last].plain in ARTICLES
    return verb and (asked or objects or any(noun.first == reading.last for noun in nouns))


def _counted(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "in stock" is more than none beside a number, or the number where none is asked for or given."""
    meaning = reading.meaning
    numbers = any(isinstance(o.meaning, Number) or (o.last == reading.first and _is_more(o)) for o in others)
    if isinstance(meaning, Value) and meaning.above:
        return numbers and any(_is_number(other) and other.overlaps(reading) for other in others)
    some = [o for o in others if isinstance(o.meaning, Value) and o.meaning.above and o.overlaps(reading)]
    if isinstance(meaning, Function):
        within = (other for other in some if other.first <= reading.first and reading.last <= other.last)
        return any(not _counted(_, other, others) for other in within)
    roles = {other.meaning.role for other in others if isinstance(other.meaning, Function)}
    return bool(some) and _is_number(reading) and not numbers and not roles & _NUMBERING


def _is_more(reading: Reading) -> bool:
    return isinstance(reading.meaning, Function) and reading.meaning.role in (Role.MORE, Role.LESS)


def _is_number(reading: Reading) -> bool:
    return isinstance(reading.meaning, Property) and reading.meaning.kind is ValueKind.NUMBER


def _of_the_link(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a property is rather the same-named one of a relationship that is spoken of: a quantity that was used."""
    if not (isinstance(reading.meaning, Property) and reading.cost > 0 and not reading.meaning.of_relation):
        return False
    said = {other.meaning.type for other in others if isinstance(other.meaning, Relation)}
    return any(
        isinstance(other.meaning, Property) and other.meaning.of_relation and other.meaning.owner in said
        for other in others
        if other.place == reading.place and other.cost <= reading.cost
    )


def _of_another(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a property is another label's than the one it is said to be of: "kind of equipment" is no job's."""
    if not isinstance(reading.meaning, Property) or reading.meaning.of_relation:
        return False
    at = reading.last
    if at >= len(words) or words[at].plain not in OF:
        return False
    while at < len(words) and words[at].plain in OF | ARTICLES:
        at += 1
    owners = {o.meaning.label for o in others if o.first == at and isinstance(o.meaning, Label) and o.cost < 1}
    own = {o.meaning.owner for o in others if isinstance(o.meaning, Property) and o.place == reading.place}
    return bool(owners & own) and reading.meaning.owner not in owners


def _of_one_not_named(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a property may be the one named node's, so that it is no other label's: "PTW-1: kind and expiry"."""
    if not isinstance(reading.meaning, Property) or reading.meaning.of_relation:
        return False
    named = {o.meaning.label for o in others if isinstance(o.meaning, Nodes) and o.cost < 1}
    nouns = {o.meaning.label for o in others if isinstance(o.meaning, Label | Sort)}
    related = any(isinstance(other.meaning, Relation | End) for other in others)
    if related or len(named) != 1 or nouns - named or reading.meaning.owner in named:
        return False
    return any(
        isinstance(o.meaning, Property) and o.meaning.owner in named and o.place == reading.place for o in others
    )


def _holders(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a flag is said in the plural, so that it names those who have it."""
    if not (isinstance(reading.meaning, Property) and reading.meaning.kind is ValueKind.FLAG):
        return False
    plural = words[reading.last - 1].plain.endswith("s") and reading.cost > 0
    return plural and any(isinstance(o.meaning, Value) and o.place == reading.place for o in others)


def _turning(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether hours are those a machine has run, where work is said to have taken them."""
    meaning = reading.meaning
    if not isinstance(meaning, Property) or _WORKED.isdisjoint(word.plain for word in words):
        return False
    return not _TURNING.isdisjoint(name_words(meaning.property))


def _of_other_verb(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether hours are those of running in "took 20 hours", where jobs have hours."""
    return goes_with_another([word.plain for word in words], reading, others)


def _text_of_another(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a name that a text stands in is that of something that is not spoken of."""
    if not isinstance(reading.meaning, Property) or reading.meaning.kind is not ValueKind.TEXT:
        return False
    behind = range(reading.first - 2, reading.first)
    if not any(isinstance(o.meaning, Quoted) and o.last in behind for o in others):
        return False
    spoken_of = {o.meaning.label for o in others if isinstance(o.meaning, Label | Sort | Nodes) and o.cost < 1}
    own = {o.meaning.owner for o in others if isinstance(o.meaning, Property) and o.place == reading.place}
    return bool(spoken_of & own) and reading.meaning.owner not in spoken_of


def _still(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a state is read as the day it began, though it still lasts: "orders still open", « encore ouverts »."""
    if not (isinstance(reading.meaning, Property) and reading.meaning.kind is ValueKind.DAY and reading.first > 0):
        return False
    lasting = words[reading.first - 1].plain in _STILL
    return lasting and any(isinstance(o.meaning, Value) and o.last == reading.last for o in others)


RULES: Final = (
    _has_object,
    _counted,
    _of_the_link,
    _of_another,
    _of_one_not_named,
    _holders,
    _turning,
    _of_other_verb,
    _text_of_another,
    _still,
)
"""Each tells whether a reading is ruled out: by the words, itself, and all readings."""
