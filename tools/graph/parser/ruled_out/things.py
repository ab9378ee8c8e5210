"""Labels, nodes, values and verbs that are rather a part of something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Days, End, Label, Nodes, Property, Relation, Sort, Value
from tools.graph.parser.ruled_out.closed_class import AND, OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Reading, Word

_PARTING: Final = frozenset(("off", "out", "over", "up", "through", "away", "around"))
_VERB_PARTICLES: Final = frozenset(("up", "down", "over", "out", "off", "on"))
_IN_FORCE: Final = frozenset(("valid", "force", "valide", "valides", "valable", "valables", "vigueur", "cours"))
_NAMED: Final = frozenset(("name", "names", "title", "titles"))
_BEFORE_TEXT: Final = frozenset(("with", "without", "no", "any", "having", "has", "have", "word"))
_LOOSE: Final = frozenset(("with", "avec", "by", "par", "of", "de", "from"))
_POSSESSIVES: Final = frozenset(("son", "sa", "ses", "leur", "leurs", "its", "their"))


def _named_as_well(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a text is a value beside the same text as the name of a node."""
    meaning = reading.meaning
    return isinstance(meaning, Value) and any(
        isinstance(other.meaning, Nodes) and other.meaning.label == meaning.label and other.place == reading.place
        for other in others
    )


def _part_of_verb(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a synonym of a value is rather the beginning of a verb."""
    if not (isinstance(reading.meaning, Value) and reading.cost > 0):
        return False
    return any(
        isinstance(other.meaning, Relation) and other.first == reading.first and other.last > reading.last
        for other in others
    )


def _people_work(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "work" is a label, where it is what people do: "people work at R"."""
    if not (isinstance(reading.meaning, Label) and words[reading.first].plain == "work"):
        return False
    label = reading.meaning.label
    nouns = [o.meaning for o in others if isinstance(o.meaning, Label | Sort) and o.last == reading.first]
    return bool(nouns) and all(noun.label != label for noun in nouns)  # "corrective work" is work


def _in_force(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether what is valid is so on a day: between two days, which is no state."""
    valid = isinstance(reading.meaning, Value) and not _IN_FORCE.isdisjoint(
        word.plain for word in words[reading.first : reading.last]
    )
    days = {other.first for other in others if isinstance(other.meaning, Days)}
    return valid and not days.isdisjoint((reading.last, reading.last + 1))


def _beside_property(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a synonym of a label is rather the property that it stands beside another as: "tag and name"."""
    if not (isinstance(reading.meaning, Label) and reading.cost > 0):
        return False
    properties = [other for other in others if isinstance(other.meaning, Property)]
    nouns = {other.first for other in others if isinstance(other.meaning, Label | Sort | Nodes)}
    joined = reading.last < len(words) and words[reading.last].plain in AND
    beside = reading.last + 1
    return (
        joined
        and beside not in nouns
        and any(other.first == beside for other in properties)
        and any(other.place == reading.place for other in properties)
    )


def _pieces_of(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a label only counts the nodes of the same label that follow: "pieces of one part"."""
    if not (isinstance(reading.meaning, Label) and reading.cost > 0 and reading.last < len(words)):
        return False
    if words[reading.last].plain not in OF:
        return False
    behind = {reading.last + 1, reading.last + 2}
    return any(other.meaning == reading.meaning and other.first in behind for other in others)


def _owned(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether a verb stands behind a possessive, where only a noun can: « son remplaçant »."""
    verb = isinstance(reading.meaning, Relation) and reading.last == reading.first + 1
    return verb and reading.first > 0 and words[reading.first - 1].plain in _POSSESSIVES


def _particle(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a value is rather a part of a verb: the "up" of "turn up", the "working" of "working off"."""
    if not isinstance(reading.meaning, Value) or reading.last != reading.first + 1 or reading.first == 0:
        return False
    word, behind = words[reading.first].plain, words[reading.last].plain if reading.last < len(words) else ""
    if word.endswith("ing") and behind in _PARTING:
        return True
    return word in _VERB_PARTICLES and any(isinstance(o.meaning, Relation) and o.last == reading.first for o in others)


def _end_of_another(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a preposition is taken for a link that its noun is not at the end of: "films with two directors"."""
    meaning = reading.meaning
    if (
        not isinstance(meaning, Relation)
        or words[reading.first].plain not in _LOOSE
        or reading.last > reading.first + 1
    ):
        return False
    behind = range(reading.last, reading.last + 3)
    ends = [o.meaning.type for o in others if isinstance(o.meaning, End) and o.first in behind]
    return bool(ends) and meaning.type not in ends


def _in_a_name(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether things are rather a word in a name: "documents without motor in the name"."""
    if not isinstance(reading.meaning, Label | Sort | Nodes | End) or reading.first == 0:
        return False
    behind = [word.plain for word in words[reading.last : reading.last + 3]]
    named = behind[:1] == ["in"] and any(word in _NAMED for word in behind[1:])
    return named and words[reading.first - 1].plain in _BEFORE_TEXT


def _among_choices(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a value is only one of those between which a property is to be chosen: "open or closed"."""
    meaning = reading.meaning
    return (
        isinstance(meaning, Value)
        and isinstance(meaning.value, str)
        and any(
            isinstance(o.meaning, Property)
            and (o.meaning.owner, o.meaning.property) == (meaning.label, meaning.property)
            and o.first <= reading.first
            and reading.last <= o.last
            and o.place != reading.place
            for o in others
        )
    )


RULES: Final = (
    _named_as_well,
    _part_of_verb,
    _people_work,
    _in_force,
    _beside_property,
    _pieces_of,
    _owned,
    _particle,
    _end_of_another,
    _in_a_name,
    _among_choices,
)
"""Each tells whether a reading is ruled out: by the words, itself, and all readings."""
