"""Which readings of a word what stands around it leaves possible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.figure_words import WITH_FIGURES
from tools.graph.parser.light_verbs import goes_with_another
from tools.graph.parser.readings import (
    Days,
    End,
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Quoted,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
)
from tools.graph.parser.relations import DIRECTLY
from tools.graph.parser.vocabulary import parted, phrase_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_IN_QUOTES: Final = 0.15
_SHORT: Final = 2
_HAVING: Final = frozenset(("a", "ont", "avons", "avez"))
_SIZES: Final = frozenset((Role.LARGEST, Role.SMALLEST, Role.SUM, Role.MEAN, Role.AT_LEAST, Role.AT_MOST))
_NUMBERING: Final = frozenset(
    (Role.HOW_MUCH, Role.COUNT, Role.SUM, Role.MEAN, Role.LARGEST, Role.SMALLEST, Role.SORTED)
)
_TAKE: Final = frozenset(("take", "takes", "took", "taken", "taking"))
_PARTICLES: Final = frozenset(("on", "over", "off", "out", "up", "part", "place", "care", "charge"))
_PARTING: Final = frozenset(("off", "out", "over", "up", "through", "away", "around"))
_VERB_PARTICLES: Final = frozenset(("up", "down", "over", "out", "off", "on"))
_LAST: Final = frozenset(("last", "past"))
_DECADE: Final = re.compile(r"\d{2,4}s|\w+ties")
_ONWARDS: Final = frozenset(("onwards", "onward"))
_IN_FORCE: Final = frozenset(("valid", "force", "valide", "valides", "valable", "valables", "vigueur", "cours"))
_HEADS: Final = frozenset(("against", "for", "about", "on", "in", "at", "contre", "pour", "sur", "dans"))
_NAMED: Final = frozenset(("name", "names", "title", "titles"))
_BEFORE_TEXT: Final = frozenset(("with", "without", "no", "any", "having", "has", "have", "word"))
_LOOSE: Final = frozenset(("with", "avec", "by", "par", "of", "de", "from"))
_IS: Final = frozenset(("is", "are", "was", "were"))
_AUXILIARIES: Final = frozenset(("ont", "a", "sont", "est", "avec", "sans", "pas", "non", "de", "d"))
_WHO: Final = frozenset(("who", "qui", "whom"))
_STILL: Final = frozenset(("still", "encore", "toujours"))
_OF: Final = frozenset(("of", "de", "d", "du", "des"))
_AND: Final = frozenset(("and", "et"))
_POSSESSIVES: Final = frozenset(("son", "sa", "ses", "leur", "leurs", "its", "their"))
_SPENT: Final = frozenset(("spent", "spend", "spending", "booked", "take", "took", "taken", "pris", "prises", "prise"))
_WORKED: Final = _SPENT | {"passe", "passee", "passes", "passees", "consacre", "consacrees", "consacres", "prend"}
_TURNING: Final = frozenset(("running", "operating", "run", "operation", "service"))
_ENGLISH: Final = frozenset(
    ("the", "of", "which", "what", "with", "and", "that", "is", "are", "has", "have", "had", "who")
)
_FRENCH: Final = frozenset(
    ("le", "la", "les", "l", "de", "d", "du", "des", "est", "qui", "que", "quel", "quelle", "et")
)
_ARTICLES: Final = frozenset(("the", "a", "an", "le", "la", "les", "l", "un", "une", "des"))


def left_possible(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the readings that can be meant.

    - What is in quotation marks is a text, or the name or value that it spells.
    - "Minimum" asks for no least where "minimum stock" is a property.
    - A French "ne" that is read as "not" is no filler.
    - "A" is no article in "criticality A".
    - A name is not the same text as some property's value.
    - "Reported" is no date in "who reported N-1".
    - "In stock" is more than none, and the number only where one is asked for or given.
    - "Took" is no verb of its own in "took on", nor is "do" nothing in "to do".
    - "Work" is what people do, in "people work at R".
    - A preposition that opens a question has nothing before it that it could join.
    - "Directly" is no filler in "directly downstream of".
    - "Effectués" is not done in « effectués sur P-101 ».
    - "From" is no "since" in "from the last 6 months".
    - "Kind of equipment" is the equipment's kind, where it has one.
    - Where one node alone is named, what it has itself is asked of it.
    - "Tag and name" are two properties, whatever else a tag may be.
    - "Indique" is no order to tell in « que TT-02 indique ».
    - "Pieces" are no parts of their own in "two pieces of one part".
    - An English "a" is no French "a".
    - "First aiders" are people, and no property that is asked for.
    - Hours that are spent are no running hours.
    - « Son remplaçant » is who replaces it: a verb has no possessive.
    - « Le plus grave » adds nothing, as "plus" alone does; French « on » is nobody's place.
    - "Up" is no state in "turned up", nor "working" in "working off".
    - "Hours" are no running hours in "took 20 hours", where jobs have hours.
    - "Open or closed" is the status, where it is to be told which.
    - "Open" is a state, and no day, in "still open".
    - « En » is some of them in « en a-t-on utilisé », which says of what.
    """
    quotes = [reading for reading in readings if isinstance(reading.meaning, Quoted) and not reading.cost]
    for reading in readings:
        quote = next((q for q in quotes if q.first < reading.last and reading.first < q.last), None)
        if quote is not None and reading.meaning != quote.meaning:
            if isinstance(reading.meaning, Nodes | Value) and _place(reading) == _place(quote):
                yield msgspec.structs.replace(reading, cost=reading.cost + _IN_QUOTES)
        elif not any(rule(words, reading, readings) for rule in _RULES):
            yield reading


