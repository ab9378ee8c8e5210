"""Function words that are rather something else, and relations that are rather function words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Days, Function, Label, Nodes, Property, Relation, Role, Value
from tools.graph.parser.relations import DIRECTLY
from tools.graph.parser.ruled_out.closed_class import AND, ARTICLES, OF, WHO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Reading, Word

_SHORT: Final = 2
_HAVING: Final = frozenset(("a", "ont", "avons", "avez"))
_SIZES: Final = frozenset((Role.LARGEST, Role.SMALLEST, Role.SUM, Role.MEAN, Role.AT_LEAST, Role.AT_MOST))
_TAKE: Final = frozenset(("take", "takes", "took", "taken", "taking"))
_PARTICLES: Final = frozenset(("on", "over", "off", "out", "up", "part", "place", "care", "charge"))
_LAST: Final = frozenset(("last", "past"))
_DECADE: Final = re.compile(r"\d{2,4}s|\w+ties")
_ONWARDS: Final = frozenset(("onwards", "onward"))
_HEADS: Final = frozenset(("against", "for", "about", "on", "in", "at", "contre", "pour", "sur", "dans"))
_IS: Final = frozenset(("is", "are", "was", "were"))
_AUXILIARIES: Final = frozenset(("ont", "a", "sont", "est", "avec", "sans", "pas", "non", "de", "d"))
_ENGLISH: Final = frozenset(
    ("the", "of", "which", "what", "with", "and", "that", "is", "are", "has", "have", "had", "who")
)
_FRENCH: Final = frozenset(
    ("le", "la", "les", "l", "de", "d", "du", "des", "est", "qui", "que", "quel", "quelle", "et")
)


def _part_of_property(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a size is rather a part of a property: "minimum" asks for no least in "minimum stock"."""
    if not (isinstance(reading.meaning, Function) and reading.meaning.role in _SIZES):
        return False
    longer = (other for other in others if isinstance(other.meaning, Property) and other.place != reading.place)
    return any(other.first <= reading.first and reading.last <= other.last for other in longer)


