"""Which readings of a question's words are left: none that is doubtful, or that another reading rules out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.grammar.numbers import COMPARES
from tools.graph.parser.readings import Function, Label, Nodes, Number, Property, Quoted, Relation, Role, Sort, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Reading, Word

SOME: Final = frozenset({"any", "a", "an", "un", "une"})
MISSPELT: Final = 1.0
_LONG: Final = 6
_DIFFERENT: Final = frozenset({"different", "differente", "distinct", "distincte"})
_ADJECTIVES: Final = frozenset({"spare"})
"""Nouns that say of a noun behind them how its things are: a spare pump is no pump that has spares."""

_TOWARDS: Final = frozenset({"to", "à", "au", "aux"})
_ASKED_WHEN: Final = frozenset({"quel", "quelle", "quels", "quelles", "date", "jour", "moment"})
_MEASURED: Final = """
gram grams gramme grammes kilo kilos litre litres liter liters metre metres meter meters gallon gallons degree degrees
degre degres volt volts watt watts percent euro euros dollar dollars barrel barrels second seconds
"""
_MEASURES: Final = frozenset(_MEASURED.split())
"""Words for what is measured, which are no slips of other words."""

_HALF_NEGATION: Final = frozenset({"ne", "n"})


def fit(words: Sequence[Word], readings: Sequence[Reading]) -> list[Reading]:
    """Returns the readings without doubtful ones: misspellings that may be none, articles as numbers, quoted words."""
    quoted = [r for r in readings if isinstance(r.meaning, Quoted)]
    named = [r for r in readings if isinstance(r.meaning, Nodes) and not r.cost]
    asking = {(r.first, r.last) for r in readings if isinstance(r.meaning, Function) and r.meaning.role is Role.WHETHER}
    compared = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role in COMPARES}
    letters = {r.first for r in readings if isinstance(r.meaning, Value) and words[r.first].written == r.meaning.value}
    letters -= {0}
    nouns = {r.first for r in readings if isinstance(r.meaning, Label | Sort)}
    properties = {r.first for r in readings if isinstance(r.meaning, Property)}
    values = {r.last for r in readings if isinstance(r.meaning, Value)}
    return [
        r
        for r in readings
        if not _is_doubtful(words, r)
        and not (isinstance(r.meaning, Number) and words[r.first].plain in SOME and r.first not in compared)
        and not any(_is_within(r, other) for other in quoted)
        and not any(_is_part_of_name(r, other) for other in named)
        and not _is_other_letter(words, r, letters)
        and not (is_filler(r) and (r.first, r.last) in asking)
        and not _says_other(words, r)
        and not _is_no_clause(words, r, values)
        and not _goes_the_other_way(words, r)
        and not (r.last in nouns and _text(words, r) in _ADJECTIVES)
        and not (r.last in properties and _text(words, r) == "out of")
    ]


def _says_other(words: Sequence[Word], reading: Reading) -> bool:
    """Whether "different" is taken to add nothing where it says of one thing that it is another: "a different area"."""
    said = words[reading.first].plain in _DIFFERENT and words[reading.first - 1].plain in SOME
    return reading.first > 0 and said and is_filler(reading)


def _is_no_clause(words: Sequence[Word], reading: Reading, values: set[int]) -> bool:
    """Whether "ou" opens no clause: "or" where the question has accents elsewhere, or stands behind a value."""
    word = words[reading.first]
    if word.plain != "ou" or reading.meaning != Function(Role.THAT) or word.written.lower() != "ou":
        return False
    return reading.first in values or any(not other.written.isascii() for other in words)


def _is_part_of_name(reading: Reading, name: Reading) -> bool:
    """Whether a name stands inside a longer one of another thing: "couch roll PM2" of "couch roll PM2 motor"."""
    within = name.first <= reading.first and reading.last <= name.last and _length(reading) < _length(name)
    return isinstance(reading.meaning, Nodes) and within and reading.meaning != name.meaning


def _length(reading: Reading) -> int:
    return reading.last - reading.first


def _goes_the_other_way(words: Sequence[Word], reading: Reading) -> bool:
    """Whether "to" stands behind what is done by somebody: a permit issued to E1001 was not issued by them."""
    if not (isinstance(reading.meaning, Relation) and reading.meaning.type.endswith("_BY")):
        return False
    behind = words[reading.last : reading.last + 2]
    asks_when = len(behind) > 1 and behind[1].plain in _ASKED_WHEN  # « signalé à quelle date »
    return bool(behind) and behind[0].written.lower() in _TOWARDS and not asks_when


def _text(words: Sequence[Word], reading: Reading) -> str:
    return " ".join(word.plain for word in words[reading.first : reading.last])


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


def lacks_negation(words: Sequence[Word], readings: Sequence[Reading]) -> bool:
    """Whether there is half a French negation: "ne ... personne" is not understood, and is no "personne"."""
    half = any(word.plain in _HALF_NEGATION for word in words)
    return half and not any(
        isinstance(r.meaning, Function) and r.meaning.role in (Role.NOT, Role.NO, Role.NOR) for r in readings
    )


def _is_doubtful(words: Sequence[Word], reading: Reading) -> bool:
    """Whether a misspelling is one only perhaps: of a short word, or of one that says what is asked."""
    if reading.cost < MISSPELT:
        return False
    if any(word.plain in _MEASURES for word in words[reading.first : reading.last]):
        return True
    short = all(len(word.plain) < _LONG for word in words[reading.first : reading.last])
    commands = isinstance(reading.meaning, Function) and reading.meaning.role is Role.LIST
    if commands and (reading.first > 1 or reading.last == len(words)):
        return True  # "units using starch" asks for no search
    said = isinstance(reading.meaning, Function) and reading.meaning.role not in (Role.WHICH, Role.LIST)
    return said or (short and not isinstance(reading.meaning, Function))


def is_filler(reading: Reading) -> bool:
    """Whether a reading is of a word that adds nothing."""
    return isinstance(reading.meaning, Function) and reading.meaning.role is Role.FILLER