def _part_of_property(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if not (isinstance(reading.meaning, Function) and reading.meaning.role in _SIZES):
        return False
    longer = (other for other in others if isinstance(other.meaning, Property) and _place(other) != _place(reading))
    return any(other.first <= reading.first and reading.last <= other.last for other in longer)


def _negating(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if reading.meaning != Function(Role.FILLER):
        return False
    return any(other.meaning == Function(Role.NOT) and _place(other) == _place(reading) for other in others)


def _capital(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    written = words[reading.first].written
    if not (reading.first > 0 and written.isupper() and len(written) <= _SHORT and reading.last == reading.first + 1):
        return False
    return isinstance(reading.meaning, Function | Relation) and any(
        isinstance(other.meaning, Value | Nodes) and _place(other) == _place(reading) for other in others
    )


def _named_as_well(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    meaning = reading.meaning
    return isinstance(meaning, Value) and any(
        isinstance(other.meaning, Nodes) and other.meaning.label == meaning.label and _place(other) == _place(reading)
        for other in others
    )


def _has_object(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    meaning = reading.meaning
    if not (isinstance(meaning, Property) and meaning.kind is ValueKind.DAY and reading.last == reading.first + 1):
        return False
    verb = any(isinstance(other.meaning, Relation) and _place(other) == _place(reading) for other in others)
    asked = any(word.plain in _WHO for word in words[: reading.first])
    nouns = (other for other in others if isinstance(other.meaning, Nodes | Label | Sort))
    objects = reading.last < len(words) and words[reading.last].plain in _ARTICLES
    return verb and (asked or objects or any(noun.first == reading.last for noun in nouns))


def _part_of_verb(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if not (isinstance(reading.meaning, Value) and reading.cost > 0):
        return False
    return any(
        isinstance(other.meaning, Relation) and other.first == reading.first and other.last > reading.last
        for other in others
    )


def _next_only(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if reading.meaning != Function(Role.FILLER) or words[reading.first].plain not in DIRECTLY:
        return False
    return any(isinstance(other.meaning, Relation) and other.first == reading.first for other in others)


def _counted(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    meaning = reading.meaning
    numbers = any(isinstance(o.meaning, Number) or (o.last == reading.first and _is_more(o)) for o in others)
    if isinstance(meaning, Value) and meaning.above:
        return numbers and any(_is_number(other) and _overlap(other, reading) for other in others)
    some = [o for o in others if isinstance(o.meaning, Value) and o.meaning.above and _overlap(o, reading)]
    if isinstance(meaning, Function):
        within = (other for other in some if other.first <= reading.first and reading.last <= other.last)
        return any(not _counted(_, other, others) for other in within)
    roles = {other.meaning.role for other in others if isinstance(other.meaning, Function)}
    return bool(some) and _is_number(reading) and not numbers and not roles & _NUMBERING


def _is_more(reading: Reading) -> bool:
    return isinstance(reading.meaning, Function) and reading.meaning.role in (Role.MORE, Role.LESS)


def _is_number(reading: Reading) -> bool:
    return isinstance(reading.meaning, Property) and reading.meaning.kind is ValueKind.NUMBER


def _phrasal(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    last = words[reading.last - 1].plain
    behind = words[reading.last].plain if reading.last < len(words) else ""
    if isinstance(reading.meaning, Relation):
        return last in _TAKE and behind in _PARTICLES
    before = words[reading.first - 1].plain if reading.first > 0 else ""
    return reading.meaning == Function(Role.FILLER) and (before, last) == ("to", "do")


def _people_work(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if not (isinstance(reading.meaning, Label) and words[reading.first].plain == "work"):
        return False
    label = reading.meaning.label
    nouns = [o.meaning for o in others if isinstance(o.meaning, Label | Sort) and o.last == reading.first]
    return bool(nouns) and all(noun.label != label for noun in nouns)  # "corrective work" is work


def _at_the_head(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
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


def _of_the_link(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a property is rather the same-named one of a relationship that is spoken of: a quantity that was used."""
    if not (isinstance(reading.meaning, Property) and reading.cost > 0 and not reading.meaning.of_relation):
        return False
    said = {other.meaning.type for other in others if isinstance(other.meaning, Relation)}
    return any(
        isinstance(other.meaning, Property) and other.meaning.of_relation and other.meaning.owner in said
        for other in others
        if _place(other) == _place(reading) and other.cost <= reading.cost
    )


def _in_force(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether what is valid is so on a day: between two days, which is no state."""
    valid = isinstance(reading.meaning, Value) and not _IN_FORCE.isdisjoint(
        word.plain for word in words[reading.first : reading.last]
    )
    days = {other.first for other in others if isinstance(other.meaning, Days)}
    return valid and not days.isdisjoint((reading.last, reading.last + 1))


def _of_another(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a property is another label's than the one it is said to be of: "kind of equipment" is no job's."""
    if not isinstance(reading.meaning, Property) or reading.meaning.of_relation:
        return False
    at = reading.last
    if at >= len(words) or words[at].plain not in _OF:
        return False
    while at < len(words) and words[at].plain in _OF | _ARTICLES:
        at += 1
    owners = {o.meaning.label for o in others if o.first == at and isinstance(o.meaning, Label) and o.cost < 1}
    own = {o.meaning.owner for o in others if isinstance(o.meaning, Property) and _place(o) == _place(reading)}
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
        isinstance(o.meaning, Property) and o.meaning.owner in named and _place(o) == _place(reading) for o in others
    )


def _beside_property(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a synonym of a label is rather the property that it stands beside another as: "tag and name"."""
    if not (isinstance(reading.meaning, Label) and reading.cost > 0):
        return False
    properties = [other for other in others if isinstance(other.meaning, Property)]
    nouns = {other.first for other in others if isinstance(other.meaning, Label | Sort | Nodes)}
    joined = reading.last < len(words) and words[reading.last].plain in _AND
    beside = reading.last + 1
    return (
        joined
        and beside not in nouns
        and any(other.first == beside for other in properties)
        and any(_place(other) == _place(reading) for other in properties)
    )


def _said_of_node(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a verb that might be an order to tell has a node for its subject."""
    if reading.meaning != Function(Role.LIST) or reading.last != reading.first + 1 or reading.first == 0:
        return False
    apart = words[reading.first].start - words[reading.first - 1].end > 1
    return not apart and any(isinstance(o.meaning, Nodes) and o.last == reading.first for o in others)


def _pieces_of(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a label only counts the nodes of the same label that follow: "pieces of one part"."""
    if not (isinstance(reading.meaning, Label) and reading.cost > 0 and reading.last < len(words)):
        return False
    if words[reading.last].plain not in _OF:
        return False
    behind = {reading.last + 1, reading.last + 2}
    return any(other.meaning == reading.meaning and other.first in behind for other in others)


def _holders(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a flag is said in the plural, so that it names those who have it."""
    if not (isinstance(reading.meaning, Property) and reading.meaning.kind is ValueKind.FLAG):
        return False
    plural = words[reading.last - 1].plain.endswith("s") and reading.cost > 0
    return plural and any(isinstance(o.meaning, Value) and _place(o) == _place(reading) for o in others)


def _no_french(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether an English article is read as the French "a"."""
    if words[reading.first].written.lower() != "a" or reading.last != reading.first + 1:
        return False
    if not isinstance(reading.meaning, Function) or reading.meaning.role is Role.FILLER:
        return False
    plains = {word.plain for word in words}
    return not plains.isdisjoint(_ENGLISH) and plains.isdisjoint(_FRENCH)


def _turning(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether hours are those a machine has run, where work is said to have taken them."""
    meaning = reading.meaning
    if not isinstance(meaning, Property) or _WORKED.isdisjoint(word.plain for word in words):
        return False
    return not _TURNING.isdisjoint(phrase_of(parted(meaning.property)))


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


def _kind_asked(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "what kind of film" before "is" only asks which: it asks for a kind, and there may be none."""
    if reading.meaning != Function(Role.WHICH) or words[reading.last - 1].plain != "of":
        return False
    ends = {o.last for o in others if isinstance(o.meaning, Label) and o.first == reading.last}
    return any(end + 1 < len(words) and words[end].plain in _IS for end in ends)


def _second_who(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether a question has two of them: "who wrote and who directed it" is not one and the same."""
    word = words[reading.first].plain
    return word in _WHO and reading.first > 1 and words[0].plain == word and words[reading.first - 1].plain in _AND


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


def _text_of_another(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a name that a text stands in is that of something that is not spoken of."""
    if not isinstance(reading.meaning, Property) or reading.meaning.kind is not ValueKind.TEXT:
        return False
    behind = range(reading.first - 2, reading.first)
    if not any(isinstance(o.meaning, Quoted) and o.last in behind for o in others):
        return False
    spoken_of = {o.meaning.label for o in others if isinstance(o.meaning, Label | Sort | Nodes) and o.cost < 1}
    own = {o.meaning.owner for o in others if isinstance(o.meaning, Property) and _place(o) == _place(reading)}
    return bool(spoken_of & own) and reading.meaning.owner not in spoken_of


def _of_other_verb(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    return goes_with_another([word.plain for word in words], reading, others)


def _french_small(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether « plus » is read as "and" behind an article, or the French « on » as the English one."""
    if reading.last != reading.first + 1 or not isinstance(reading.meaning, Function | Relation):
        return False
    word, before = words[reading.first].plain, words[reading.first - 1].plain if reading.first > 0 else ""
    if reading.meaning == Function(Role.AND):
        return word == "plus" and (before in _ARTICLES or before == "du")
    if word != "on" or reading.meaning == Function(Role.FILLER):
        return False
    plains = {other.plain for other in words}
    return plains.isdisjoint(_ENGLISH) and not plains.isdisjoint(_FRENCH | {"qu", "t", "n"})


def _overlap(one: Reading, other: Reading) -> bool:
    return one.first < other.last and other.first < one.last


def _of_them(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
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
    return place and (behind in _AUXILIARIES or (said and behind not in _ARTICLES))


def _several_kinds(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether "different" is read as nothing behind "a", where it is another one: "into a different area"."""
    at = reading.first
    filler = reading.meaning == Function(Role.FILLER) and words[at].plain in ("different", "differente")
    return filler and at > 0 and words[at - 1].plain in ("a", "un", "une", "any")


def _nothing_of(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether "one of" is read as nothing though nothing follows: "parts that we have one of"."""
    last = reading.last == len(words) and reading.last > reading.first + 1
    return last and reading.meaning == Function(Role.FILLER) and words[-1].plain in _OF


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
            and _place(o) != _place(reading)
            for o in others
        )
    )


def _still(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a state is read as the day it began, though it still lasts: "orders still open", « encore ouverts »."""
    if not (isinstance(reading.meaning, Property) and reading.meaning.kind is ValueKind.DAY and reading.first > 0):
        return False
    lasting = words[reading.first - 1].plain in _STILL
    return lasting and any(isinstance(o.meaning, Value) and o.last == reading.last for o in others)


def _by_one(words: Sequence[Word], reading: Reading, _: Sequence[Reading]) -> bool:
    """Whether « par un » or "by a" is read as "for each": « non couverts par un capteur »."""
    each = reading.meaning == Function(Role.EACH) and words[reading.last - 1].plain in ("par", "by")
    return each and reading.last < len(words) and words[reading.last].plain in ("un", "une", "a", "an", "any")


def _place(reading: Reading) -> tuple[int, int]:
    return reading.first, reading.last


_RULES: Final = (
    *(_part_of_property, _negating, _capital, _named_as_well, _has_object, _part_of_verb, _next_only),
    *(_counted, _phrasal, _people_work, _at_the_head, _beginning, _from_the_last, _of_the_link, _in_force),
    *(_no_french, _of_another, _of_one_not_named, _beside_property, _said_of_node, _pieces_of, _holders, _particle),
    *(
        _french_small,
        _turning,
        _owned,
        _of_other_verb,
        _kind_asked,
        _in_a_name,
        _text_of_another,
        _second_who,
        _end_of_another,
    ),
    *(_of_them, *WITH_FIGURES),
    _nothing_of,
    _or_without_accent,
    _several_kinds,
    _among_choices,
    _still,
    _by_one,
)
