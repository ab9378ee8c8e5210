"""Sentences about which tags may cross a limit. The facts are those of `tools/crossings.py`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from agents.compose.forecast import limit_name
from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.facts import Fact, ToolResult

_MOST: Final = 5
"""So many are named; the table has all."""


def crossings(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the sentences: how many of how many, each with its limit, when and how likely, and what is not known."""
    facts = {fact.name: fact for fact in reversed(result.facts)}
    done, count, source = facts["crossings.forecast"], facts["crossings.count"], marks([facts["crossings.count"]])
    ahead = speech.duration(facts["crossings.horizon"])
    if not count.value:
        text = speech.pick(
            "Of {} tags that were forecast, none is expected to cross a limit within {}",
            "Sur {} capteurs prévus, aucun ne devrait franchir de seuil d'ici {}",
        ).format(done.value, ahead)
        return [f"{text}.{source}", *_unknown(result, facts, speech)]
    text = speech.pick(
        "{} of {} tags that were forecast may cross a limit within {}: ",
        "Franchissements possibles d'ici {2}, {0} sur {1} capteurs prévus : ",
    )
    listed = speech.pick("; ", " ; ").join([_crossing(one, speech) for one in _each(result.facts)][:_MOST])
    return [f"{text.format(count.value, done.value, ahead)}{listed}.{source}", *_unknown(result, facts, speech)]


def so_far(result: ToolResult, speech: Speech) -> str:
    """Returns what is known while forecasts are still made; empty where they all are."""
    if result.data["complete"]:
        return ""
    facts = {fact.name: fact for fact in reversed(result.facts)}
    text = speech.pick(
        "First estimate: {} may cross a limit; {} of {} tags are left",
        "Première estimation : {} franchissement(s) possible(s) ; il reste {} capteurs sur {}",
    )
    return f"{text.format(*(facts[f'crossings.{name}'].value for name in ('count', 'left', 'asked')))}."


def _each(facts: Iterable[Fact]) -> list[dict[str, Fact]]:
    """Returns the facts of each crossing by the last part of their names."""
    told = [fact for fact in facts if fact.name.startswith("crossing.")]
    number = 0

    def which(fact: Fact) -> int:
        nonlocal number
        number += fact.name == "crossing.tag"
        return number

    return [{fact.name.rpartition(".")[2]: fact for fact in group} for _, group in groupby(told, which)]


def _crossing(one: dict[str, Fact], speech: Speech) -> str:
    tag = str(one["tag"].value)
    limit = f"{limit_name(str(one['which'].value), speech)}, {speech.setting(one['value'])}"
    if one["now"].value:
        return speech.pick("{} is beyond its {}, already", "{} est déjà au-delà de son {}").format(tag, limit)
    start, end = speech.times(one["from"], one["to"])
    chance = speech.number(float(str(one["probability"].value)), 0)
    when = speech.pick("at {}", "à {}").format(start)
    if start != end:
        when = speech.pick("between {} and {}", "entre {} et {}").format(start, end)
    return speech.pick("{} its {}, {} ({} %)", "{} son {}, {} ({} %)").format(tag, limit, when, chance)


def _unknown(result: ToolResult, facts: dict[str, Fact], speech: Speech) -> list[str]:
    """Says of which tags nothing is known, and why."""
    refused, left = facts["crossings.refused"], facts["crossings.left"]
    said = []
    if refused.value:
        text = speech.pick(
            "Not forecast, for the reasons in the evidence: {}", "Non prévus, pour les raisons données en source : {}"
        )
        names = [str(fact.value) for fact in result.named("crossings.refused.tag")]
        listed = ", ".join([*names[:_MOST], *(["..."] if len(names) > _MOST else [])])
        said.append(f"{text.format(refused.value)} ({listed}).{marks([refused])}")
    if left.value:
        text = speech.pick("No time was left for {} more", "Le temps a manqué pour {} autres")
        said.append(f"{text.format(left.value)}.{marks([left])}")
    return said
