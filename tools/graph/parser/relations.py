"""What people say for a relationship, from its type's name and `relations.toml`.

A type is named by a verb (FEEDS, ACTED_IN, USED), by what is done to its start (DETECTED_BY, STORED_IN), by a noun
(PART_OF, GENRE) or by a preposition (ON). Its verbs are conjugated; those that mean the same come from the table.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.inflection import Forms, agents, base_of, english, french, french_agents, is_participle
from tools.graph.parser.vocabulary import Phrase, parted, people_say, phrase_of
from tools.graph.parser.voice import BARE, FRONTED, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


MOST_HOPS: Final = 8
"""How far up and down stream goes."""

_FILE: Final = Path(__file__).with_name("relations.toml")
_AUXILIARIES: Final = frozenset(("is", "are", "was", "were", "be", "been"))
_PREPOSITIONS: Final = frozenset(
    ("in", "on", "at", "to", "for", "from", "with", "of", "by", "into", "under", "over", "during", "about", "through")
)
_PLACES: Final = ("in", "on", "at", "for", "during", "within", "inside", "under")
_FRENCH_PLACES: Final = ("dans", "sur", "pour", "lors de", "pendant", "en", "chez", "au cours de")
_ANY_LINK: Final = frozenset(
    (word,) for word in ("in", "on", "at", "for", "of", "from", "de", "dans", "sur", "pour", "a", "en", "chez", "have")
)
"""Words that may mean any link, which the grammar knows."""

_VARIANTS: Final = {"de": ("de", "d", "du", "des"), "a": ("a", "au", "aux")}
_UPSTREAM: Final = ("upstream of", "upstream from", "upstream", "en amont de", "en amont", "amont de", "ahead of")
_DOWNSTREAM: Final = (
    "downstream of",
    "downstream from",
    "downstream",
    "en aval de",
    "en aval",
    "aval de",
    "dependent on",
    "depends on",
    "depend on",
    "depending on",
)
DIRECTLY: Final = ("directly", "immediately", "just", "directement", "immediatement", "juste")
"""Before "upstream of": what is next to it only."""

_BESIDE: Final = (
    "connected to",
    "connected with",
    "directly connected to",
    "linked to",
    "joined to",
    "hooked up to",
    "connecte a",
    "raccorde a",
    "relie a",
    "directement raccorde a",
    "directement relie a",
    "directement connecte a",
)
_SYNONYM: Final = 0.1
_FIRST: Final = 0.0
"""What the first of a table's verbs costs in either language: it is the type's own verb, or its translation."""

_LESS_LIKELY: Final = 0.05
_COGNATE: Final = 3
"""How many letters a French verb shares with the type's own where it is the same one: "consume", « consommer »."""


class Said(msgspec.Struct, frozen=True):
    """Words for a relationship; see `readings.Relation`.

    Attributes:
        words: The words.
        forward: Whether their subject is the start; None where they do not say.
        cost: How far they are from the type's own name.
        fixed: Whether their endings may vary: "monté sur", "montées sur".
        voice: What form of a verb they are.
        least: Fewest hops.
        most: Most hops.
    """

    words: Phrase
    forward: bool | None
    cost: float = 0.0
    fixed: bool = False
    voice: Voice = Voice.NONE
    least: int = 1
    most: int = 1


