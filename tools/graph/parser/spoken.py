"""Words that spoken English adds: "order numbers" for orders, "what's he got", "with seal in the title"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.readings import Function, Label, Property, Quoted, Reading, Relation, Role, Sort, ValueKind

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

_IN: Final = frozenset(("in", "dans", "within"))
_ITS: Final = frozenset(("the", "their", "its", "his", "her", "le", "la", "les", "leur", "leurs", "son", "sa"))
_HAVING: Final = frozenset(("with", "having", "has", "have", "containing", "contain", "contains", "say", "says", "got"))
_HAVING_FRENCH: Final = frozenset(("avec", "ayant", "a", "ont", "contenant", "contient", "contiennent"))
_OPENING: Final = _HAVING | _HAVING_FRENCH | {"word", "words", "mot", "mots", "mentioning", "mention", "mentions"}
_WRITTEN: Final = frozenset(("title", "titles", "name", "names", "description", "descriptions", "text", "effect"))
_WRITTEN_FRENCH: Final = frozenset(("titre", "titres", "nom", "noms", "intitule", "libelle", "description", "effet"))
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
    if plains[-1:] != ["from"] or not _BUYERS.intersection(plains):
        return
    for first, word in enumerate(plains):
        if word in _BUYING and first > 0 and plains[first - 1] in _BUYERS:
            yield Reading(len(plains) - 1, len(plains), Function(Role.FILLER), _ADDED)
            for relation in bought:
                yield Reading(first, first + 1, msgspec.structs.replace(relation, forward=not relation.forward), _ADDED)


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
        if first < at and quoted.isdisjoint(range(first, at)):
            yield Reading(first, at, Quoted(" ".join(word.written for word in words[first:at])), _TOLD)
