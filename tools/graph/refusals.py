"""Outcomes of the graph tool that are no answer: each says why, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from plant.facts import Refusal, RefusalCode
from tools.graph.emptiness import Empty, Nothing
from tools.graph.outcome import Outcome
from tools.graph.parser.form import Compare
from tools.graph.parser.speech import say

if TYPE_CHECKING:
    from plant.graph.contract import GraphSchema
    from tools.graph.entities import Linked, Unknown
    from tools.graph.parser.form import Ask, Thing
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.parse import Ambiguous

_HELP: Final = "Ask for an asset's sensors, parts, manuals, failures or work orders, what feeds it, what is downstream."
_NOT_KNOWN: Final = "The question is not one that the plant graph is known to answer."
_NOT_SURE: Final = "It is not sure that the question was understood."
_NOTHING_NEAR: Final = "Nothing there is called nearly so."
_MOST_WORDS: Final = 5

NOTHING_ASKED: Final = Outcome(None, refusal=Refusal(RefusalCode.NOT_UNDERSTOOD, "Nothing was asked.", help=_HELP))

EMPTY_GRAPH: Final = Outcome(
    None,
    refusal=Refusal(RefusalCode.NOT_FOUND, "The plant graph is empty.", help="Load one: millhand graph load DIR."),
)

NEVER_ACTS: Final = Outcome(
    None,
    refusal=Refusal(
        RefusalCode.OUT_OF_SCOPE, "millhand answers questions about this plant, and never acts on it.", help=_HELP
    ),
)
"""What is said to a command."""


def said(ask: Ask, schema: GraphSchema) -> dict[str, str]:
    """Returns what a form means as a noun phrase, by language."""
    return {language: say(ask, language, schema) for language in ("en", "fr")}


def ids_of(linked: Linked) -> tuple[str, ...]:
    """Returns the ids of the nodes that a question names."""
    return tuple(entity.key for entity in linked.entities)


def asked_back(parsed: Ambiguous, schema: GraphSchema) -> Outcome:
    """Offers the readings of a question; `GraphInput.reading` picks one."""
    refusal = Refusal(parsed.code, parsed.text, parsed.help, parsed.choices)
    return Outcome(None, refusal=refusal, readings=tuple(said(form, schema) for form in parsed.forms))


def asked_whether(ask: Ask, schema: GraphSchema) -> Outcome:
    """Asks whether a form is meant that is not near enough to the words; reading 1 of `GraphInput` says so."""
    meant = said(ask, schema)
    refusal = Refusal(RefusalCode.AMBIGUOUS, _NOT_SURE, f"Is this meant: {meant['en']}?", (meant["en"],))
    return Outcome(None, refusal=refusal, readings=(meant,))


def not_so(thing: Thing) -> Refusal:
    """Refuses what is asked of nodes that are not what the question calls them: "tank P-101"."""
    plain = all(one.compare is Compare.EQUAL and one.values and not one.negated for one in thing.filters)
    words = [" or ".join(map(str, one.values)) for one in thing.filters] if plain else ["such"]
    text = f"There is no {' '.join(words)} {' or '.join(thing.ids)} in the plant graph."
    return Refusal(RefusalCode.UNKNOWN_ENTITY, text, f"There is {' and '.join(thing.ids)}.", thing.ids)


def not_understood(linked: Linked, read: Read) -> Outcome:
    """Refuses a question that no way understood, with what may be the reason."""
    if not linked.unknown:
        unread = ", ".join(f'"{word}"' for word in read.unread[:_MOST_WORDS])
        text = f"The plant graph has no word for {unread}." if unread else _NOT_KNOWN
        return cannot(Refusal(RefusalCode.NOT_UNDERSTOOD, text, help=_HELP), ids_of(linked))
    first: Unknown = linked.unknown[0]
    if first.ambiguous:
        text = f"{first.word} may be any of {', '.join(first.choices)}."
        return cannot(Refusal(RefusalCode.AMBIGUOUS, text, "Name one of them in full.", first.choices), ids_of(linked))
    text = f"There is no {first.word} in the plant graph."
    help_ = f"Did you mean {' or '.join(first.choices)}?" if first.choices else ""
    return cannot(Refusal(RefusalCode.UNKNOWN_ENTITY, text, help_, first.choices), ids_of(linked))


def cannot(refusal: Refusal, linked: tuple[str, ...] = ()) -> Outcome:
    """Refuses; a node that is not there is an empty result of one of the four kinds."""
    nothing = None
    if refusal.code in {RefusalCode.NOT_FOUND, RefusalCode.UNKNOWN_ENTITY}:
        refusal = refusal if refusal.help else msgspec.structs.replace(refusal, help=_NOTHING_NEAR)
        kind = Empty.SPELLED_OTHERWISE if refusal.choices else Empty.ENTITY_NOT_FOUND
        nothing = Nothing(kind, choices=refusal.choices)
    return Outcome(None, linked=linked, nothing=nothing, refusal=refusal)