class Noun(msgspec.Struct, frozen=True):
    """A noun for the nodes at an end of a relationship: "director" at the start of DIRECTED."""

    words: Phrase
    start: bool
    cost: float = 0.0


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of `relations.toml`; its head says what the fields are."""

    en: str
    fr: str = ""
    phrases: str = ""
    converse: str = ""
    converse_fr: str = ""
    converse_phrases: str = ""
    agents: str = ""
    actions: str = ""
    flows: bool = False


class _Name(msgspec.Struct, frozen=True):
    """A type's name, understood.

    Attributes:
        verb: Its verb or noun, as the table has it, with its preposition where that belongs to it.
        entry: Its table; None where there is none.
        passive: Whether its start is what it is done to: DETECTED_BY.
        place: The preposition of a name such as STORED_IN; empty for none.
    """

    verb: Phrase
    entry: _Entry | None
    passive: bool = False
    place: str = ""


def said_of(type_name: str, *, alike: bool) -> Iterator[Said]:
    """Yields what may be said for a relationship type.

    Args:
        type_name: Its name.
        alike: Whether it may lead from a label to the same label; what could then be meant both ways is left out.
    """
    name = _understood(type_name)
    own = phrase_of(parted(type_name))
    yield Said(own, True)
    if name.place:
        yield from _placed(name)
    elif own == name.verb and own[-1] in _PREPOSITIONS:
        yield from [Said((own[0] + "s", *own[1:]), True)] if own[-1] == "of" else []
    else:
        for words, voice, cost in _conjugated(name.verb, english, 0.0, alike=alike):
            yield Said(words, _by_agent(voice) is not name.passive, cost, voice=voice)
    if name.entry is not None:
        yield from _tabled(name, name.entry, alike=alike)
        if name.entry.flows and alike:
            yield from _streams(forward=not name.passive)


def nouns_of(type_name: str) -> Iterator[Noun]:
    """Yields the nouns for the nodes at the ends of a relationship type."""
    name = _understood(type_name)
    if name.entry is not None:
        for noun in _phrases(name.entry.agents):
            yield Noun(noun, not name.passive, _SYNONYM)
    if len(name.verb) == 2 and name.verb[1] == "of":
        yield Noun(name.verb[:1], start=True)
    if len(name.verb) == 1 and name.verb[0] not in _PREPOSITIONS and not name.place:
        own = phrase_of(parted(type_name))
        if name.entry is None and own == name.verb and not own[0].endswith(("s", "ed")):
            yield Noun(own, start=False)
        for agent in agents(name.verb[0]):
            yield Noun((agent,), not name.passive, _LESS_LIKELY)
        for verb in _phrases(name.entry.fr) if name.entry is not None else ():
            cognate = len(verb) == 1 and verb[0][:_COGNATE] == name.verb[0][:_COGNATE]
            for agent in french_agents(verb[0]) if cognate else ():
                if not people_say(agent):
                    yield Noun((agent,), not name.passive, _LESS_LIKELY)


def actions_of(type_name: str) -> Iterator[tuple[str, bool]]:
    """Yields the nouns for what the verb of a relationship type does, and whether it is its start that does it."""
    name = _understood(type_name)
    for noun in _phrases(name.entry.actions) if name.entry is not None and not name.place else ():
        yield noun[0], not name.passive


def _understood(type_name: str) -> _Name:
    words = phrase_of(parted(type_name))
    while len(words) > 1 and words[0] in _AUXILIARIES:
        words = words[1:]
    base = base_of(words[0], _verbs()) if words else ""
    whole = (base, *words[1:])
    for phrase in (whole, words):
        if phrase in _entries():
            return _Name(phrase, _entries()[phrase])
    entry = _entries().get((base,))
    last = words[-1] if len(words) > 1 else ""
    if last == "by":
        return _Name((base,), entry, passive=True)
    if last in _PREPOSITIONS and is_participle(words[0]):
        return _Name((base,), entry, place=last)
    if last in _PREPOSITIONS:
        return _Name(words, entry)
    return _Name((base,), entry)


def _conjugated(
    verb: Phrase, inflect: Callable[[str], Forms], cost: float, *, alike: bool
) -> Iterator[tuple[Phrase, Voice, float]]:
    """Yields a verb's forms: the words, their voice and their cost."""
    at = int(verb[0] in {"se", "s"})
    first, forms, rest = verb[:at], inflect(verb[at]), verb[at + 1 :]
    if rest or first:
        yield from _with_preposition(first, forms, rest, cost)
    elif verb not in {("have",), ("avoir",)}:  # they may mean any link
        yield from _transitive(forms, inflect is english, cost, alike=alike)


def _with_preposition(first: Phrase, forms: Forms, rest: Phrase, cost: float) -> Iterator[tuple[Phrase, Voice, float]]:
    """Yields the forms of a verb that has a preposition or is reflexive: nothing is done to anything."""
    for form in dict.fromkeys((*forms.active, *forms.past, *forms.participles)):
        for behind in _variants(rest) if rest else ((),):
            yield (*first, form, *behind), Voice.NONE, cost
        if rest and rest[-1] in FRONTED:
            yield (*first, form, *rest[:-1]), Voice.FRONTED, max(BARE, cost + _LESS_LIKELY)