def _negating(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a French "ne" that is read as "not" is read as nothing."""
    if reading.meaning != Function(Role.FILLER):
        return False
    return any(other.meaning == Function(Role.NOT) and other.place == reading.place for other in others)


def _capital(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a capital is read as a small word, where it spells a value: the "A" of "criticality A"."""
    written = words[reading.first].written
    if not (reading.first > 0 and written.isupper() and len(written) <= _SHORT and reading.last == reading.first + 1):
        return False
    return isinstance(reading.meaning, Function | Relation) and any(
        isinstance(other.meaning, Value | Nodes) and other.place == reading.place for other in others
    )


def _next_only(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "directly" is read as nothing in "directly downstream of"."""
    if reading.meaning != Function(Role.FILLER) or words[reading.first].plain not in DIRECTLY:
        return False
    return any(isinstance(other.meaning, Relation) and other.first == reading.first for other in others)


def _phrasal(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether "took" is a verb of its own in "took on", or "do" nothing in "to do"."""
    last = words[reading.last - 1].plain
    behind = words[reading.last].plain if reading.last < len(words) else ""
    if isinstance(reading.meaning, Relation):
        return last in _TAKE and behind in _PARTICLES
    before = words[reading.first - 1].plain if reading.first > 0 else ""
    return reading.meaning == Function(Role.FILLER) and (before, last) == ("to", "do")


def _at_the_head(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether a preposition that opens a question is to join what stands before it."""
    alone = reading.first == 0 and reading.last == 1
    return alone and isinstance(reading.meaning, Relation) and words[0].plain in _HEADS


def _beginning(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether "from" is read as another word than "since", before "onwards"."""
    onwards = any(word.plain in _ONWARDS for word in words[reading.last : reading.last + 5])
    return onwards and words[reading.first].plain == "from" and reading.meaning != Function(Role.SINCE)


def _from_the_last(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "from" is read as "since" before a span that it is rather of: "the last 6 months", "the 90s"."""
    if reading.meaning != Function(Role.SINCE) or words[reading.first].plain != "from":
        return False
    behind = [o for o in others if isinstance(o.meaning, Days) and o.first in (reading.last, reading.last + 1)]
    return any(words[o.first].plain in _LAST or _DECADE.fullmatch(words[o.first].plain) for o in behind)


def _said_of_node(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a verb that might be an order to tell has a node for its subject."""
    if reading.meaning != Function(Role.LIST) or reading.last != reading.first + 1 or reading.first == 0:
        return False
    apart = words[reading.first].start - words[reading.first - 1].end > 1
    return not apart and any(isinstance(o.meaning, Nodes) and o.last == reading.first for o in others)


def _no_french(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether an English article is read as the French "a"."""
    if words[reading.first].written.lower() != "a" or reading.last != reading.first + 1:
        return False
    if not isinstance(reading.meaning, Function) or reading.meaning.role is Role.FILLER:
        return False
    plains = {word.plain for word in words}
    return not plains.isdisjoint(_ENGLISH) and plains.isdisjoint(_FRENCH)


def _french_small(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether « plus » is read as "and" behind an article, or the French « on » as the English one."""
    if reading.last != reading.first + 1 or not isinstance(reading.meaning, Function | Relation):
        return False
    word, before = words[reading.first].plain, words[reading.first - 1].plain if reading.first > 0 else ""
    if reading.meaning == Function(Role.AND):
        return word == "plus" and (before in ARTICLES or before == "du")
    if word != "on" or reading.meaning == Function(Role.FILLER):
        return False
    plains = {other.plain for other in words}
    return plains.isdisjoint(_ENGLISH) and not plains.isdisjoint(_FRENCH | {"qu", "t", "n"})


def _kind_asked(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "what kind of film" before "is" only asks which: it asks for a kind, and there may be none."""
    if reading.meaning != Function(Role.WHICH) or words[reading.last - 1].plain != "of":
        return False
    ends = {o.last for o in others if isinstance(o.meaning, Label) and o.first == reading.last}
    return any(end + 1 < len(words) and words[end].plain in _IS for end in ends)


def _second_who(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether a question has two of them: "who wrote and who directed it" is not one and the same."""
    word = words[reading.first].plain
    return word in WHO and reading.first > 1 and words[0].plain == word and words[reading.first - 1].plain in AND


def _of_them(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether « en » is read as nothing in « en a-t-on utilisé », which says of what."""
    filler = reading.meaning == Function(Role.FILLER) and words[reading.first].plain == "en"
    having = reading.last < len(words) and words[reading.last].plain in _HAVING
    counted = any(word.plain in ("combien", "y") for word in words[: reading.first])
    return filler and having and not counted


def _or_without_accent(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether « ou » is read as « où » though no subject follows it: « pas agréés ou ont une note », « ou notés »."""
    if reading.first == 0 or reading.last != reading.first + 1 or words[reading.first].written.lower() != "ou":
        return False
    place = isinstance(reading.meaning, Function) and reading.meaning.role in (Role.THAT, Role.WHERE)
    behind = words[reading.last].plain if reading.last < len(words) else ""
    said = any(isinstance(o.meaning, Value | Property | Relation) and o.first == reading.last for o in others)
    return place and (behind in _AUXILIARIES or (said and behind not in ARTICLES))


def _several_kinds(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether "different" is read as nothing behind "a", where it is another one: "into a different area"."""
    at = reading.first
    filler = reading.meaning == Function(Role.FILLER) and words[at].plain in ("different", "differente")
    return filler and at > 0 and words[at - 1].plain in ("a", "un", "une", "any")


def _nothing_of(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether "one of" is read as nothing though nothing follows: "parts that we have one of"."""
    last = reading.last == len(words) and reading.last > reading.first + 1
    return last and reading.meaning == Function(Role.FILLER) and words[-1].plain in OF


def _by_one(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether « par un » or "by a" is read as "for each": « non couverts par un capteur »."""
    each = reading.meaning == Function(Role.EACH) and words[reading.last - 1].plain in ("par", "by")
    return each and reading.last < len(words) and words[reading.last].plain in ("un", "une", "a", "an", "any")


RULES: Final = (
    _part_of_property,
    _negating,
    _capital,
    _next_only,
    _phrasal,
    _at_the_head,
    _beginning,
    _from_the_last,
    _said_of_node,
    _no_french,
    _french_small,
    _kind_asked,
    _second_who,
    _of_them,
    _or_without_accent,
    _several_kinds,
    _nothing_of,
    _by_one,
)
"""Each tells whether a reading is ruled out: by the words, itself, and all readings."""
