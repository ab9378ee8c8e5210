"""Words that spoken English adds: "order numbers" for orders, "what's he got", "with seal in the title"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.readings import (
    Function,
    Label,
    Property,
    Quoted,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
)
from tools.graph.parser.voice import GETTING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_ADDED: Final = 0.15
_TOLD: Final = 0.3
_NUMBERS: Final = frozenset(("number", "numbers", "no", "nos", "id", "ids", "tag", "tags", "numero", "numeros"))
_GOT: Final = 7
"""How far behind its 's a "got" may stand."""

_BUYERS: Final = frozenset(("we", "i", "you"))
_BUYING: Final = frozenset(("buy", "get", "order", "source", "purchase", "procure"))
_GIVING: Final = frozenset(("give", "gives", "gave", "given", "giving"))

_IS: Final = frozenset(("is", "are", "was", "were", "s"))
_DONE: Final = ("ed", "en", "t", "ne", "ught", "lt", "ld")
_ONE: Final = frozenset(("a", "an", "the"))

_IN: Final = frozenset(("in", "dans", "within"))
_ITS: Final = frozenset(("the", "their", "its", "his", "her", "le", "la", "les", "leur", "leurs", "son", "sa"))
_HAVING: Final = frozenset(("with", "having", "has", "have", "containing", "contain", "contains", "say", "says", "got"))
_HAVING_FRENCH: Final = frozenset(("avec", "ayant", "a", "ont", "contenant", "contient", "contiennent"))
_OPENING: Final = _HAVING | _HAVING_FRENCH | {"word", "words", "mot", "mots", "mentioning", "mention", "mentions"}
_WRITTEN: Final = frozenset(("title", "titles", "name", "names", "description", "descriptions", "text", "effect"))
_WRITTEN_FRENCH: Final = frozenset(("titre", "titres", "nom", "noms", "intitule", "libelle", "description", "effet"))
_JOINING: Final = frozenset(("and", "or", "et", "ou", "not", "pas", "no", "any", "some", "only", "aucun"))
_LONGEST: Final = 3


def spoken(words: Sequence[Word], readings: Sequence[Reading], bought: Sequence[Relation]) -> Iterator[Reading]:
    """Yields what such words are.

    Args:
        words: The words.
        readings: What they may mean.
        bought: What "bought from" means in the graph.
    """
    plains = [word.plain for word in words]
    yield from _numbers(plains, readings)
    yield from _has_got(plains)
    yield from _texts(words, plains, readings)
    yield from _bought_from(plains, bought)
    yield from _given(plains, readings)
    yield from _kinds(plains, readings)
    yield from _one(plains, readings)


def _numbers(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the numbers of things, by which they are told, as the things: unless a property is called so."""
    longer = {(r.first, r.last) for r in readings if not isinstance(r.meaning, Function)}
    for reading in readings:
        at = reading.last
        counted = isinstance(reading.meaning, Label | Sort) and at < len(plains) and plains[at] in _NUMBERS
        if counted and not any(first <= reading.first and last > at for first, last in longer):
            yield Reading(at, at + 1, Function(Role.FILLER), _ADDED)


def _has_got(plains: Sequence[str]) -> Iterator[Reading]:
    """Yields the 's before "got" as nothing: it is "has"."""
    for first, word in enumerate(plains):
        if word == "s" and first > 0 and "got" in plains[first + 1 : first + _GOT]:
            yield Reading(first, first + 1, Function(Role.HAVE), _ADDED)


def _bought_from(plains: Sequence[str], bought: Sequence[Relation]) -> Iterator[Reading]:
    """Yields "get ... from" as what "gets from" is, said by us: "who do we buy talc from" is who sells talc."""
    if "from" not in plains or not _BUYERS.intersection(plains):
        return
    at = plains.index("from")
    for first, word in enumerate(plains):
        if word in _BUYING and first > 0 and plains[first - 1] in _BUYERS:
            if first < at < len(plains) - 1:
                yield Reading(first, first + 1, Function(Role.FILLER), _ADDED)
                yield from (Reading(at, at + 1, relation, _ADDED) for relation in bought)
                continue
            yield Reading(at, at + 1, Function(Role.FILLER), _ADDED)
            for relation in bought:
                yield Reading(first, first + 1, msgspec.structs.replace(relation, forward=not relation.forward), _ADDED)


def _kinds(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "what sort of machine" before "is" as the kind that is asked for, where machines have one."""
    labels = [r for r in readings if isinstance(r.meaning, Label)]
    for reading in readings:
        asked = isinstance(reading.meaning, Function) and reading.meaning.role is Role.WHICH
        if not asked or plains[reading.last - 1] != "of":
            continue
        for noun in labels:
            behind = plains[noun.last] if noun.last < len(plains) else ""
            if noun.first == reading.last and behind in _IS:
                kinds = [r.meaning for r in readings if r.first == reading.first + 1 and r.last == reading.last - 1]
                for kind in kinds:
                    if isinstance(kind, Property) and kind.owner == noun.meaning.label:  # type: ignore[union-attr]
                        yield Reading(reading.first, noun.last, kind, 0.0)


def got_done(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "get" before what is done to something as "be": "when did it get closed".

    Args:
        words: The words.
        readings: What they may mean, those of `spoken` among them.
    """
    plains = [word.plain for word in words]
    done = {
        r.first
        for r in readings
        if isinstance(r.meaning, Property | Value | Relation) and plains[r.first].endswith(_DONE)
    }
    yield from (
        Reading(first, first + 1, Function(Role.BE), _ADDED)
        for first, word in enumerate(plains)
        if word in GETTING and first + 1 in done
    )


def _one(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the "one" of "a critical one" as nothing."""
    said = {r.last for r in readings if isinstance(r.meaning, Value)}
    yield from (
        Reading(first, first + 1, Function(Role.FILLER), _ADDED)
        for first, word in enumerate(plains)
        if word == "one" and first in said and _ONE.intersection(plains[:first])
    )


def _given(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "gave" as the relationship whose figure is given: "gave Marrow five stars" is rated it so."""
    for first, word in enumerate(plains):
        if word in _GIVING:
            for reading in readings:
                meaning = reading.meaning
                if isinstance(meaning, Property) and meaning.of_relation and reading.first > first + 1:
                    yield Reading(first, first + 1, Relation(meaning.owner, forward=True), _ADDED)


def _texts(words: Sequence[Word], plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what stands "in the title" as a text, whatever else it may mean."""
    written = {r.first for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.TEXT}
    quoted = {place for r in readings if isinstance(r.meaning, Quoted) for place in range(r.first, r.last)}
    for at, word in enumerate(plains):
        behind = at + 2 if at + 1 < len(plains) and plains[at + 1] in _ITS else at + 1
        if word not in _IN or behind not in written or plains[behind] not in _WRITTEN | _WRITTEN_FRENCH:
            continue
        first = next((n + 1 for n in range(at - 2, max(-1, at - 2 - _LONGEST), -1) if plains[n] in _OPENING), at)
        if first < at and quoted.isdisjoint(range(first, at)) and _JOINING.isdisjoint(plains[first:at]):
            yield Reading(first, at, Quoted(" ".join(word.written for word in words[first:at])), _TOLD)