def _transitive(forms: Forms, is_english: bool, cost: float, *, alike: bool) -> Iterator[tuple[Phrase, Voice, float]]:
    by, places, past = ("by", _PLACES, Voice.PAST) if is_english else ("par", _FRENCH_PLACES, Voice.PERFECT)
    for form in forms.active:
        yield (form,), Voice.FINITE, cost
    for form in forms.past if is_english else forms.participles:
        yield (form,), past, cost
    for form in forms.participles:
        yield (form, by), Voice.PASSIVE, cost
        yield (form,), Voice.PASSIVE, cost + _LESS_LIKELY
        for place in places if not alike else ():
            for words in _variants(phrase_of(place)):
                yield (form, *words), Voice.PASSIVE, cost + _LESS_LIKELY


def _by_agent(voice: Voice) -> bool:
    return voice is not Voice.PASSIVE


def _tabled(name: _Name, entry: _Entry, *, alike: bool) -> Iterator[Said]:
    """Yields what the table has for a type."""
    active = [] if name.place else [(entry.en, english, True), (entry.fr, french, True)]
    for verbs, inflect, of_start in [*active, (entry.converse, english, False), (entry.converse_fr, french, False)]:
        for place, verb in enumerate(_phrases(verbs)):
            far = _FIRST if place == 0 and of_start else _SYNONYM
            for words, voice, cost in _conjugated(verb, inflect, far, alike=alike):
                if verb != name.verb:
                    yield Said(words, _by_agent(voice) is (of_start is not name.passive), cost, voice=voice)
    for phrases, of_start in ((entry.phrases, True), (entry.converse_phrases, False)):
        for phrase in _phrases(phrases):
            for words in _variants(phrase) if phrase not in _ANY_LINK else ():
                yield Said(words, of_start is not name.passive, _SYNONYM, fixed=True)


def _placed(name: _Name) -> Iterator[Said]:
    """Yields "stored in" and what is near to it, for STORED_IN."""
    verbs = [(name.verb, english)]
    if name.entry is not None:
        verbs += [(verb, english) for verb in _phrases(name.entry.en) if verb != name.verb]
        verbs += [(verb, french) for verb in _phrases(name.entry.fr)]
    for verb, inflect in verbs:
        far = 0.0 if verb == name.verb else _SYNONYM
        if len(verb) > 1:
            for words, voice, cost in _conjugated(verb, inflect, far, alike=True):
                if _by_agent(voice):
                    yield Said(words, True, cost, voice=voice)
            continue
        for form in inflect(verb[0]).participles:
            yield Said((form,), True, far + _LESS_LIKELY, voice=Voice.PASSIVE)
            for place in _PLACES if inflect is english else _FRENCH_PLACES:
                for words in _variants(phrase_of(place)):
                    cost = far if place == name.place else far + _LESS_LIKELY
                    yield Said((form, *words), True, cost, voice=Voice.PASSIVE)


def _streams(*, forward: bool) -> Iterator[Said]:
    for phrases, way in ((_UPSTREAM, forward), (_DOWNSTREAM, not forward)):
        for phrase in phrases:
            for words in _variants(phrase_of(phrase)):
                yield Said(words, way, _SYNONYM, fixed=True, most=MOST_HOPS)
                for directly in DIRECTLY:
                    yield Said((directly, *words), way, _SYNONYM, fixed=True)
    for phrase in _BESIDE:
        for words in _variants(phrase_of(phrase)):
            yield Said(words, None, _SYNONYM, fixed=True)


def _variants(words: Phrase) -> Iterator[Phrase]:
    """Yields a phrase with each form of the French preposition that it ends in: "en aval de", "du", "des", "d'"."""
    for last in _VARIANTS.get(words[-1], (words[-1],)):
        yield (*words[:-1], last)


def _phrases(text: str) -> Iterator[Phrase]:
    return (phrase_of(piece) for piece in text.split(",") if piece.strip())


@cache
def _entries() -> dict[Phrase, _Entry]:
    """Returns the table of each English verb: of the one that begins with it, else of the first that has it."""
    tables = msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8"))["relation"], list[_Entry])
    entries: dict[Phrase, _Entry] = {}
    for entry in tables:
        entries.setdefault(next(_phrases(entry.en)), entry)
    for entry in tables:
        for verb in _phrases(entry.en):
            entries.setdefault(verb, entry)
    return entries


@cache
def _verbs() -> frozenset[str]:
    return frozenset(verb[0] for verb in _entries())
